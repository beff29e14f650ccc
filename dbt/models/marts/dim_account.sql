-- One row an account code and validity: the national chart (chart = nces) and the state's own (chart = state).
with

national as (
    select 'fund' as dimension, fund_code as code, fund_name as name, cast(null as varchar) as parent_code,
        cast(null as varchar) as source_level, fund_class as account_group, cast(null as varchar) as spend_class
    from {{ ref('coa_fund') }}
    union all
    select 'function', function_code, function_name, parent_code, null, function_class, null from {{ ref('coa_function') }}
    union all
    select 'object', object_code, object_name, parent_code, null, null, spend_class from {{ ref('coa_object') }}
    union all
    select 'program', program_code, program_name, null, null, null, null from {{ ref('coa_program') }}
    union all
    select 'source', source_code, source_name, parent_code, source_level, null, null from {{ ref('coa_revenue_source') }}
),

state as (
    select dimension, code, code_to, name, cast(null as varchar) as source_level, cast(null as varchar) as restriction,
        first_fiscal_year, last_fiscal_year
    from {{ ref('account_codes') }}
    union all
    select 'fund', code, null, name, source_level, restriction, first_fiscal_year, last_fiscal_year from {{ ref('funds') }}
    union all
    select 'project', code, null, name, source_level, restriction, first_fiscal_year, last_fiscal_year from {{ ref('projects') }}
),

both_charts as (
    select
        'nces' as chart, dimension, code, cast(null as varchar) as code_to, name, parent_code, source_level, account_group,
        spend_class, cast(null as varchar) as restriction,
        cast(null as integer) as valid_from_fiscal_year, cast(null as integer) as valid_to_fiscal_year
    from national
    union all
    select
        'state', dimension, code, code_to, name, null, source_level, null,
        null, restriction, first_fiscal_year, last_fiscal_year
    from state
),

final as (
    select
        concat_ws('-', chart, dimension, code, code_to, coalesce(valid_from_fiscal_year, 0)) as account_key,
        both_charts.*
    from both_charts
)

select * from final
