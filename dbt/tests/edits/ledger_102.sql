-- Salaries in the ledger agree with the pay in the staff file.
with

paid as (
    select submission_id, lea_id, fiscal_year, sum(amount) as amount
    from {{ rows_to_review(ref('fct_ledger_mapped')) }} as mapped_lines
    where is_chosen and amount_type = 'actual' and account_class = 'expenditure' and object_code between '100' and '199'
    group by submission_id, lea_id, fiscal_year
),

staff as (
    select lea_id, fiscal_year, sum(salary_amount) as amount
    from {{ ref('int_staff_classified') }}
    group by lea_id, fiscal_year
),

compared as (
    select paid.*, staff.amount as staff_amount
    from paid
    inner join staff on paid.lea_id = staff.lea_id and paid.fiscal_year = staff.fiscal_year
    where abs(paid.amount - staff.amount) > {{ threshold('ledger_102', 'rate', 'paid.fiscal_year') }} * paid.amount
),

final as (select {{ finding("'object_code=100-199'", "'amount'", "amount", "staff_amount", "amount - staff_amount") }} from compared)

select * from final
