-- One row an LEA, year, class, F-33 item, national account and kind of money: actual money of the chosen slot, from which all items follow.
{{ config(materialized=by_lea_year(), incremental_strategy='lea_year', on_schema_change='fail') }}

with

lines as (
    select *
    from {{ rows_to_build(ref('fct_ledger_mapped')) }}
    where is_chosen and amount_type = 'actual' and f33_item is not null
),

final as (
    select
        lea_id, fiscal_year, account_class, f33_item, f33_total_item, function_code, object_code, program_code,
        is_federal, is_private, covid_award,
        {{ money('sum(amount)') }} as amount
    from lines
    group by
        lea_id, fiscal_year, account_class, f33_item, f33_total_item, function_code, object_code, program_code,
        is_federal, is_private, covid_award
)

select * from final
