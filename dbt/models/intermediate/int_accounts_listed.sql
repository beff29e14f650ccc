-- One row an account in use: every combination of mapped codes the ledgers hold, so that mapping is done once an account.
{{ config(materialized=by_lea_year(), incremental_strategy='append', on_schema_change='fail') }}

with

lines as (select * from {{ rows_to_build(ref('stg_ledger')) }}),

accounts as (
    select distinct
        fiscal_year, account_class, fund_code, function_code, object_code, program_code, source_code
    from lines
),

final as (
    select
        row_number() over (
            order by fiscal_year, account_class, fund_code, function_code, object_code, program_code, source_code
        ){% if is_incremental() %} + (select coalesce(max(account_key), 0) from {{ this }}){% endif %} as account_key,
        accounts.*
    from accounts
    {% if is_incremental() -%}
    where not exists (select 1 from {{ this }} as known where {{ same_account('accounts', 'known') }})
    {%- endif %}
)

select * from final
