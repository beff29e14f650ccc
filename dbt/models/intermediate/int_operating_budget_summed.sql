-- One row an LEA, year, amount type, step of the operating budget's bridge, national fund, stream of money, kind of pay and F-33 item:
-- spending and other uses of the chosen slot.
{{ config(materialized=by_lea_year(), incremental_strategy='lea_year', on_schema_change='fail') }}

with

lines as (
    select
        *,
        case
            when object_code between '100' and '199' then 'salaries'
            when object_code between '230' and '239' then 'retirement'
            when object_code between '240' and '249' then 'on_behalf'
            when object_code between '280' and '289' then 'retiree_health'
            when object_code between '200' and '299' then 'benefits'
            else 'other'
        end as pay_group
    from {{ rows_to_build(ref('fct_ledger_mapped')) }}
    where is_chosen and operating_step is not null
),

final as (
    select
        lea_id, fiscal_year, amount_type, operating_step, operating_rule_id,
        fund_code, funding_stream, source_level, restriction, pay_group, f33_item,
        {{ money('sum(amount)') }} as amount,
        count(*) as line_count
    from lines
    group by
        lea_id, fiscal_year, amount_type, operating_step, operating_rule_id,
        fund_code, funding_stream, source_level, restriction, pay_group, f33_item
)

select * from final
