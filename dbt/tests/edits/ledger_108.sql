-- Current spending per pupil lies in the state's usual range, with ample room on both sides.
with

spending as (select * from {{ ref('district_spending') }} where spending_status = 'reported'),

books as (select * from {{ ref('int_slots_chosen') }} where collection = 'ledger' and amount_type = 'actual'),

-- The other districts: one that is far off must not widen its own range.
state as (
    select
        spending.lea_id, spending.fiscal_year,
        quantile_disc(others.current_expenditure_per_pupil, 0.01) as low,
        quantile_disc(others.current_expenditure_per_pupil, 0.99) as high
    from spending
    inner join spending as others on spending.fiscal_year = others.fiscal_year and spending.lea_id <> others.lea_id
    where others.fall_membership_count > 0
    group by spending.lea_id, spending.fiscal_year
    having count(*) >= {{ threshold('ledger_108', 'others', 'spending.fiscal_year') }}
),

compared as (
    select spending.*, books.submission_id, state.low, state.high
    from spending
    inner join state on spending.lea_id = state.lea_id and spending.fiscal_year = state.fiscal_year
    inner join books on spending.lea_id = books.lea_id and spending.fiscal_year = books.fiscal_year
    where spending.current_expenditure_per_pupil < state.low / {{ threshold('ledger_108', 'factor', 'spending.fiscal_year') }}
        or spending.current_expenditure_per_pupil > state.high * {{ threshold('ledger_108', 'factor', 'spending.fiscal_year') }}
),

final as (select {{ finding("'current_expenditure_per_pupil'", "'amount'", "cast(current_expenditure_per_pupil as decimal(18, 2))", "concat(cast(low as decimal(18, 2)), ' to ', cast(high as decimal(18, 2)), ' in the state')", "current_expenditure_amount") }} from compared)

select * from final
