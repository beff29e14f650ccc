-- One row a unit, year and peer: its nearest units of the same type (LEAs) or level (schools) whose spending may be compared. Weighted
-- Euclidean distance over the features both have: the root of their mean squared gap, in standard deviations. Ties go by id.
{{ config(materialized='table') }}

{% set features = number_features() + category_features() %}

with

parameters as (select * from {{ ref('int_comparison_parameters') }}),

spending as (select * from {{ ref('int_spending_compared') }} where spending_reason is null),

-- Numbered in the order of their ids: every pair of the state is measured, in narrow rows.
units as (
    select
        units.*, spending.lea_id is not null as is_candidate,
        parameters.peer_count as wanted_count, parameters.min_feature_count, parameters.category_gap,
        cast(row_number() over (order by units.lea_id, units.school_id, units.fiscal_year) as integer) as unit_number
    from {{ ref('int_peer_features_standardized') }} as units
    inner join parameters on units.fiscal_year = parameters.fiscal_year
    left join spending on {{ same_unit('units', 'spending') }}
),

weights as (
    select unit_level
        {% for feature in features -%}
        , max(case when feature = '{{ feature }}' then cast(case when unit_level = 'lea' then lea_weight else school_weight end as double) end) as {{ feature }}
        {% endfor %}
    from {{ ref('peer_feature') }}
    cross join (select distinct unit_level from units) as levels
    group by unit_level
),

gaps as (
    select
        units.unit_number, candidates.unit_number as peer_number, units.unit_level, units.wanted_count, units.min_feature_count
        {% for feature in features %}, {{ feature_gap(feature, 'units', 'candidates') }} as {{ feature }}
        {% endfor %}
    from units
    inner join units as candidates
        on units.unit_level = candidates.unit_level and units.comparison_group = candidates.comparison_group
        and units.fiscal_year = candidates.fiscal_year
    where candidates.is_candidate and units.unit_number <> candidates.unit_number
),

summed as (
    select
        gaps.unit_number, gaps.peer_number, gaps.wanted_count, gaps.min_feature_count,
        {% for feature in features -%}
        coalesce(weights.{{ feature }} * gaps.{{ feature }} * gaps.{{ feature }}, 0){{ ' +' if not loop.last }}
        {% endfor -%}
        as squared_gap,
        {% for feature in features -%}
        case when gaps.{{ feature }} is null then 0 else weights.{{ feature }} end{{ ' +' if not loop.last }}
        {% endfor -%}
        as shared_weight,
        {% for feature in features -%}
        case when gaps.{{ feature }} is null or weights.{{ feature }} = 0 then 0 else 1 end{{ ' +' if not loop.last }}
        {% endfor -%}
        as feature_count
    from gaps
    inner join weights on gaps.unit_level = weights.unit_level
),

-- Six decimals decide: what is nearer by less is equally near, and the ids decide.
ranked as (
    select
        unit_number, peer_number, wanted_count, feature_count, round(sqrt(squared_gap / shared_weight), 6) as distance,
        row_number() over (partition by unit_number order by round(sqrt(squared_gap / shared_weight), 6), peer_number) as peer_rank
    from summed
    where feature_count >= min_feature_count
),

nearest as (select * from ranked where peer_rank <= wanted_count),

final as (
    select
        units.unit_level, units.lea_id, units.school_id, units.fiscal_year, cast(nearest.peer_rank as integer) as peer_rank,
        peers.lea_id as peer_lea_id, peers.school_id as peer_school_id, nearest.distance,
        cast(nearest.feature_count as integer) as feature_count
        {% for feature in features %}, {{ feature_gap(feature, 'units', 'peers') }} as {{ feature }}_gap
        {% endfor %}
    from nearest
    inner join units on nearest.unit_number = units.unit_number
    inner join units as peers on nearest.peer_number = peers.unit_number
)

select * from final
