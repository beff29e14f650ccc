-- What flexibility divides is the operating budget of the LEA, to the cent.
select budgets.lea_id, budgets.fiscal_year, budgets.amount, flexibility.operating_amount
from {{ ref('operating_budget') }} as budgets
left join {{ ref('spending_flexibility') }} as flexibility
    on budgets.lea_id = flexibility.lea_id and budgets.fiscal_year = flexibility.fiscal_year and flexibility.school_id is null
where budgets.amount_type = 'actual' and budgets.step = 'operating_budget' and budgets.spending_status = 'reported'
    and budgets.amount <> coalesce(flexibility.operating_amount, 0)
