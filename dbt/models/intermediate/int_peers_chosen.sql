-- One row a unit, year and peer: its nearest units of the same type (LEAs) or level (schools) whose spending may be compared. Weighted
-- Euclidean distance over the features both have: the root of their mean squared gap, in standard deviations. Ties go by id.
{{ config(materialized='table') }}

with

units as (select * from {{ ref('int_peer_features_standardized') }}),

spending as (select * from {{ ref('int_spending_compared') }} where spending_reason is null),

parameters as (select * from {{ ref('int_comparison_parameters') }}),

weights as (
    select unit_level
        {% for feature in number_features() + category_features() -%}
        , max(case when feature = '{{ feature }}' then cast(case when unit_level = 'lea' then lea_weight else school_weight end as double) end) as {{ feature }}
        {% endfor %}
    from {{ ref('peer_feature') }}
    cross join (select distinct unit_level from units) as levels
    group by unit_level
),

candidates as (
    select units.*
    from units
    inner join spending on {{ same_unit('units', 'spending') }}
),

gaps as (
    select
        units.unit_level, units.lea_id, units.school_id, units.fiscal_year,
        candidates.lea_id as peer_lea_id, candidates.school_id as peer_school_id
        {% for feature in number_features() -%}
        , candidates.{{ feature }} - units.{{ feature }} as {{ feature }}
        {% endfor -%}
        {% for feature in category_features() -%}
        , case when candidates.{{ feature }} <> units.{{ feature }} then parameters.category_gap
            when candidates.{{ feature }} = units.{{ feature }} then 0 end as {{ feature }}
        {% endfor %}
    from units
    inner join candidates
        on units.unit_level = candidates.unit_level and units.comparison_group = candidates.comparison_group
        and units.fiscal_year = candidates.fiscal_year
    inner join parameters on units.fiscal_year = parameters.fiscal_year
    where units.lea_id <> candidates.lea_id or units.school_id <> candidates.school_id
),

summed as (
    select
        gaps.*,
        {% for feature in number_features() + category_features() -%}
        case when gaps.{{ feature }} is null then 0 else weights.{{ feature }} * gaps.{{ feature }} * gaps.{{ feature }} end{{ ' +' if not loop.last }}
        {% endfor -%}
        as squared_gap,
        {% for feature in number_features() + category_features() -%}
        case when gaps.{{ feature }} is null then 0 else weights.{{ feature }} end{{ ' +' if not loop.last }}
        {% endfor -%}
        as shared_weight,
        {% for feature in number_features() + category_features() -%}
        case when gaps.{{ feature }} is null or weights.{{ feature }} = 0 then 0 else 1 end{{ ' +' if not loop.last }}
        {% endfor -%}
        as feature_count
    from gaps
    inner join weights on gaps.unit_level = weights.unit_level
),

-- Six decimals decide: what is nearer by less is equally near, and the ids decide.
measured as (
    select summed.*, round(sqrt(summed.squared_gap / summed.shared_weight), 6) as distance, parameters.peer_count as wanted_count
    from summed
    inner join parameters on summed.fiscal_year = parameters.fiscal_year
    where summed.feature_count >= parameters.min_feature_count
),

ranked as (
    select
        measured.*,
        row_number() over (
            partition by unit_level, lea_id, school_id, fiscal_year order by distance, peer_lea_id, peer_school_id
        ) as peer_rank
    from measured
),

final as (
    select
        unit_level, lea_id, school_id, fiscal_year, cast(peer_rank as integer) as peer_rank, peer_lea_id, peer_school_id, distance,
        cast(feature_count as integer) as feature_count
        {% for feature in number_features() + category_features() -%}
        , {{ feature }} as {{ feature }}_gap
        {% endfor %}
    from ranked
    where peer_rank <= wanted_count
)

select * from final
