-- One row an account in use: every combination of mapped codes the ledgers hold, so that mapping is done once an account.
{{ config(materialized='table') }}

with

lines as (select * from {{ ref('stg_ledger') }}),

accounts as (
    select distinct
        fiscal_year, account_class, fund_code, function_code, object_code, program_code, source_code
    from lines
),

final as (
    select
        row_number() over (
            order by fiscal_year, account_class, fund_code, function_code, object_code, program_code, source_code
        ) as account_key,
        accounts.*
    from accounts
)

select * from final
