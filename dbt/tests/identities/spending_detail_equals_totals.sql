-- The detail of an LEA's spending adds up to its total and what stands outside the total.
{{ config(meta={'catalogue_id': 'REC-f33_identity'}) }}
with

detail as (
    select lea_id, fiscal_year, sum(amount) as amount
    from {{ ref('district_spending_detail') }}
    group by lea_id, fiscal_year
)

select spending.lea_id, spending.fiscal_year, detail.amount
from {{ ref('district_spending') }} as spending
left join detail on spending.lea_id = detail.lea_id and spending.fiscal_year = detail.fiscal_year
where spending.spending_status = 'reported'
    and coalesce(detail.amount, 0)
    <> spending.total_expenditure_amount + spending.principal_amount + spending.debt_other_amount
    + spending.other_use_amount + spending.non_expenditure_amount + spending.unmapped_amount
