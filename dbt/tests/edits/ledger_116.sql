-- An account with a large amount last year exists this year.
with

accounts as (select * from {{ ref('int_edit_accounts_compared') }}),

compared as (
    select *
    from accounts
    where amount is null and abs(last_amount) > {{ threshold('ledger_116', 'dollars', 'accounts.fiscal_year') }}
),

final as (select {{ finding("item_key", "'amount'", "'no amount'", "last_amount", "last_amount") }} from compared)

select * from final
