-- One row a unit, year and outcome with peers that have it too: the median of their outcomes, the medians of their published bounds, and
-- the margin of the median from the numbers of their pupils.
{{ config(materialized='table') }}

{% set key = 'measure, subject, grade_band, assessment_id, student_group' %}

with

peers as (select * from {{ ref('int_peers_chosen') }}),

outcomes as (select * from {{ ref('int_outcomes_compared') }} where is_comparable),

parameters as (select * from {{ ref('int_comparison_parameters') }}),

medians as (
    select
        peers.lea_id, peers.school_id, peers.fiscal_year,
        {% for column in key.split(', ') %}outcomes.{{ column }}, {% endfor %}
        count(*) as peer_count,
        median(outcomes.outcome_value) as outcome_value,
        median(outcomes.published_low) as published_low,
        median(outcomes.published_high) as published_high,
        -- Decimals, so that no order of peers changes the sum; unknown where one of them is.
        case when count(*) = count(outcomes.outcome_se)
            then cast(sum(cast(outcomes.outcome_se * outcomes.outcome_se as decimal(38,18))) as double) / count(*)
        end as mean_variance,
        max(outcomes.data_as_of) as data_as_of
    from peers
    inner join outcomes
        on peers.peer_lea_id = outcomes.lea_id and peers.peer_school_id is not distinct from outcomes.school_id
        and peers.fiscal_year = outcomes.fiscal_year
    group by peers.lea_id, peers.school_id, peers.fiscal_year{% for column in key.split(', ') %}, outcomes.{{ column }}{% endfor %}
),

final as (
    select
        medians.lea_id, medians.school_id, medians.fiscal_year,
        {% for column in key.split(', ') %}medians.{{ column }}, {% endfor %}
        cast(medians.peer_count as integer) as peer_count,
        medians.outcome_value, medians.published_low, medians.published_high,
        parameters.interval_quantile * sqrt(parameters.median_variance_factor * medians.mean_variance / medians.peer_count) as margin,
        medians.data_as_of
    from medians
    inner join parameters on medians.fiscal_year = parameters.fiscal_year
)

select * from final
