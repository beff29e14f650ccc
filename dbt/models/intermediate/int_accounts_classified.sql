-- One row an account and NCES target: all that follows from the account alone (item, revenue total, whose money it is).
{{ config(materialized='table') }}

with

accounts as (select * from {{ ref('int_accounts_listed') }}),

targets as (select * from {{ ref('int_accounts_mapped') }}),

items as (select * from {{ ref('int_f33_items_assigned') }}),

revenue_sources as (select * from {{ ref('coa_revenue_source') }}),

funds as (select * from {{ ref('funds') }}),

projects as (select * from {{ ref('projects') }} where source_level is not null),

-- The project decides whose money it is; a project that does not decide leaves it to the fund.
money as (
    select
        accounts.account_key,
        coalesce(projects.source_level, funds.source_level, 'unknown') as source_level,
        case when projects.code is not null then projects.replaces_local_tax else funds.replaces_local_tax end as replaces_local_tax,
        case when projects.code is not null then projects.is_private else funds.is_private end as is_private
    from accounts
    left join funds on accounts.fund_code = funds.code and {{ is_in_force('funds', 'accounts.fiscal_year') }}
    left join projects on accounts.project_code = projects.code and {{ is_in_force('projects', 'accounts.fiscal_year') }}
),

final as (
    select
        accounts.*,
        targets.nces_fund_code,
        targets.nces_function_code,
        targets.nces_object_code,
        targets.nces_program_code,
        targets.nces_source_code,
        targets.split_number,
        targets.split_count,
        targets.weight,
        case when accounts.account_class = 'expenditure' then coalesce(items.f33_item, '{{ var("unmapped") }}') end as f33_item,
        case when accounts.account_class in ('revenue', 'other_source') then revenue_sources.f33_total_item end as f33_total_item,
        money.source_level,
        money.source_level = 'federal' and coalesce(money.replaces_local_tax, 'N') = 'N' as is_federal,
        money.source_level = 'private' or coalesce(money.is_private, 'N') = 'Y' as is_private
    from accounts
    inner join targets on accounts.account_key = targets.account_key
    inner join money on accounts.account_key = money.account_key
    left join items
        on targets.nces_function_code = items.nces_function_code
        and targets.nces_object_code = items.nces_object_code
        and targets.nces_program_code = items.nces_program_code
        and coalesce(accounts.payee_type, 'none') = items.payee_type
    left join revenue_sources on targets.nces_source_code = revenue_sources.source_code
)

select * from final
