-- One row an LEA, year, NCES function, object and fund, and source level: all actual spending, also what is outside the totals.
with

spending as (
    select spending.*, items.spending_group
    from {{ ref('int_spending_summed') }} as spending
    inner join {{ ref('f33_item') }} as items on spending.f33_item = items.f33_item
),

membership as (select * from {{ ref('int_membership_totaled') }} where school_id is null),

sums as (
    select
        lea_id, fiscal_year, function_code, object_code, source_level, fund_code,
        {{ money('sum(amount)') }} as amount,
        -- What is paid for pupils educated elsewhere is not spent on those who are counted here.
        bool_or(spending_group = 'payment_to_other') as is_paid_elsewhere,
        max(data_as_of) as data_as_of
    from spending
    group by lea_id, fiscal_year, function_code, object_code, source_level, fund_code
),

final as (
    select
        sums.lea_id, sums.fiscal_year, sums.function_code, sums.object_code, sums.source_level, sums.fund_code,
        sums.amount,
        case when not sums.is_paid_elsewhere then {{ ratio('sums.amount', 'membership.fall_membership_count') }} end as per_pupil,
        greatest(sums.data_as_of, membership.data_as_of) as data_as_of
    from sums
    left join membership on sums.lea_id = membership.lea_id and sums.fiscal_year = membership.fiscal_year
)

select * from final
