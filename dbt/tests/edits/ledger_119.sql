-- Membership and current spending do not move far in opposite directions.
with

spending as (select * from {{ ref('district_spending') }} where spending_status = 'reported'),

books as (select * from {{ ref('int_slots_chosen') }} where collection = 'ledger' and amount_type = 'actual'),

changes as (
    select books.submission_id, spending.lea_id, spending.fiscal_year,
        spending.current_expenditure_amount - last_year.current_expenditure_amount as change_amount,
        (spending.current_expenditure_amount - last_year.current_expenditure_amount)
            / last_year.current_expenditure_amount as spending_rate,
        (spending.fall_membership_count - last_year.fall_membership_count)
            / last_year.fall_membership_count as pupil_rate
    from spending
    inner join spending as last_year
        on spending.lea_id = last_year.lea_id and spending.fiscal_year = last_year.fiscal_year + 1
    inner join books on spending.lea_id = books.lea_id and spending.fiscal_year = books.fiscal_year
    where last_year.current_expenditure_amount > 0 and last_year.fall_membership_count > 0
),

compared as (
    select *
    from changes
    where spending_rate * pupil_rate < 0
        and abs(spending_rate) > {{ threshold('ledger_119', 'spending_rate', 'changes.fiscal_year') }}
        and abs(pupil_rate) > {{ threshold('ledger_119', 'pupil_rate', 'changes.fiscal_year') }}
),

final as (select {{ finding("'current_expenditure_amount'", "'amount'", "concat('spending ', cast(spending_rate as decimal(18, 4)))", "concat('as membership ', cast(pupil_rate as decimal(18, 4)))", "change_amount") }} from compared)

select * from final
