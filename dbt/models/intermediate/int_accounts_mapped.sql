-- One row an account and NCES target: weights of its dimensions multiplied, targets numbered in the order of their codes.
{{ config(materialized='table') }}

with

accounts as (select * from {{ ref('int_accounts_listed') }}),

codes as (select * from {{ ref('int_account_codes_mapped') }}),

targets as (
    select
        accounts.account_key,
        funds.nces_code as nces_fund_code,
        functions.nces_code as nces_function_code,
        objects.nces_code as nces_object_code,
        programs.nces_code as nces_program_code,
        sources.nces_code as nces_source_code,
        -- Eight decimals a factor; sixteen hold two splits exactly, and rounding conserves the cents in any case.
        -- No line has both a function and a source.
        cast(
            cast(
                cast(coalesce(funds.weight, 1) as decimal(9,8))
                * cast(coalesce(functions.weight, sources.weight, 1) as decimal(9,8))
            as decimal(17,16))
            * cast(
                cast(coalesce(objects.weight, 1) as decimal(9,8))
                * cast(coalesce(programs.weight, 1) as decimal(9,8))
            as decimal(17,16))
        as decimal(17,16)) as weight
    from accounts
    left join codes as funds on accounts.account_key = funds.account_key and funds.dimension = 'fund'
    left join codes as functions on accounts.account_key = functions.account_key and functions.dimension = 'function'
    left join codes as objects on accounts.account_key = objects.account_key and objects.dimension = 'object'
    left join codes as programs on accounts.account_key = programs.account_key and programs.dimension = 'program'
    left join codes as sources on accounts.account_key = sources.account_key and sources.dimension = 'source'
),

final as (
    select
        accounts.*,
        targets.nces_fund_code, targets.nces_function_code, targets.nces_object_code,
        targets.nces_program_code, targets.nces_source_code, targets.weight,
        row_number() over (
            partition by accounts.account_key
            order by
                targets.nces_fund_code, targets.nces_function_code, targets.nces_object_code,
                targets.nces_program_code, targets.nces_source_code
        ) as split_number,
        count(*) over (partition by accounts.account_key) as split_count
    from accounts
    inner join targets on accounts.account_key = targets.account_key
)

select * from final
