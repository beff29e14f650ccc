-- One row an LEA, year and stream of money: revenue of the chosen actual ledger that is federal, state or local.
{{ config(materialized=by_lea_year(), incremental_strategy='lea_year', on_schema_change='fail') }}

with

lines as (
    select *
    from {{ rows_to_build(ref('fct_ledger_mapped')) }}
    where is_chosen and amount_type = 'actual' and account_class in ('revenue', 'other_source') and f33_total_item is not null
),

final as (
    select lea_id, fiscal_year, funding_stream, {{ money('sum(amount)') }} as amount
    from lines
    group by lea_id, fiscal_year, funding_stream
)

select * from final
