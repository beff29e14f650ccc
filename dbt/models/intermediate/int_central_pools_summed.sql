-- One row an LEA, year, kind of money and driver: in-scope spending at no school, by what the state spreads its function over schools.
{{ config(materialized='table') }}

with

spending as (
    select *
    from {{ ref('int_school_spending_classified') }}
    where school_id is null and category is null
),

rules as (select * from {{ ref('allocation_rules') }}),

functions as (select distinct fiscal_year, function_code from spending),

-- 2700 speaks of every function that begins with 27; the narrower rule goes before the wider, and the rule without a function last.
matches as (
    select
        functions.fiscal_year,
        functions.function_code,
        rules.driver,
        row_number() over (
            partition by functions.fiscal_year, functions.function_code
            order by
                length(coalesce(regexp_replace(rules.function_code, '0+$', ''), '')) desc,
                rules.first_fiscal_year desc nulls last, rules.driver
        ) as choice
    from functions
    inner join rules
        on {{ is_in_force('rules', 'functions.fiscal_year') }}
        and (
            rules.function_code is null
            or left(functions.function_code, length(regexp_replace(rules.function_code, '0+$', ''))) = regexp_replace(rules.function_code, '0+$', '')
        )
),

final as (
    select
        spending.lea_id, spending.fiscal_year, spending.is_federal,
        coalesce(matches.driver, 'fall_membership') as driver,
        {{ money('sum(spending.amount)') }} as amount
    from spending
    left join matches
        on spending.fiscal_year = matches.fiscal_year and spending.function_code = matches.function_code and matches.choice = 1
    group by spending.lea_id, spending.fiscal_year, spending.is_federal, coalesce(matches.driver, 'fall_membership')
)

select * from final
