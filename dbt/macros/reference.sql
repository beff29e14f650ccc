{# How every reference table is read: by year, and by code or range of equally long codes. #}

{# The reference row is in force in that fiscal year; an empty first or last year is open. #}
{% macro is_in_force(row, fiscal_year) -%}
    ({{ fiscal_year }} >= coalesce({{ row }}.first_fiscal_year, 0)
     and {{ fiscal_year }} <= coalesce({{ row }}.last_fiscal_year, 9999))
{%- endmacro %}

{# The value equals the code, or lies in code..code_to, text of the same length. An empty value matches an empty code. #}
{% macro code_matches(value, code, code_to) -%}
    (coalesce({{ value }}, '') = coalesce({{ code }}, '')
     or ({{ code_to }} is not null and length({{ value }}) = length({{ code }}) and {{ value }} between {{ code }} and {{ code_to }}))
{%- endmacro %}

{# Two rows carry the same state account; an empty code equals an empty code. #}
{% macro same_account(one, other) -%}
    {% for column in ['fiscal_year', 'account_class', 'fund_code', 'function_code', 'object_code', 'program_code',
        'source_code'] -%}
    {{ one }}.{{ column }} is not distinct from {{ other }}.{{ column }}{% if not loop.last %} and {% endif %}
    {%- endfor %}
{%- endmacro %}
