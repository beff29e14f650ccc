-- One row an LEA, year and national fund: closing balance of the chosen actual ledger.
{{ config(materialized=by_lea_year(), incremental_strategy='lea_year', on_schema_change='fail') }}

with

lines as (
    select *
    from {{ rows_to_build(ref('fct_ledger_mapped')) }}
    where is_chosen and amount_type = 'actual' and account_class = 'closing_balance'
),

final as (
    select lea_id, fiscal_year, fund_code, {{ money('sum(amount)') }} as closing_balance_amount
    from lines
    group by lea_id, fiscal_year, fund_code
)

select * from final
