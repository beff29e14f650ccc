{# The rows a generic test looks at: a from-clause item.
   Of a model or reference table: all rows (that meet `when`).
   Of source raw: the rows of submissions accepted since the current generation (registry.newly_accepted; the raw files that hold
   them are linked in raw/_new, so that no rule scans twenty years for one file), in the fiscal years of the rule and of its column (meta first_fiscal_year, last_fiscal_year), less the rows a waiver accepts for this edit.
   What was accepted before is not judged again: a verdict does not change with what arrives later. #}
{% macro rows_to_prove(relation, column_name=none, when=none) -%}
{%- if is_raw_rule() -%}
    {%- set years = years_of_rule(relation.identifier, column_name) -%}
    (
        select rows_submitted.*
        from read_parquet('{{ env_var('EDFIN_RAW', '../data/raw') }}/_new/{{ relation.identifier }}/*.parquet', union_by_name=true, hive_partitioning=false) as rows_submitted
        where rows_submitted.submission_id in (select submission_id from {{ source('registry', 'newly_accepted') }})
            and rows_submitted.fiscal_year between {{ years[0] }} and {{ years[1] }}
            and not exists (
                select 1
                from {{ source('registry', 'submission') }} as submissions
                inner join {{ ref('waivers') }} as waivers on submissions.sha256 = waivers.sha256
                where submissions.submission_id = rows_submitted.submission_id
                    and waivers.edit_id = '{{ model.name }}'
                    and waivers.effect = 'accept'
                    and rows_submitted.row_number between coalesce(waivers.row_from, 0) and coalesce(waivers.row_to, waivers.row_from, 2147483647)
            )
            {%- if when %} and ({{ when }}){% endif %}
    )
{%- elif when -%}
    (select * from {{ relation }} where {{ when }})
{%- else -%}
    {{ relation }}
{%- endif -%}
{%- endmacro %}

{# First and last fiscal year of the running rule: the narrower of the rule's own and its column's. #}
{% macro years_of_rule(collection, column_name) -%}
    {%- set years = namespace(first=0, last=9999) -%}
    {%- if execute -%}
        {%- set column = graph.sources.get('source.edfin.raw.' ~ collection, {}).get('columns', {}).get(column_name, {}) -%}
        {%- set column_config = column.get('config') or {} -%}
        {%- for meta in [model.config.get('meta') or {}, column.get('meta') or {}, column_config.get('meta') or {}] -%}
            {%- set years.first = [years.first, (meta.get('first_fiscal_year') or 0) | int] | max -%}
            {%- set years.last = [years.last, (meta.get('last_fiscal_year') or 9999) | int] | min -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return([years.first, years.last]) }}
{%- endmacro %}

{# A rule of one file compares rows of that file only; a rule of a table compares all its rows. #}
{% macro within_one_file(columns) -%}
    {{ ((['submission_id'] if is_raw_rule() else []) + columns) | join(', ') }}
{%- endmacro %}

{# The running test is a rule of a collection contract (source raw). While dbt parses, the relation does not know. #}
{% macro is_raw_rule() -%}
    {{ return("source('raw'" in model.test_metadata.kwargs.model | string) }}
{%- endmacro %}

{# A limit of the running rule: of a collection contract, the state's own (thresholds) where it has one for the row's fiscal year. #}
{% macro limit_of(parameter, contracts_own, rows) -%}
{%- if is_raw_rule() -%}
    coalesce((
        select cast(own.value as decimal(38,4))
        from {{ ref('thresholds') }} as own
        where own.edit_id = '{{ model.name }}' and own.parameter = '{{ parameter }}' and {{ is_in_force('own', rows ~ '.fiscal_year') }}
    ), {{ contracts_own }})
{%- else -%}
    {{ contracts_own }}
{%- endif -%}
{%- endmacro %}
