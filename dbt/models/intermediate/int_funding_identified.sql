-- One row a year, fund and project in use: whose money it is, which stream, how restricted. The project decides; one that does not
-- leaves it to the fund.
{{ config(materialized=by_lea_year(), incremental_strategy='append', on_schema_change='fail') }}

with

lines as (select * from {{ rows_to_build(ref('stg_ledger')) }}),

funds as (select * from {{ ref('funds') }}),

projects as (select * from {{ ref('projects') }} where source_level is not null),

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

final as (
    select
        fiscal_year, fund_code, project_code, source_level, funding_stream, restriction,
        source_level = 'federal' and coalesce(replaces_local_tax, 'N') = 'N' as is_federal,
        source_level = 'private' or coalesce(is_private, 'N') = 'Y' as is_private
    from decided
)

select * from final
