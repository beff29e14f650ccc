-- The same dollars by the old chart and by the new one, as the ledgers have them: no revision makes or loses a cent.
with

impact as (
    select revision_fiscal_year, fiscal_year, account_class, dimension, sum(old_chart_amount) as old_amount, sum(new_chart_amount) as new_amount
    from {{ ref('chart_revision_impact') }}
    group by revision_fiscal_year, fiscal_year, account_class, dimension
),

ledgers as (
    select fiscal_year, account_class, sum(amount) as amount
    from {{ ref('int_state_accounts_summed') }}
    group by fiscal_year, account_class
)

select impact.*, ledgers.amount
from impact
left join ledgers on impact.fiscal_year = ledgers.fiscal_year and impact.account_class = ledgers.account_class
where impact.old_amount is distinct from ledgers.amount or impact.new_amount is distinct from ledgers.amount
