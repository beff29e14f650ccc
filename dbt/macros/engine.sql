{# What DuckDB and Spark write differently; nothing else may depend on the engine. #}

{# Rows of a list kept in one text cell, divided by a bar: a from-clause item named alias with one column. #}
{% macro rows_of_list(text, alias, column) -%} {{ adapter.dispatch('rows_of_list')(text, alias, column) }} {%- endmacro %}
{% macro duckdb__rows_of_list(text, alias, column) -%}
    cross join unnest(string_split({{ text }}, '|')) as {{ alias }}({{ column }})
{%- endmacro %}
{% macro spark__rows_of_list(text, alias, column) -%}
    lateral view explode(split({{ text }}, '[|]')) {{ alias }} as {{ column }}
{%- endmacro %}

{# The whole text matches the pattern. #}
{% macro full_match(text, pattern) -%} {{ adapter.dispatch('full_match')(text, pattern) }} {%- endmacro %}
{% macro duckdb__full_match(text, pattern) -%} regexp_full_match(cast({{ text }} as varchar), '{{ pattern }}') {%- endmacro %}
{% macro spark__full_match(text, pattern) -%} cast({{ text }} as string) rlike '^({{ pattern }})$' {%- endmacro %}

{# First day of the month, months counted from January of year zero. #}
{% macro month_start(year, month) -%} {{ adapter.dispatch('month_start')(year, month) }} {%- endmacro %}
{% macro default__month_start(year, month) -%} make_date({{ year }}, {{ month }}, 1) {%- endmacro %}
