-- One row an LEA, year, place (school, or empty) and how restricted the money is: actual operating spending.
{{ config(materialized=by_lea_year(), incremental_strategy='lea_year', on_schema_change='fail') }}

with

lines as (
    select *, case when location_type = 'school' then school_id end as place_school_id
    from {{ rows_to_build(ref('fct_ledger_mapped')) }}
    where is_chosen and amount_type = 'actual' and operating_step = 'operating_budget'
),

final as (
    select lea_id, fiscal_year, place_school_id as school_id, restriction, {{ money('sum(amount)') }} as amount
    from lines
    group by lea_id, fiscal_year, place_school_id, restriction
)

select * from final
