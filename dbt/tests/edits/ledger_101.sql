-- The opening balance of a fund equals last year's closing balance.
with

accounts as (select * from {{ ref('int_edit_accounts_summed') }}),

opening as (
    select submission_id, lea_id, fiscal_year, fund_code, sum(amount) as amount
    from accounts
    where account_class = 'opening_balance'
    group by submission_id, lea_id, fiscal_year, fund_code
),

closing as (
    select lea_id, fiscal_year, fund_code, sum(amount) as amount
    from accounts
    where account_class = 'closing_balance'
    group by lea_id, fiscal_year, fund_code
),

compared as (
    select opening.*, closing.amount as last_amount
    from opening
    inner join closing
        on opening.lea_id = closing.lea_id
        and opening.fiscal_year = closing.fiscal_year + 1
        and opening.fund_code = closing.fund_code
    where abs(opening.amount - closing.amount) > {{ threshold('ledger_101', 'dollars', 'opening.fiscal_year') }}
),

final as (select {{ finding("concat('fund_code=', fund_code)", "'amount'", "amount", "last_amount", "amount - last_amount") }} from compared)

select * from final
