-- One row an LEA (school_id empty) or school, year, outcome and model: how far outcome and spending are from the median of the peers, within
-- which interval, in which quadrant, and what a unit of the outcome cost. Published bounds add up; sampling errors add in squares.
{{ config(materialized='table') }}

{% set key = 'measure, subject, grade_band, assessment_id, student_group' %}

with

outcomes as (select * from {{ ref('int_outcomes_compared') }}),

spending as (select * from {{ ref('int_spending_compared') }}),

spending_medians as (select * from {{ ref('int_peer_spending_medians') }}),

outcome_medians as (select * from {{ ref('int_peer_outcome_medians') }}),

years_added as (select * from {{ ref('int_spending_years_added') }}),

parameters as (select * from {{ ref('int_comparison_parameters') }}),

joined as (
    select
        outcomes.*, parameters.interval_quantile, parameters.min_peer_count,
        spending.per_pupil, spending.spending_per_pupil, spending.spending_per_pupil_se,
        coalesce(spending.spending_status, 'missing') as spending_status,
        case when spending.lea_id is null then 'spending_missing' else spending.spending_reason end as spending_reason,
        coalesce(spending_medians.peer_count, 0) as peer_count, spending_medians.peer_distance,
        coalesce(outcome_medians.peer_count, 0) as peer_outcome_count,
        coalesce(spending_medians.peer_count, 0) >= parameters.min_peer_count as has_spending_peers,
        coalesce(outcome_medians.peer_count, 0) >= parameters.min_peer_count as has_outcome_peers,
        spending_medians.peer_spending_per_pupil, spending_medians.peer_spending_margin,
        spending_medians.reading_count, spending_medians.above_rate, spending_medians.below_rate,
        outcome_medians.outcome_value as peer_value, outcome_medians.published_low as peer_low,
        outcome_medians.published_high as peer_high, outcome_medians.margin as peer_margin,
        years_added.spending_per_pupil as years_per_pupil,
        greatest(outcomes.data_as_of, spending.data_as_of, spending_medians.data_as_of, outcome_medians.data_as_of) as newest_data_as_of
    from outcomes
    inner join parameters on outcomes.fiscal_year = parameters.fiscal_year
    left join spending on {{ same_unit('outcomes', 'spending') }}
    left join spending_medians on {{ same_unit('outcomes', 'spending_medians') }}
    left join outcome_medians on {{ same_unit('outcomes', 'outcome_medians') }} and {{ same_outcome('outcomes', 'outcome_medians') }}
    left join years_added
        on {{ same_unit('outcomes', 'years_added') }} and outcomes.cost_fiscal_years = years_added.cost_fiscal_years
),

compared as (
    select
        joined.*,
        case when has_outcome_peers then peer_value end as expected_value,
        case when has_outcome_peers then outcome_value - peer_value end as residual_value,
        case when has_outcome_peers then published_low - peer_high
            - sqrt((published_low - outcome_low) * (published_low - outcome_low) + peer_margin * peer_margin) end as residual_low,
        case when has_outcome_peers then published_high - peer_low
            + sqrt((outcome_high - published_high) * (outcome_high - published_high) + peer_margin * peer_margin) end as residual_high,
        case when has_spending_peers then peer_spending_per_pupil end as expected_spending_per_pupil,
        case when has_spending_peers then spending_per_pupil - peer_spending_per_pupil end as spending_difference,
        sqrt(interval_quantile * spending_per_pupil_se * interval_quantile * spending_per_pupil_se
            + peer_spending_margin * peer_spending_margin) as spending_margin
    from joined
),

-- Better than expected is high, also where less is better.
judged as (
    select
        compared.*,
        case when exclusion_codes is not null then null
            when (residual_value > 0) = is_higher_better and residual_value <> 0 then 'high_outcome'
            when residual_value <> 0 then 'low_outcome' end as outcome_side,
        case when spending_reason is not null then null
            when spending_difference > 0 then 'high_spend' when spending_difference < 0 then 'low_spend' end as spending_side,
        coalesce(residual_low > 0 or residual_high < 0, false) as is_outcome_apart,
        coalesce(abs(spending_difference) > spending_margin, false) as is_spending_apart
    from compared
),

final as (
    select
        lea_id, school_id, fiscal_year, {{ key }}, 'peer_median' as model, is_higher_better, cost_fiscal_years, unit,
        outcome_count, outcome_value, outcome_low, outcome_high, outcome_status, is_added_from_schools, outcome_reasons,
        per_pupil, spending_per_pupil, spending_status, spending_reason, peer_count, peer_outcome_count, peer_distance,
        expected_value, residual_value, residual_low, residual_high, expected_spending_per_pupil, spending_difference,
        case when has_spending_peers then spending_difference - spending_margin end as spending_difference_low,
        case when has_spending_peers then spending_difference + spending_margin end as spending_difference_high,
        concat(outcome_side, '_', spending_side) as sides, outcome_side is not null and spending_side is not null as has_sides,
        is_outcome_apart, is_spending_apart, has_outcome_peers, has_spending_peers, spending_margin, reading_count,
        case spending_side when 'high_spend' then above_rate when 'low_spend' then below_rate end as stability_rate,
        years_per_pupil, newest_data_as_of as data_as_of
    from judged
)

select * from final
