{# How a build continues the last one: models of rows keep the LEA-years in which nothing happened. Their results must be what a
   build from nothing gives, so such a model may look at nothing but its own LEA-year and the reference; another reference or
   another code version begins from nothing (dagster_project/continuing.py). #}

{# The materialization of such a model. Engines that always begin from nothing make a table. #}
{% macro by_lea_year() -%}
    {{ return('incremental' if target.type == 'duckdb' else 'table') }}
{%- endmacro %}

{# Rows of a relation that has lea_id and fiscal_year: of the changed LEA-years where the build continues another. #}
{% macro rows_to_build(relation) -%}
    {%- if is_incremental() -%}
    (select * from {{ relation }}
     where (lea_id, fiscal_year) in (select lea_id, fiscal_year from {{ source('registry', 'changed_lea_year') }}))
    {%- else -%}
    {{ relation }}
    {%- endif -%}
{%- endmacro %}

{# The same for an identity: what was proven of the other LEA-years stays proven. #}
{% macro rows_changed(relation) -%}
    (select * from {{ relation }}
     where (lea_id, fiscal_year) in (select lea_id, fiscal_year from {{ source('registry', 'changed_lea_year') }}))
{%- endmacro %}

{# Rows of the fiscal years that tonight's edits look at. #}
{% macro rows_to_review(relation) -%}
    (select * from {{ relation }} where fiscal_year in (select fiscal_year from {{ source('registry', 'review_year') }}))
{%- endmacro %}

{# Incremental strategy lea_year: the changed LEA-years leave, and what was built of them comes in. #}
{% macro get_incremental_lea_year_sql(arguments) -%}
    {%- set columns = arguments['dest_columns'] | map(attribute='quoted') | join(', ') -%}
    delete from {{ arguments['target_relation'] }}
    where (lea_id, fiscal_year) in (select lea_id, fiscal_year from {{ source('registry', 'changed_lea_year') }});
    insert into {{ arguments['target_relation'] }} ({{ columns }})
    select {{ columns }} from {{ arguments['temp_relation'] }}
{%- endmacro %}
