-- One row a year, fund and project in use: whose money it is, which stream, how restricted, which COVID-19 award. The project decides; one that does not
-- leaves it to the fund.
{{ config(materialized=by_lea_year(), incremental_strategy='append', on_schema_change='fail') }}

with

lines as (select * from {{ rows_to_build(ref('stg_ledger')) }}),

funds as (select * from {{ ref('funds') }}),

projects as (select * from {{ ref('projects') }} where source_level is not null),

awards as (select * from {{ ref('f33_programs') }} where covid_award is not null),

pairs as (
    select distinct fiscal_year, fund_code, project_code
    from lines
    {% if is_incremental() -%}
    where not exists (
        select 1 from {{ this }} as known
        where known.fiscal_year = lines.fiscal_year
            and known.fund_code is not distinct from lines.fund_code
            and known.project_code is not distinct from lines.project_code
    )
    {%- endif %}
),

decided as (
    select
        pairs.fiscal_year, pairs.fund_code, pairs.project_code,
        coalesce(projects.source_level, funds.source_level, 'unknown') as source_level,
        case when projects.code is not null then concat('project ', pairs.project_code) else concat('fund ', pairs.fund_code) end as funding_stream,
        case when projects.code is not null then projects.restriction else funds.restriction end as restriction,
        case when projects.code is not null then projects.replaces_local_tax else funds.replaces_local_tax end as replaces_local_tax,
        case when projects.code is not null then projects.is_private else funds.is_private end as is_private
    from pairs
    left join funds on pairs.fund_code = funds.code and {{ is_in_force('funds', 'pairs.fiscal_year') }}
    left join projects on pairs.project_code = projects.code and {{ is_in_force('projects', 'pairs.fiscal_year') }}
),

-- A row with fund and project goes before one with the project, that before one with the fund.
awarded as (
    select
        pairs.fiscal_year, pairs.fund_code, pairs.project_code, awards.covid_award,
        row_number() over (
            partition by pairs.fiscal_year, pairs.fund_code, pairs.project_code
            order by awards.project_code is null, awards.fund_code is null, awards.covid_award
        ) as choice
    from pairs
    inner join awards
        on coalesce(awards.fund_code, awards.project_code) is not null
        and (awards.fund_code is null or pairs.fund_code = awards.fund_code)
        and (awards.project_code is null or pairs.project_code = awards.project_code)
        and {{ is_in_force('awards', 'pairs.fiscal_year') }}
),

final as (
    select
        decided.fiscal_year, decided.fund_code, decided.project_code,
        decided.source_level, decided.funding_stream, decided.restriction,
        decided.source_level = 'federal' and coalesce(decided.replaces_local_tax, 'N') = 'N' as is_federal,
        decided.source_level = 'private' or coalesce(decided.is_private, 'N') = 'Y' as is_private,
        awarded.covid_award
    from decided
    left join awarded
        on decided.fiscal_year = awarded.fiscal_year
        and decided.fund_code is not distinct from awarded.fund_code
        and decided.project_code is not distinct from awarded.project_code
        and awarded.choice = 1
)

select * from final
