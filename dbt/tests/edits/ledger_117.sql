-- A large account keeps its sign.
with

accounts as (select * from {{ ref('int_edit_accounts_compared') }}),

compared as (
    select *
    from accounts
    where sign(amount) <> sign(last_amount) and least(abs(amount), abs(last_amount)) > {{ threshold('ledger_117', 'dollars', 'accounts.fiscal_year') }}
),

final as (select {{ finding("item_key", "'amount'", "amount", "concat('the sign of ', last_amount)", "amount") }} from compared)

select * from final
