-- One row an LEA, year, amount type, stream of money and use: what pays for what in the operating budget. Its rows add to it.
with

spending as (select * from {{ ref('int_operating_budget_summed') }} where operating_step = 'operating_budget'),

chosen as (select * from {{ ref('int_slots_chosen') }} where collection = 'ledger'),

items as (select * from {{ ref('f33_item') }}),

funds as (select * from {{ ref('funds') }}),

projects as (select * from {{ ref('projects') }}),

summed as (
    select
        lea_id, fiscal_year, amount_type, funding_stream, source_level, restriction, f33_item,
        sum(amount) as amount
    from spending
    group by lea_id, fiscal_year, amount_type, funding_stream, source_level, restriction, f33_item
),

final as (
    select
        summed.lea_id, summed.fiscal_year, summed.amount_type,
        summed.funding_stream as source,
        coalesce(projects.name, funds.name) as source_name,
        summed.source_level,
        summed.restriction,
        summed.restriction = 'restricted' as is_restricted,
        summed.f33_item as use,
        items.item_name as use_name,
        {{ money('summed.amount') }} as amount,
        chosen.reporting_period,
        chosen.data_as_of
    from summed
    inner join chosen
        on summed.lea_id = chosen.lea_id and summed.fiscal_year = chosen.fiscal_year and summed.amount_type = chosen.amount_type
    left join items on summed.f33_item = items.f33_item
    left join projects
        on summed.funding_stream = concat('project ', projects.code) and {{ is_in_force('projects', 'summed.fiscal_year') }}
    left join funds
        on summed.funding_stream = concat('fund ', funds.code) and {{ is_in_force('funds', 'summed.fiscal_year') }}
)

select * from final
