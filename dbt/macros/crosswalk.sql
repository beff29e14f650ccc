{# Looking the crosswalk up: how the codes of a state's accounts become national ones. #}

{# CTEs, from `accounts` (account_key, chart_fiscal_year, account_class and the codes) to `codes_mapped`: one row an account, year of
   the chart, dimension and national code, with its weight. A row with a condition goes before one without; a code without a row
   becomes 'unmapped'; an empty code without a row stays empty. #}
{% macro codes_mapped() -%}
crosswalk as (select * from {{ ref('xwalk_account') }}),

mapped_dimensions as (select * from {{ ref('account_class_dimension') }}),

account_codes as (
    {% for dimension in ['fund', 'function', 'object', 'program', 'source'] -%}
    select account_key, chart_fiscal_year, account_class, '{{ dimension }}' as dimension, coalesce({{ dimension }}_code, '') as code
    from accounts
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

to_map as (
    select account_codes.*
    from account_codes
    inner join mapped_dimensions
        on account_codes.account_class = mapped_dimensions.account_class
        and account_codes.dimension = mapped_dimensions.dimension
),

codes as (select distinct chart_fiscal_year, dimension, code from to_map),

code_rows as (
    select
        codes.chart_fiscal_year, codes.dimension, codes.code,
        crosswalk.nces_code, crosswalk.weight,
        crosswalk.when_dimension, crosswalk.when_code, crosswalk.when_code_to
    from codes
    inner join crosswalk
        on codes.dimension = crosswalk.dimension
        and {{ code_matches('codes.code', 'crosswalk.code', 'crosswalk.code_to') }}
        and {{ is_in_force('crosswalk', 'codes.chart_fiscal_year') }}
),

-- Rows that depend on another part of the account, where that part is as they say.
conditional as (
    select to_map.account_key, to_map.chart_fiscal_year, to_map.dimension, code_rows.nces_code, code_rows.weight
    from to_map
    inner join code_rows
        on to_map.chart_fiscal_year = code_rows.chart_fiscal_year
        and to_map.dimension = code_rows.dimension
        and to_map.code = code_rows.code
    inner join account_codes as conditions
        on to_map.account_key = conditions.account_key
        and to_map.chart_fiscal_year = conditions.chart_fiscal_year
        and code_rows.when_dimension = conditions.dimension
    where {{ code_matches('conditions.code', 'code_rows.when_code', 'code_rows.when_code_to') }}
),

decided as (select distinct account_key, chart_fiscal_year, dimension from conditional),

unconditional as (
    select
        to_map.account_key,
        to_map.chart_fiscal_year,
        to_map.dimension,
        case
            when code_rows.nces_code is not null then code_rows.nces_code
            when to_map.code <> '' then '{{ var("unmapped") }}'
        end as nces_code,
        coalesce(code_rows.weight, 1) as weight
    from to_map
    left join decided
        on to_map.account_key = decided.account_key
        and to_map.chart_fiscal_year = decided.chart_fiscal_year
        and to_map.dimension = decided.dimension
    left join (select * from code_rows where when_dimension is null) as code_rows
        on to_map.chart_fiscal_year = code_rows.chart_fiscal_year
        and to_map.dimension = code_rows.dimension
        and to_map.code = code_rows.code
    where decided.account_key is null
),

codes_mapped as (
    select account_key, chart_fiscal_year, dimension, nces_code, cast(weight as decimal(9,8)) as weight from conditional
    union all
    select account_key, chart_fiscal_year, dimension, nces_code, cast(weight as decimal(9,8)) from unconditional
)
{%- endmacro %}
