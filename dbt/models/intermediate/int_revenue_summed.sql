-- One row an LEA and year whose chosen actual ledger has revenue lines: revenue by level of government.
-- Sale of property is an other source in the chart and local revenue in the F-33 (seed coa_revenue_source).
{{ config(materialized=by_lea_year(), incremental_strategy='lea_year', on_schema_change='fail') }}

with

lines as (
    select *
    from {{ rows_to_build(ref('fct_ledger_mapped')) }}
    where is_chosen and amount_type = 'actual' and account_class in ('revenue', 'other_source')
),

final as (
    select
        lea_id,
        fiscal_year,
        {{ money("sum(case when f33_total_item = 'TFEDREV' then amount else 0 end)") }} as federal_revenue_amount,
        {{ money("sum(case when f33_total_item = 'TSTREV' then amount else 0 end)") }} as state_revenue_amount,
        {{ money("sum(case when f33_total_item = 'TLOCREV' then amount else 0 end)") }} as local_revenue_amount,
        {{ money("sum(case when account_class = 'revenue' and f33_total_item is null then amount else 0 end)") }} as unmapped_revenue_amount
    from lines
    group by lea_id, fiscal_year
    having count(case when account_class = 'revenue' then 1 end) > 0
)

select * from final
