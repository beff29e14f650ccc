-- One row an LEA, year, amount type, step of the operating budget's bridge (empty = it stays), stream of money and F-33 item:
-- spending and other uses of the chosen slot.
{{ config(materialized=by_lea_year(), incremental_strategy='lea_year', on_schema_change='fail') }}

with

lines as (
    select *
    from {{ rows_to_build(ref('fct_ledger_mapped')) }}
    where is_chosen and account_class in ('expenditure', 'other_use')
),

rules as (select * from {{ ref('int_operating_rules_applied') }}),

stepped as (
    select
        lines.*,
        coalesce(rules.step, case when lines.f33_item = '{{ var("unmapped") }}' then 'unmapped' end) as step,
        rules.rule_id
    from lines
    left join rules
        on lines.account_class = rules.account_class
        and lines.fund_code is not distinct from rules.nces_fund_code
        and lines.program_code is not distinct from rules.nces_program_code
        and lines.function_code is not distinct from rules.nces_function_code
        and lines.object_code is not distinct from rules.nces_object_code
),

final as (
    select
        lea_id, fiscal_year, amount_type, step, rule_id, funding_stream, source_level, restriction, f33_item,
        {{ money('sum(amount)') }} as amount,
        count(*) as line_count
    from stepped
    group by lea_id, fiscal_year, amount_type, step, rule_id, funding_stream, source_level, restriction, f33_item
)

select * from final
