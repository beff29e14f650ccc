{# The code is in the reference table (the part of it that config `where` names), in force in the row's fiscal year where rows are raw (unless any_year); no code passes. The gate's findings tell amount_column. #}
{% test in_code_list(model, column_name, table, code_column, any_year=false, when=none, amount_column=none) %}
{% set list = ref(table) %}
{% set list_columns = adapter.get_columns_in_relation(list) | map(attribute='name') | list if execute else [] %}
{% set by_year = is_raw_rule() and not any_year and 'first_fiscal_year' in list_columns %}

-- One look-up for each code and year, then back to the rows: codes are few, rows are many.
with

proven as (select * from {{ rows_to_prove(model, column_name, when) }} as rows_proven where {{ column_name }} is not null),

used as (select distinct {{ column_name }} as used_code{{ ', fiscal_year' if by_year }} from proven),

listed as (select * from {{ list }} {% if config.get('where') %}where {{ config.get('where') }}{% endif %}),

missing as (
    select used.*
    from used
    left join listed
        on {{ code_matches('used.used_code', 'listed.' ~ code_column, 'listed.code_to' if 'code_to' in list_columns else "cast(null as varchar)") }}
        {% if by_year %}and {{ is_in_force('listed', 'used.fiscal_year') }}{% endif %}
    where listed.{{ code_column }} is null
)

select proven.*
from proven
inner join missing
    on proven.{{ column_name }} = missing.used_code
    {% if by_year %}and proven.fiscal_year = missing.fiscal_year{% endif %}
{% endtest %}
