-- One row an LEA, year, NCES function, object and fund, and source level: all actual spending, also what is outside the totals.
with

spending as (select * from {{ ref('int_spending_summed') }}),

membership as (select * from {{ ref('int_membership_totaled') }} where school_id is null),

sums as (
    select
        lea_id, fiscal_year, function_code, object_code, source_level, fund_code,
        {{ money('sum(amount)') }} as amount,
        max(data_as_of) as data_as_of
    from spending
    group by lea_id, fiscal_year, function_code, object_code, source_level, fund_code
),

final as (
    select
        sums.lea_id, sums.fiscal_year, sums.function_code, sums.object_code, sums.source_level, sums.fund_code,
        sums.amount,
        {{ ratio('sums.amount', 'membership.fall_membership_count') }} as per_pupil,
        greatest(sums.data_as_of, membership.data_as_of) as data_as_of
    from sums
    left join membership on sums.lea_id = membership.lea_id and sums.fiscal_year = membership.fiscal_year
)

select * from final
