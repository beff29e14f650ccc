-- Salaries charged to a school agree with the pay of the staff assigned to it.
with

paid as (
    select submission_id, lea_id, fiscal_year, school_id, sum(amount) as amount
    from {{ rows_to_review(ref('fct_ledger_mapped')) }} as mapped_lines
    where is_chosen and amount_type = 'actual' and account_class = 'expenditure' and object_code between '100' and '199' and school_id is not null
    group by submission_id, lea_id, fiscal_year, school_id
),

staff as (
    select lea_id, fiscal_year, school_id, sum(salary_amount) as amount
    from {{ ref('int_staff_classified') }} where school_id is not null
    group by lea_id, fiscal_year, school_id
),

compared as (
    select paid.*, staff.amount as staff_amount
    from paid
    inner join staff on paid.lea_id = staff.lea_id and paid.fiscal_year = staff.fiscal_year and paid.school_id = staff.school_id
    where abs(paid.amount - staff.amount) > {{ threshold('ledger_103', 'rate', 'paid.fiscal_year') }} * paid.amount
),

final as (select {{ finding("concat('school_id=', school_id)", "'amount'", "amount", "staff_amount", "amount - staff_amount") }} from compared)

select * from final
