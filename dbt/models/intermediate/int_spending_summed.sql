-- One row an LEA, year, place, NCES target and kind of money: actual spending of the chosen slot, summed once for all marts.
{{ config(materialized=by_lea_year(), incremental_strategy='lea_year', on_schema_change='fail') }}

with

lines as (
    select *
    from {{ rows_to_build(ref('fct_ledger_mapped')) }}
    where is_chosen and amount_type = 'actual' and account_class = 'expenditure'
),

final as (
    select
        lea_id, fiscal_year, location_type, school_id,
        fund_code, function_code, object_code, f33_item, source_level, is_federal, is_private,
        {{ money('sum(amount)') }} as amount,
        max(data_as_of) as data_as_of
    from lines
    group by
        lea_id, fiscal_year, location_type, school_id,
        fund_code, function_code, object_code, f33_item, source_level, is_federal, is_private
)

select * from final
