-- One row a combination of national codes in use that leaves the operating budget: the first step, in their order, whose rule it meets.
{{ config(materialized='table') }}

with

accounts as (
    select distinct account_class, nces_fund_code, nces_program_code, nces_function_code, nces_object_code
    from {{ ref('int_accounts_mapped') }}
    where account_class in ('expenditure', 'other_use')
),

rules as (select * from {{ ref('operating_budget_rule') }}),

steps as (select * from {{ ref('operating_budget_step') }}),

matches as (
    select
        accounts.*,
        rules.step,
        rules.rule_id,
        row_number() over (
            partition by
                accounts.account_class, accounts.nces_fund_code, accounts.nces_program_code,
                accounts.nces_function_code, accounts.nces_object_code
            order by steps.step_order, rules.rule_id
        ) as choice
    from accounts
    inner join rules
        on accounts.account_class = rules.account_class
        {% for dimension in ['fund', 'program', 'function', 'object'] -%}
        and (
            rules.{{ dimension }}_code is null
            or {{ code_matches('accounts.nces_' ~ dimension ~ '_code', 'rules.' ~ dimension ~ '_code', 'rules.' ~ dimension ~ '_code_to') }}
        )
        {% endfor -%}
    inner join steps on rules.step = steps.step
),

final as (
    select account_class, nces_fund_code, nces_program_code, nces_function_code, nces_object_code, step, rule_id
    from matches
    where choice = 1
)

select * from final
