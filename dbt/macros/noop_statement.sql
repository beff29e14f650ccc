{# dbt's own noop_statement writes a seed's SQL to <target>/run/<package>/<path of the CSV>. With an absolute seed path (the pinned
   reference version) that *is* the CSV, and the reference would be overwritten. So nothing is written here. #}
{% macro noop_statement(name=None, message=None, code=None, rows_affected=None, res=None) -%}
    {%- set sql = caller() -%}
    {%- if name is not none -%}
        {{ store_raw_result(name, message=message, code=code, rows_affected=rows_affected, agate_table=res) }}
    {%- endif -%}
{%- endmacro %}
