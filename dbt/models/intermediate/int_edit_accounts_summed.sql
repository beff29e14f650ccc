-- One row an LEA, year and national account of the chosen books, of the years under review: what the edits compare between years.
{{ config(materialized='table') }}

with

lines as (select * from {{ rows_to_review(ref('fct_ledger_mapped')) }} as mapped where is_chosen and amount_type = 'actual'),

final as (
    select
        submission_id, lea_id, fiscal_year, account_class, fund_code, function_code, object_code, source_code,
        concat_ws(' ',
            concat('account_class=', account_class), concat('fund_code=', fund_code),
            'function_code=' || function_code, 'object_code=' || object_code, 'source_code=' || source_code
        ) as item_key,
        {{ money('sum(amount)') }} as amount
    from lines
    group by submission_id, lea_id, fiscal_year, account_class, fund_code, function_code, object_code, source_code
)

select * from final
