-- One row an LEA (school_id empty) or school, year, outcome and model: the quadrant as points and as intervals give it, what a unit of the
-- outcome cost, what is far out, and whether and why the row bears no rank. Nothing is taken away from a row that bears none.
{{ config(materialized='table') }}

with

measured as (select * from {{ ref('int_productivity_measured') }}),

features as (select * from {{ ref('int_peer_features_measured') }}),

fences as (select * from {{ ref('int_productivity_fences') }}),

parameters as (select * from {{ ref('int_comparison_parameters') }}),

joined as (
    select
        measured.*, features.comparison_group, fences.compared_unit_count, parameters.stable_rate, parameters.distant_peers,
        ln(case when measured.spending_per_pupil > 0 then measured.spending_per_pupil end)
            not between fences.spending_low_fence and fences.spending_high_fence as is_spending_outlier,
        measured.outcome_value not between fences.outcome_low_fence and fences.outcome_high_fence as is_outcome_outlier,
        case when measured.has_sides then measured.sides else 'indeterminate' end as point_quadrant,
        case when measured.has_sides and measured.is_outcome_apart and measured.is_spending_apart
            then measured.sides else 'indeterminate' end as quadrant,
        case
            when measured.cost_fiscal_years is null then 'not_applicable'
            when measured.spending_reason is not null and measured.spending_status = 'reported' then 'not_comparable'
            when measured.spending_reason is not null then measured.spending_status
            when measured.outcome_value is null then measured.outcome_status
            when measured.unit = 'points' and measured.outcome_low is null then 'interval_unknown'
            when measured.unit = 'points' and measured.outcome_low <= 0 then 'not_above_zero'
            when measured.outcome_value <= 0 then 'zero'
            when measured.years_per_pupil is null then 'earlier_years_missing'
            else measured.outcome_status
        end as cost_status
    from measured
    left join features on {{ same_unit('measured', 'features') }}
    left join fences
        on features.unit_level = fences.unit_level and features.comparison_group = fences.comparison_group
        and measured.fiscal_year = fences.fiscal_year and {{ same_outcome('measured', 'fences') }}
    left join parameters on measured.fiscal_year = parameters.fiscal_year
),

reasoned as (
    select
        joined.*,
        concat_ws(', ',
            spending_reason,
            case when spending_reason is null and spending_margin is null and has_spending_peers then 'spending_interval_unknown' end,
            nullif(outcome_reasons, ''),
            case when comparison_group is null then 'pupils_or_group_unknown' when not has_spending_peers then 'few_peers' end,
            case when has_spending_peers and not has_outcome_peers then 'few_peers_with_outcome' end,
            case when peer_distance > distant_peers then 'distant_peers' end
        ) as do_not_rank_reason
    from joined
),

final as (
    select
        lea_id, school_id, fiscal_year, measure, subject, grade_band, assessment_id, student_group, model, is_higher_better,
        outcome_value, outcome_low, outcome_high, cast(outcome_count as decimal(12,2)) as outcome_count, outcome_status,
        is_added_from_schools, is_outcome_outlier,
        per_pupil, spending_per_pupil, spending_status, is_spending_outlier,
        comparison_group, compared_unit_count, peer_count, peer_outcome_count, peer_distance,
        expected_value, residual_value, residual_low, residual_high,
        expected_spending_per_pupil, spending_difference, spending_difference_low, spending_difference_high,
        point_quadrant, quadrant,
        case when quadrant = 'indeterminate' then concat_ws(', ',
            case when residual_low is null then 'outcome_interval_unknown' when not is_outcome_apart then 'outcome_interval_crosses' end,
            case when spending_difference_low is null then 'spending_interval_unknown' when not is_spending_apart then 'spending_interval_crosses' end,
            case when is_outcome_apart and is_spending_apart then 'not_comparable' end
        ) end as indeterminate_reason,
        case when has_sides then stability_rate end as stability_rate,
        case when has_sides then reading_count end as reading_count,
        case when has_sides then stability_rate >= stable_rate end as is_stable,
        case when cost_status in ('reported', 'estimated') then years_per_pupil / outcome_value end as cost_per_outcome_unit,
        cost_status, cast(cost_fiscal_years as integer) as cost_fiscal_years,
        case when spending_reason is null then
            case when unit = 'rate' then 100 else 1 end * outcome_value / (spending_per_pupil / 1000) end as outcome_per_thousand_dollars,
        do_not_rank_reason <> '' as do_not_rank, nullif(do_not_rank_reason, '') as do_not_rank_reason,
        data_as_of
    from reasoned
)

select * from final
