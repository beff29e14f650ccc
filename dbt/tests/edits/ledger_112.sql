-- The general fund's closing balance covers a usual number of months of current spending.
with

spending as (select * from {{ ref('district_spending') }} where spending_status = 'reported'),

books as (select * from {{ ref('int_slots_chosen') }} where collection = 'ledger' and amount_type = 'actual'),

balances as (
    select lea_id, fiscal_year, sum(amount) as amount
    from {{ ref('int_edit_accounts_summed') }}
    where account_class = 'closing_balance' and fund_code = '1'
    group by lea_id, fiscal_year
),

compared as (
    select books.submission_id, balances.*, balances.amount * 12 / spending.current_expenditure_amount as months
    from balances
    inner join spending on balances.lea_id = spending.lea_id and balances.fiscal_year = spending.fiscal_year
    inner join books on balances.lea_id = books.lea_id and balances.fiscal_year = books.fiscal_year
    where spending.current_expenditure_amount > 0
        and balances.amount * 12 / spending.current_expenditure_amount
            not between {{ threshold('ledger_112', 'low', 'balances.fiscal_year') }} and {{ threshold('ledger_112', 'high', 'balances.fiscal_year') }}
),

final as (select {{ finding("'fund_code=1'", "'amount'", "concat(cast(months as decimal(18, 2)), ' months')", "concat(" ~ limit('ledger_112', 'low', 'compared.fiscal_year') ~ ", ' to ', " ~ limit('ledger_112', 'high', 'compared.fiscal_year') ~ ", ' months')", "amount") }} from compared)

select * from final
