-- One row an account in use: every combination of codes the ledgers hold, so that mapping is done once an account.
{{ config(materialized='table') }}

with

lines as (select * from {{ ref('stg_ledger') }}),

accounts as (
    select distinct
        fiscal_year, account_class, fund_code, function_code, object_code, program_code, project_code, source_code, payee_type
    from lines
),

final as (
    select
        md5(concat_ws(
            '|', fiscal_year, account_class, coalesce(fund_code, ''), coalesce(function_code, ''), coalesce(object_code, ''),
            coalesce(program_code, ''), coalesce(project_code, ''), coalesce(source_code, ''), coalesce(payee_type, '')
        )) as account_key,
        accounts.*
    from accounts
)

select * from final
