-- One row an account, dimension and NCES code, by the chart of the account's own year.
{{ config(materialized='table') }}

with

accounts as (select *, fiscal_year as chart_fiscal_year from {{ ref('int_accounts_listed') }}),

{{ codes_mapped() }},

final as (select account_key, dimension, nces_code, weight from codes_mapped)

select * from final
