-- One row an account, dimension and NCES code: the crosswalk rows that apply, a row with a condition before one without.
-- A code without a row becomes 'unmapped'; an empty code without a row stays empty.
{{ config(materialized='table') }}

with

accounts as (select * from {{ ref('int_accounts_listed') }}),

crosswalk as (select * from {{ ref('xwalk_account') }}),

mapped_dimensions as (select * from {{ ref('account_class_dimension') }}),

account_codes as (
    {% for dimension in ['fund', 'function', 'object', 'program', 'project', 'source'] -%}
    select account_key, fiscal_year, account_class, '{{ dimension }}' as dimension, coalesce({{ dimension }}_code, '') as code
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

codes as (select distinct fiscal_year, dimension, code from to_map),

code_rows as (
    select
        codes.fiscal_year, codes.dimension, codes.code,
        crosswalk.nces_code, crosswalk.weight,
        crosswalk.when_dimension, crosswalk.when_code, crosswalk.when_code_to
    from codes
    inner join crosswalk
        on codes.dimension = crosswalk.dimension
        and {{ code_matches('codes.code', 'crosswalk.code', 'crosswalk.code_to') }}
        and {{ is_in_force('crosswalk', 'codes.fiscal_year') }}
),

candidates as (
    select
        to_map.account_key, to_map.dimension, code_rows.nces_code, code_rows.weight,
        case when code_rows.when_dimension is null then 0 else 1 end as has_condition,
        max(case when code_rows.when_dimension is null then 0 else 1 end)
            over (partition by to_map.account_key, to_map.dimension) as best_condition
    from to_map
    inner join code_rows
        on to_map.fiscal_year = code_rows.fiscal_year
        and to_map.dimension = code_rows.dimension
        and to_map.code = code_rows.code
    left join account_codes as conditions
        on to_map.account_key = conditions.account_key
        and code_rows.when_dimension = conditions.dimension
        and {{ code_matches('conditions.code', 'code_rows.when_code', 'code_rows.when_code_to') }}
    where code_rows.when_dimension is null or conditions.account_key is not null
),

final as (
    select
        to_map.account_key,
        to_map.dimension,
        case
            when candidates.nces_code is not null then candidates.nces_code
            when to_map.code <> '' then '{{ var("unmapped") }}'
        end as nces_code,
        sum(coalesce(candidates.weight, 1)) as weight
    from to_map
    left join candidates
        on to_map.account_key = candidates.account_key
        and to_map.dimension = candidates.dimension
        and candidates.has_condition = candidates.best_condition
    group by 1, 2, 3
)

select * from final
