-- One row an LEA, year, school and category of the mix: in-scope spending at the school, by the first rule its function and object meet.
with

spending as (
    select lea_id, fiscal_year, school_id, function_code, object_code, sum(amount) as amount
    from {{ ref('int_school_spending_classified') }}
    where school_id is not null and category is null
    group by lea_id, fiscal_year, school_id, function_code, object_code
),

rules as (select * from {{ ref('spending_mix_rule') }}),

accounts as (select distinct function_code, object_code from spending),

matches as (
    select
        accounts.function_code,
        accounts.object_code,
        rules.category,
        row_number() over (partition by accounts.function_code, accounts.object_code order by rules.rule_order) as choice
    from accounts
    inner join rules
        on (rules.function_code is null or {{ code_matches('accounts.function_code', 'rules.function_code', 'rules.function_code_to') }})
        and (rules.object_code is null or {{ code_matches('accounts.object_code', 'rules.object_code', 'rules.object_code_to') }})
),

final as (
    select spending.lea_id, spending.fiscal_year, spending.school_id, matches.category, {{ money('sum(spending.amount)') }} as amount
    from spending
    inner join matches
        on spending.function_code = matches.function_code and spending.object_code = matches.object_code and matches.choice = 1
    group by spending.lea_id, spending.fiscal_year, spending.school_id, matches.category
)

select * from final
