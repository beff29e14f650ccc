-- One row an LEA, year, amount type, step of the operating budget's bridge, national fund, stream of money, kind of pay and F-33 item:
-- spending and other uses of the chosen slot.
{{ config(materialized=by_lea_year(), incremental_strategy='lea_year', on_schema_change='fail') }}

with

pay_groups as (select * from {{ ref('pay_group') }}),

lines as (
    select
        mapped.*,
        coalesce(pay_groups.pay_group, 'other') as pay_group,
        coalesce(pay_groups.is_legacy, 'N') = 'Y' as is_legacy,
        coalesce(pay_groups.is_unspecified, 'N') = 'Y' as is_unspecified_pay
    from {{ rows_to_build(ref('fct_ledger_mapped')) }} as mapped
    left join pay_groups on mapped.object_code between pay_groups.object_code and pay_groups.object_code_to
    where mapped.is_chosen and mapped.operating_step is not null
),

final as (
    select
        lea_id, fiscal_year, amount_type, operating_step, operating_rule_id,
        fund_code, funding_stream, source_level, restriction, pay_group, is_legacy, is_unspecified_pay, f33_item,
        {{ money('sum(amount)') }} as amount,
        count(*) as line_count
    from lines
    group by
        lea_id, fiscal_year, amount_type, operating_step, operating_rule_id,
        fund_code, funding_stream, source_level, restriction, pay_group, is_legacy, is_unspecified_pay, f33_item
)

select * from final
