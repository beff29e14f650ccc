-- What pays for what adds to the operating budget, to the cent.
with

streams as (
    select lea_id, fiscal_year, amount_type, sum(amount) as amount
    from {{ ref('operating_budget_source_use') }}
    group by lea_id, fiscal_year, amount_type
)

select budgets.lea_id, budgets.fiscal_year, budgets.amount_type, budgets.amount, streams.amount as streams_amount
from {{ ref('operating_budget') }} as budgets
left join streams
    on budgets.lea_id = streams.lea_id and budgets.fiscal_year = streams.fiscal_year and budgets.amount_type = streams.amount_type
where budgets.step = 'operating_budget' and budgets.spending_status = 'reported'
    and budgets.amount <> coalesce(streams.amount, 0)
