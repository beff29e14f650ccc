{# What peers and productivity share: the features, and the interval of a share. #}

{# Features of peer_feature by kind; a column cannot be named by a row. tests/seeds/comparison_tables_are_complete proves them. #}
{% macro number_features() -%}
    {{ return(['ln_membership', 'low_income_rate', 'english_learner_rate', 'disability_rate', 'cwift']) }}
{%- endmacro %}

{% macro category_features() -%} {{ return(['locale_group', 'grade_span']) }} {%- endmacro %}

{# How far a peer is from a unit in a feature: in standard deviations, of a category its gap; empty where one of them lacks it. #}
{% macro feature_gap(feature, unit, peer) -%}
    {%- if feature in category_features() -%}
    case when {{ peer }}.{{ feature }} <> {{ unit }}.{{ feature }} then {{ unit }}.category_gap
        when {{ peer }}.{{ feature }} = {{ unit }}.{{ feature }} then 0 end
    {%- else -%}
    {{ peer }}.{{ feature }} - {{ unit }}.{{ feature }}
    {%- endif -%}
{%- endmacro %}

{% macro comparison_parameters() -%}
    {{ return(['peer_count', 'min_peer_count', 'distant_peers', 'min_feature_count', 'category_gap', 'interval_quantile', 'median_variance_factor',
        'min_outcome_count', 'outlier_fence', 'stable_rate']) }}
{%- endmacro %}

{# One end of Wilson's score interval of a share of n pupils: sign is '-' or '+'. #}
{% macro wilson(share, n, quantile, sign) -%}
    least(1.0, greatest(0.0,
        ({{ share }} + {{ quantile }} * {{ quantile }} / (2 * {{ n }})
            {{ sign }} {{ quantile }} * sqrt({{ share }} * (1 - {{ share }}) / {{ n }} + {{ quantile }} * {{ quantile }} / (4 * {{ n }} * {{ n }})))
        / (1 + {{ quantile }} * {{ quantile }} / {{ n }})))
{%- endmacro %}

{# The same unit: an LEA has no school. #}
{% macro same_unit(one, other) -%}
    {{ one }}.lea_id = {{ other }}.lea_id and {{ one }}.school_id is not distinct from {{ other }}.school_id
    and {{ one }}.fiscal_year = {{ other }}.fiscal_year
{%- endmacro %}

{# The same figure of an outcome. #}
{% macro same_outcome(one, other) -%}
    {{ one }}.measure = {{ other }}.measure
    {% for column in ['subject', 'grade_band', 'assessment_id', 'student_group'] -%}
    and {{ one }}.{{ column }} is not distinct from {{ other }}.{{ column }}
    {% endfor -%}
{%- endmacro %}
