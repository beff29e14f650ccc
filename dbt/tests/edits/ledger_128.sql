-- Spending shown for schools and not yet given out is nearly all current spending but that from private funds.
with

books as (select * from {{ ref('int_slots_chosen') }} where collection = 'ledger' and amount_type = 'actual'),

spending as (select * from {{ ref('district_spending') }} where spending_status = 'reported'),

private as (
    select lines.lea_id, lines.fiscal_year, sum(lines.amount) as amount
    from {{ ref('int_spending_summed') }} as lines
    inner join {{ ref('f33_item') }} as items on lines.f33_item = items.f33_item
    where lines.is_private and items.essa_exclusion is null
    group by lines.lea_id, lines.fiscal_year
),

parts as (
    select lea_id, fiscal_year, total_amount as amount from {{ ref('school_spending') }}
    union all
    select lea_id, fiscal_year, amount from {{ ref('school_spending_exclusion') }} where category = 'undistributed'
),

shown as (select lea_id, fiscal_year, sum(amount) as amount from parts group by lea_id, fiscal_year),

compared as (
    select books.submission_id, shown.lea_id, shown.fiscal_year, shown.amount,
        spending.current_expenditure_amount - coalesce(private.amount, 0) as wanted_amount
    from shown
    inner join spending on shown.lea_id = spending.lea_id and shown.fiscal_year = spending.fiscal_year
    inner join books on shown.lea_id = books.lea_id and shown.fiscal_year = books.fiscal_year
    left join private on shown.lea_id = private.lea_id and shown.fiscal_year = private.fiscal_year
    where abs(shown.amount - spending.current_expenditure_amount + coalesce(private.amount, 0))
        > {{ threshold('ledger_128', 'rate', 'shown.fiscal_year') }} * abs(spending.current_expenditure_amount - coalesce(private.amount, 0))
),

final as (select {{ finding("'school spending'", "'amount'", "amount", "concat('within ', " ~ percent('ledger_128', 'rate', 'compared.fiscal_year') ~ ", ' of ', wanted_amount)", "amount - wanted_amount") }} from compared)

select * from final
