-- A large account does not repeat last year's amount to the cent.
with

accounts as (select * from {{ ref('int_edit_accounts_compared') }}),

compared as (
    select *
    from accounts
    where amount = last_amount and abs(amount) > {{ threshold('ledger_118', 'dollars', 'accounts.fiscal_year') }}
),

final as (select {{ finding("item_key", "'amount'", "amount", "concat('other than ', last_amount)", "amount") }} from compared)

select * from final
