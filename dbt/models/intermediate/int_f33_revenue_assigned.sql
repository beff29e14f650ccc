-- One row a year, class, fund, project, own and national source of revenue and other sources in use, once more for each LEA with rows
-- of its own in f33_programs: the F-33 item. The row with most cells wins; without one the national source says the item. Before the
-- survey asked for an item its money stands in the item that took it then.
{{ config(materialized=by_lea_year(), incremental_strategy='append', on_schema_change='fail') }}

with

lines as (
    select * from {{ rows_to_build(ref('stg_ledger')) }} where account_class in ('revenue', 'other_source')
),

accounts as (select * from {{ ref('int_accounts_mapped') }} where account_class in ('revenue', 'other_source')),

programs as (select * from {{ ref('f33_programs') }} where f33_item is not null),

leas_apart as (select distinct lea_id from programs where lea_id is not null),

revenue_sources as (select * from {{ ref('coa_revenue_source') }}),

items as (
    select
        f33_item, first_fiscal_year, earlier_item,
        case item_group
            when 'federal_revenue' then 'TFEDREV'
            when 'state_revenue' then 'TSTREV'
            when 'local_revenue' then 'TLOCREV'
        end as f33_total_item
    from {{ ref('f33_item') }}
    where item_group in ('federal_revenue', 'state_revenue', 'local_revenue', 'debt')
),

pairs as (
    select distinct
        lines.fiscal_year, lines.account_class, lines.fund_code, lines.project_code, lines.source_code,
        accounts.nces_source_code, leas_apart.lea_id
    from lines
    inner join accounts on {{ same_account('lines', 'accounts') }}
    left join leas_apart on lines.lea_id = leas_apart.lea_id
    {% if is_incremental() -%}
    where not exists (
        select 1 from {{ this }} as known
        where known.fiscal_year = lines.fiscal_year
            and known.account_class = lines.account_class
            and known.fund_code is not distinct from lines.fund_code
            and known.project_code is not distinct from lines.project_code
            and known.source_code is not distinct from lines.source_code
            and known.nces_source_code is not distinct from accounts.nces_source_code
            and known.lea_id is not distinct from leas_apart.lea_id
    )
    {%- endif %}
),

matches as (
    select
        pairs.*,
        programs.f33_item,
        row_number() over (
            partition by
                pairs.fiscal_year, pairs.account_class, pairs.fund_code, pairs.project_code, pairs.source_code,
                pairs.nces_source_code, pairs.lea_id
            order by
                programs.lea_id is null,
                case when programs.source_code is null then 0 else 1 end
                + case when programs.project_code is null then 0 else 1 end
                + case when programs.fund_code is null then 0 else 1 end desc,
                programs.source_code is null, programs.source_code_to is not null, programs.project_code is null, programs.f33_item
        ) as choice
    from pairs
    inner join revenue_sources on pairs.nces_source_code = revenue_sources.source_code
    inner join programs
        on (programs.lea_id is null or pairs.lea_id = programs.lea_id)
        and (programs.fund_code is null or pairs.fund_code = programs.fund_code)
        and (programs.project_code is null or pairs.project_code = programs.project_code)
        and (programs.source_code is null or {{ code_matches('pairs.source_code', 'programs.source_code', 'programs.source_code_to') }})
        and {{ is_in_force('programs', 'pairs.fiscal_year') }}
    inner join items
        on programs.f33_item = items.f33_item
        and revenue_sources.f33_total_item is not distinct from items.f33_total_item
),

decided as (
    select
        pairs.*,
        coalesce(matches.f33_item, revenue_sources.default_f33_item) as decided_item
    from pairs
    left join revenue_sources on pairs.nces_source_code = revenue_sources.source_code
    left join matches
        on pairs.fiscal_year = matches.fiscal_year
        and pairs.account_class = matches.account_class
        and pairs.fund_code is not distinct from matches.fund_code
        and pairs.project_code is not distinct from matches.project_code
        and pairs.source_code is not distinct from matches.source_code
        and pairs.nces_source_code is not distinct from matches.nces_source_code
        and pairs.lea_id is not distinct from matches.lea_id
        and matches.choice = 1
),

final as (
    select
        decided.fiscal_year, decided.account_class, decided.fund_code, decided.project_code, decided.source_code,
        decided.nces_source_code, decided.lea_id,
        case when items.first_fiscal_year > decided.fiscal_year then items.earlier_item else decided.decided_item end as f33_item
    from decided
    left join items on decided.decided_item = items.f33_item
)

select * from final
