{# The events that decide a submission's status; an explanation or a waiver leaves it as it is. #}
{% macro status_events() -%}
    ('received', 'accepted', 'suspended', 'certified', 'reopened', 'withdrawn', 'purged')
{%- endmacro %}
