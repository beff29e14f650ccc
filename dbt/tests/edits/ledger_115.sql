-- An account with a large amount existed last year.
with

accounts as (select * from {{ ref('int_edit_accounts_compared') }}),

compared as (
    select *
    from accounts
    where last_amount is null and abs(amount) > {{ threshold('ledger_115', 'dollars', 'accounts.fiscal_year') }}
),

final as (select {{ finding("item_key", "'amount'", "amount", "'an amount last year'", "amount") }} from compared)

select * from final
