-- One row an LEA, year, amount type and numerator of spending per pupil: dollars, and what of them is no time-limited money.
{{ config(materialized=by_lea_year(), incremental_strategy='lea_year', on_schema_change='fail') }}

with

surveys as (select * from {{ rows_to_build(ref('f33')) }}),

budgets as (select * from {{ rows_to_build(ref('operating_budget')) }} where step = 'operating_budget' and amount_type <> 'encumbrance'),

registers as (select count(*) > 0 as has_ends from {{ ref('int_awards_ending') }}),

-- Time-limited money within the operating budget and within current expenditure.
one_time as (
    select
        spending.lea_id, spending.fiscal_year, spending.amount_type,
        sum(case when spending.operating_step = 'operating_budget' then spending.amount else 0 end) as operating_amount,
        sum(case when items.item_group = 'current' then spending.amount else 0 end) as current_amount
    from {{ rows_to_build(ref('int_operating_budget_summed')) }} as spending
    inner join {{ ref('int_awards_limited') }} as awards
        on spending.fiscal_year = awards.fiscal_year and spending.funding_stream = awards.funding_stream
    left join {{ ref('f33_item') }} as items on spending.f33_item = items.f33_item
    group by spending.lea_id, spending.fiscal_year, spending.amount_type
),

amounts as (
    select lea_id, fiscal_year, 'actual' as amount_type, 'cur_f33' as numerator_def_id, tcurelsc as amount, data_as_of from surveys
    union all
    select lea_id, fiscal_year, 'actual', 'cur_nces_published', tcurelsc + ce3, data_as_of from surveys
    union all
    select lea_id, fiscal_year, 'actual', 'cur_essa', ce1 + ce2, data_as_of from surveys
    union all
    -- A chart without an account for one of the three tells no such payments: a part is missing, and with it the sum.
    select lea_id, fiscal_year, 'actual', 'cur_f33_tuition', tcurelsc + q11 + v91 + v92, data_as_of from surveys
    union all
    select lea_id, fiscal_year, 'actual', 'total_f33', totalexp, data_as_of from surveys
    union all
    select lea_id, fiscal_year, amount_type, 'operating', amount, data_as_of from budgets
),

final as (
    select
        amounts.lea_id, amounts.fiscal_year, amounts.amount_type, amounts.numerator_def_id, amounts.data_as_of,
        {{ money('amounts.amount') }} as amount,
        case
            when not registers.has_ends then null
            when amounts.numerator_def_id = 'cur_f33' then {{ money('amounts.amount - coalesce(one_time.current_amount, 0)') }}
            when amounts.numerator_def_id = 'operating' then {{ money('amounts.amount - coalesce(one_time.operating_amount, 0)') }}
        end as recurring_amount
    from amounts
    cross join registers
    left join one_time
        on amounts.lea_id = one_time.lea_id and amounts.fiscal_year = one_time.fiscal_year and amounts.amount_type = one_time.amount_type
)

select * from final
