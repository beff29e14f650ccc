{# A model's schema is the one dbt_project.yml names, with no prefix of the target: marts is marts everywhere. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}
