-- One row a combination of NCES function, object, program and payee: its F-33 item by the rule of first precedence.
{{ config(materialized='table') }}

with

targets as (select * from {{ ref('int_accounts_mapped') }} where account_class = 'expenditure'),

rules as (select * from {{ ref('f33_crosswalk_rule') }} where rule_group = 'exclusive'),

allowed as (select * from {{ ref('int_f33_rules_expanded') }}),

-- All payees the rules know, also 'none', so that a line finds its item whoever it pays.
payees as (
    select distinct payee.payee_type
    from rules
    {{ rows_of_list('rules.payee_types', 'payee', 'payee_type') }}
    union
    select 'none'
),

combinations as (
    select distinct
        targets.nces_function_code, targets.nces_object_code, targets.nces_program_code,
        payees.payee_type
    from targets
    cross join payees
),

matches as (
    select
        combinations.*,
        rules.rule_id,
        rules.f33_item,
        row_number() over (
            partition by
                combinations.nces_function_code, combinations.nces_object_code,
                combinations.nces_program_code, combinations.payee_type
            order by rules.precedence, rules.rule_id
        ) as choice
    from combinations
    inner join allowed as objects on objects.dimension = 'object' and combinations.nces_object_code = objects.code
    inner join allowed as functions
        on functions.dimension = 'function'
        and combinations.nces_function_code = functions.code
        and objects.rule_id = functions.rule_id
    inner join allowed as programs
        on programs.dimension = 'program'
        and combinations.nces_program_code = programs.code
        and objects.rule_id = programs.rule_id
    inner join rules
        on objects.rule_id = rules.rule_id
        and (rules.payee_types is null or concat('|', rules.payee_types, '|') like concat('%|', combinations.payee_type, '|%'))
),

final as (
    select
        combinations.*,
        matches.rule_id,
        coalesce(matches.f33_item, '{{ var("unmapped") }}') as f33_item
    from combinations
    left join matches
        on combinations.nces_function_code = matches.nces_function_code
        and combinations.nces_object_code = matches.nces_object_code
        and combinations.nces_program_code = matches.nces_program_code
        and combinations.payee_type = matches.payee_type
        and matches.choice = 1
)

select * from final
