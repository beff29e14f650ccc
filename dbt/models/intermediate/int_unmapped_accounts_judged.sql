-- One row an account and dimension without a national code: is it on the state's list of those allowed?
with

accounts as (select * from {{ ref('int_accounts_listed') }}),

codes as (
    select * from {{ ref('int_account_codes_mapped') }}
    where nces_code = '{{ var("unmapped") }}'
),

allowed as (select * from {{ ref('unmapped_allowed') }}),

state_codes as (
    select
        codes.account_key,
        codes.dimension,
        accounts.fiscal_year,
        case codes.dimension
            when 'fund' then accounts.fund_code
            when 'function' then accounts.function_code
            when 'object' then accounts.object_code
            when 'program' then accounts.program_code
            when 'source' then accounts.source_code
        end as code
    from codes
    inner join accounts on codes.account_key = accounts.account_key
),

final as (
    select
        state_codes.account_key,
        state_codes.dimension,
        state_codes.fiscal_year,
        state_codes.code,
        count(allowed.dimension) > 0 as is_allowed
    from state_codes
    left join allowed
        on state_codes.dimension = allowed.dimension
        and {{ code_matches('state_codes.code', 'allowed.code', 'allowed.code_to') }}
        and {{ is_in_force('allowed', 'state_codes.fiscal_year') }}
    group by 1, 2, 3, 4
)

select * from final
