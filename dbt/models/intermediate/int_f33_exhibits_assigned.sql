-- One row a combination of NCES function, object and program in use and an exhibit item of the F-33 that takes it, with the money it
-- takes it of. Exhibits overlap: one amount may stand in several.
{{ config(materialized='table') }}

with

targets as (select * from {{ ref('int_accounts_mapped') }} where account_class = 'expenditure'),

rules as (select * from {{ ref('f33_crosswalk_rule') }} where rule_group = 'exhibit'),

allowed as (select * from {{ ref('int_f33_rules_expanded') }}),

combinations as (select distinct nces_function_code, nces_object_code, nces_program_code from targets),

final as (
    select distinct
        combinations.nces_function_code, combinations.nces_object_code, combinations.nces_program_code,
        rules.f33_item, rules.fund_source
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
    inner join rules on objects.rule_id = rules.rule_id
)

select * from final
