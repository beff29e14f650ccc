-- One row a unit and year that can have peers: its features in standard deviations from the mean of its year's comparison group
-- (population form). Sums are exact decimals, so that no order of rows changes a figure; a feature all share tells nothing and is empty.
{{ config(materialized='table') }}

with

features as (select * from {{ ref('int_peer_features_measured') }} where comparison_group is not null),

exact as (
    select
        unit_level, comparison_group, lea_id, school_id, fiscal_year,
        {% for feature in number_features() -%}
        cast({{ feature }} as decimal(18,9)) as {{ feature }},
        {% endfor -%}
        {{ category_features() | join(', ') }},
        data_as_of
    from features
),

means as (
    select
        unit_level, comparison_group, fiscal_year,
        cast(count(*) as integer) as eligible_count
        {% for feature in number_features() -%}
        , count({{ feature }}) as {{ feature }}_n
        , cast(sum({{ feature }}) as double) / count({{ feature }}) as {{ feature }}
        , min({{ feature }}) < max({{ feature }}) as {{ feature }}_varies
        {% endfor %}
    from exact
    group by unit_level, comparison_group, fiscal_year
),

deviations as (
    select
        exact.unit_level, exact.comparison_group, exact.lea_id, exact.school_id, exact.fiscal_year, means.eligible_count,
        {% for feature in number_features() -%}
        case when means.{{ feature }}_varies then cast(exact.{{ feature }} as double) - means.{{ feature }} end as {{ feature }},
        means.{{ feature }}_n,
        {% endfor -%}
        {% for feature in category_features() %}exact.{{ feature }}, {% endfor %}
        exact.data_as_of
    from exact
    inner join means
        on exact.unit_level = means.unit_level and exact.comparison_group = means.comparison_group
        and exact.fiscal_year = means.fiscal_year
),

squares as (
    select
        unit_level, comparison_group, fiscal_year
        {% for feature in number_features() -%}
        , sqrt(cast(sum(cast({{ feature }} * {{ feature }} as decimal(38,24))) as double) / max({{ feature }}_n)) as {{ feature }}
        {% endfor %}
    from deviations
    group by unit_level, comparison_group, fiscal_year
),

final as (
    select
        deviations.unit_level, deviations.comparison_group, deviations.lea_id, deviations.school_id, deviations.fiscal_year,
        deviations.eligible_count,
        {% for feature in number_features() -%}
        deviations.{{ feature }} / squares.{{ feature }} as {{ feature }},
        {% endfor -%}
        {% for feature in category_features() %}deviations.{{ feature }}, {% endfor %}
        deviations.data_as_of
    from deviations
    inner join squares
        on deviations.unit_level = squares.unit_level and deviations.comparison_group = squares.comparison_group
        and deviations.fiscal_year = squares.fiscal_year
)

select * from final
