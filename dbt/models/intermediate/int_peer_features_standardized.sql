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

moments as (
    select
        unit_level, comparison_group, fiscal_year,
        count(*) as eligible_count
        {% for feature in number_features() -%}
        , count({{ feature }}) as {{ feature }}_n
        , cast(sum({{ feature }}) as double) as {{ feature }}_sum
        , cast(sum({{ feature }} * {{ feature }}) as double) as {{ feature }}_squares
        , min({{ feature }}) < max({{ feature }}) as {{ feature }}_varies
        {% endfor %}
    from exact
    group by unit_level, comparison_group, fiscal_year
),

final as (
    select
        exact.unit_level, exact.comparison_group, exact.lea_id, exact.school_id, exact.fiscal_year,
        cast(moments.eligible_count as integer) as eligible_count,
        {% for feature in number_features() -%}
        case when moments.{{ feature }}_varies then
            (cast(exact.{{ feature }} as double) - moments.{{ feature }}_sum / moments.{{ feature }}_n)
            / (sqrt(moments.{{ feature }}_n * moments.{{ feature }}_squares - moments.{{ feature }}_sum * moments.{{ feature }}_sum)
                / moments.{{ feature }}_n)
        end as {{ feature }},
        {% endfor -%}
        {{ category_features() | join(', ') }},
        exact.data_as_of
    from exact
    inner join moments
        on exact.unit_level = moments.unit_level and exact.comparison_group = moments.comparison_group
        and exact.fiscal_year = moments.fiscal_year
)

select * from final
