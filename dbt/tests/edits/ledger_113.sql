-- Current spending per pupil does not jump from one year to the next.
with

spending as (select * from {{ ref('district_spending') }} where spending_status = 'reported'),

books as (select * from {{ ref('int_slots_chosen') }} where collection = 'ledger' and amount_type = 'actual'),

compared as (
    select books.submission_id, spending.*, last_year.current_expenditure_per_pupil as last_per_pupil,
        spending.current_expenditure_amount - last_year.current_expenditure_amount as change_amount
    from spending
    inner join spending as last_year
        on spending.lea_id = last_year.lea_id and spending.fiscal_year = last_year.fiscal_year + 1
    inner join books on spending.lea_id = books.lea_id and spending.fiscal_year = books.fiscal_year
    where abs(spending.current_expenditure_per_pupil - last_year.current_expenditure_per_pupil)
            > {{ threshold('ledger_113', 'rate', 'spending.fiscal_year') }} * last_year.current_expenditure_per_pupil
        and abs(spending.current_expenditure_amount - last_year.current_expenditure_amount)
            > {{ threshold('ledger_113', 'dollars', 'spending.fiscal_year') }}
),

final as (select {{ finding("'current_expenditure_per_pupil'", "'amount'", "cast(current_expenditure_per_pupil as decimal(18, 2))", "concat('within ', " ~ percent('ledger_113', 'rate', 'compared.fiscal_year') ~ ", ' of last year, ', cast(last_per_pupil as decimal(18, 2)))", "change_amount") }} from compared)

select * from final
