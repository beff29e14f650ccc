-- Spending of a function does not jump from one year to the next.
with

functions as (
    select
        submission_id, lea_id, fiscal_year, function_code,
        sum(coalesce(amount, 0)) as amount, sum(last_amount) as last_amount
    from {{ ref('int_edit_accounts_compared') }}
    where function_code is not null
    group by submission_id, lea_id, fiscal_year, function_code
),

compared as (
    select *
    from functions
    where abs(amount - last_amount) > {{ threshold('ledger_114', 'rate', 'functions.fiscal_year') }} * abs(last_amount)
        and abs(amount - last_amount) > {{ threshold('ledger_114', 'dollars', 'functions.fiscal_year') }}
),

final as (select {{ finding("concat('function_code=', function_code)", "'amount'", "amount", "concat('within ', " ~ percent('ledger_114', 'rate', 'compared.fiscal_year') ~ ", ' of last year, ', last_amount)", "amount - last_amount") }} from compared)

select * from final
