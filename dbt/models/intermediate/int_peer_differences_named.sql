-- One row a unit, year and peer: the peer, and the three features in which it differs most, by weighted gap; equal ones go by name. A gap is
-- the peer less the unit, in standard deviations.
{{ config(materialized='table') }}

{% set key = 'unit_level, lea_id, school_id, fiscal_year, peer_lea_id, peer_school_id' %}

with

peers as (select * from {{ ref('int_peers_chosen') }}),

units as (select * from {{ ref('int_peer_features_standardized') }}),

spending as (select * from {{ ref('int_spending_compared') }}),

features as (select * from {{ ref('peer_feature') }}),

parameters as (select * from {{ ref('int_comparison_parameters') }}),

gaps as (
    {% for feature in number_features() + category_features() -%}
    select {{ key }}, '{{ feature }}' as feature, {{ feature }}_gap as gap
    from peers
    where {{ feature }}_gap is not null
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

ranked as (
    select
        gaps.*,
        row_number() over (
            partition by {% for column in key.split(', ') %}gaps.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
            -- Nine decimals: equal gaps are equal, whatever the last digit of a floating number says.
            order by round(case when gaps.unit_level = 'lea' then features.lea_weight else features.school_weight end * gaps.gap * gaps.gap, 9) desc, gaps.feature
        ) as place
    from gaps
    inner join features on gaps.feature = features.feature
    where case when gaps.unit_level = 'lea' then features.lea_weight else features.school_weight end > 0
),

named as (
    select
        {{ key }},
        string_agg(feature, ', ' order by feature) as feature_names
        {% for word in ['largest', 'second', 'third'] -%}
        , max(case when place = {{ loop.index }} then feature end) as {{ word }}_difference_name
        , max(case when place = {{ loop.index }} then gap end) as {{ word }}_difference_value
        {% endfor %}
    from ranked
    group by {{ key }}
),

final as (
    select
        peers.unit_level, units.comparison_group, peers.lea_id, peers.school_id, peers.fiscal_year, peers.peer_rank,
        peers.peer_lea_id, peers.peer_school_id, peers.distance, peers.feature_count, named.feature_names
        {% for word in ['largest', 'second', 'third'] -%}
        , named.{{ word }}_difference_name, named.{{ word }}_difference_value
        {% endfor -%}
        , cast(count(*) over (partition by peers.unit_level, peers.lea_id, peers.school_id, peers.fiscal_year) as integer) as peer_count,
        case
            when count(*) over (partition by peers.unit_level, peers.lea_id, peers.school_id, peers.fiscal_year) >= parameters.peer_count then 'complete'
            when count(*) over (partition by peers.unit_level, peers.lea_id, peers.school_id, peers.fiscal_year) >= parameters.min_peer_count then 'fewer_than_wanted'
            else 'too_few'
        end as peer_status,
        units.eligible_count,
        greatest(units.data_as_of, other.data_as_of, spending.data_as_of) as data_as_of
    from peers
    inner join units on peers.unit_level = units.unit_level and {{ same_unit('peers', 'units') }}
    inner join units as other
        on peers.unit_level = other.unit_level and peers.peer_lea_id = other.lea_id
        and peers.peer_school_id is not distinct from other.school_id and peers.fiscal_year = other.fiscal_year
    inner join spending
        on peers.peer_lea_id = spending.lea_id and peers.peer_school_id is not distinct from spending.school_id
        and peers.fiscal_year = spending.fiscal_year
    inner join named
        on peers.unit_level = named.unit_level and {{ same_unit('peers', 'named') }}
        and peers.peer_lea_id = named.peer_lea_id and peers.peer_school_id is not distinct from named.peer_school_id
    inner join parameters on peers.fiscal_year = parameters.fiscal_year
)

select * from final
