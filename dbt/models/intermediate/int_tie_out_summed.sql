-- One row an LEA, year, report and reason: actual spending and other uses of the chosen slot, with why the report leaves them out
-- (empty = it takes them). Each report sees every dollar once.
{{ config(materialized=by_lea_year(), incremental_strategy='lea_year', on_schema_change='fail') }}

with

lines as (
    select *
    from {{ rows_to_build(ref('fct_ledger_mapped')) }}
    where is_chosen and amount_type = 'actual' and operating_step is not null
),

items as (select * from {{ ref('f33_item') }}),

judged as (
    select
        lines.lea_id, lines.fiscal_year, lines.amount,
        case when lines.operating_step <> 'operating_budget' then lines.operating_step end as operating_budget,
        case
            when lines.account_class = 'other_use' then 'other_use_class'
            when items.essa_exclusion is not null then items.essa_exclusion
            when lines.is_private then 'private_funds'
            when lines.location_type = 'non_school' then 'non_school'
        end as essa,
        case
            when lines.account_class = 'other_use' then 'other_use_class'
            when items.item_group = 'outside_f33' then items.spending_group
        end as f33_totalexp,
        case
            when lines.account_class = 'other_use' then 'other_use_class'
            when items.item_group <> 'current' then items.spending_group
        end as f33_tcurelsc,
        case
            when lines.account_class = 'other_use' then 'other_use_class'
            when items.item_group <> 'current' then items.spending_group
            when lines.f33_item = 'V65' then 'other_noninstructional'
            when lines.is_private then 'private_funds'
        end as f33_ce
    from lines
    left join items on lines.f33_item = items.f33_item
),

reports as (
    {% for report in ['operating_budget', 'essa', 'f33_totalexp', 'f33_tcurelsc', 'f33_ce'] -%}
    select lea_id, fiscal_year, '{{ report }}' as report, {{ report }} as reason, amount from judged
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

final as (
    select lea_id, fiscal_year, report, reason, {{ money('sum(amount)') }} as amount, count(*) as line_count
    from reports
    group by lea_id, fiscal_year, report, reason
)

select * from final
