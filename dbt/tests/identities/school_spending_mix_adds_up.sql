-- The categories of a school add to its spending, to the cent.
with

mixed as (
    select lea_id, fiscal_year, school_id, sum(amount) as amount
    from {{ ref('school_spending_mix') }}
    group by lea_id, fiscal_year, school_id
)

select schools.lea_id, schools.fiscal_year, schools.school_id, schools.total_amount, mixed.amount
from {{ ref('school_spending') }} as schools
left join mixed
    on schools.lea_id = mixed.lea_id and schools.fiscal_year = mixed.fiscal_year and schools.school_id = mixed.school_id
where schools.spending_status = 'reported' and schools.total_amount is distinct from mixed.amount
