-- Two rows of the same LEA, school, fund, project, policy, threshold or rule of allocation are never in force in the same year.
{% set tables = {
    'leas': 'lea_id', 'schools': "concat_ws('|', lea_id, school_id)", 'funds': 'code', 'projects': 'code',
    'policy': 'policy_key', 'allocation_rules': "coalesce(function_code, '')", 'thresholds': "concat_ws('|', edit_id, parameter)",
} %}
with

periods as (
    {% for table, key in tables.items() -%}
    select
        '{{ table }}' as table_name, {{ key }} as row_key,
        coalesce(first_fiscal_year, 0) as first_fiscal_year, coalesce(last_fiscal_year, 9999) as last_fiscal_year
    from {{ ref(table) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

numbered as (
    select
        periods.*,
        lead(first_fiscal_year) over (partition by table_name, row_key order by first_fiscal_year, last_fiscal_year) as next_first_fiscal_year
    from periods
)

select *
from numbered
where last_fiscal_year < first_fiscal_year or next_first_fiscal_year <= last_fiscal_year
