-- One row a ledger line and NCES target; the splits of a line add to it, to the cent.
{{ config(materialized=by_lea_year(), incremental_strategy='lea_year', on_schema_change='fail') }}

with

lines as (select * from {{ rows_to_build(ref('stg_ledger')) }}),

accounts as (select * from {{ ref('int_accounts_mapped') }}),

splits as (select * from {{ ref('int_amounts_split') }}),

items as (select * from {{ ref('int_f33_items_assigned') }}),

funding as (select * from {{ ref('int_funding_identified') }}),

operating_rules as (select * from {{ ref('int_operating_rules_applied') }}),

revenue_sources as (select * from {{ ref('coa_revenue_source') }}),

revenue_items as (select * from {{ ref('int_f33_revenue_assigned') }}),

-- LEAs for which the state's table of programs has rows of their own.
leas_apart as (select distinct lea_id from {{ ref('f33_programs') }} where lea_id is not null and f33_item is not null),

chosen as (select * from {{ ref('int_slots_chosen') }} where collection = 'ledger'),

final as (
    select
        lines.submission_id, lines.row_number, lines.amount_type, cast(accounts.split_number as integer) as split_number,
        lines.lea_id, lines.fiscal_year, lines.reporting_period, lines.account_class,
        accounts.nces_fund_code as fund_code,
        accounts.nces_function_code as function_code,
        accounts.nces_object_code as object_code,
        accounts.nces_program_code as program_code,
        lines.project_code,
        accounts.nces_source_code as source_code,
        lines.payee_type, lines.location_type, lines.school_id,
        funding.source_level, funding.funding_stream, funding.restriction, funding.is_federal, funding.is_private, funding.covid_award,
        case
            when lines.account_class = 'expenditure' then coalesce(items.f33_item, '{{ var("unmapped") }}')
            else revenue_items.f33_item
        end as f33_item,
        case when lines.account_class in ('revenue', 'other_source') then revenue_sources.f33_total_item end as f33_total_item,
        case
            when lines.account_class not in ('expenditure', 'other_use') then null
            when operating_rules.step is not null then operating_rules.step
            -- Money of a fund nobody can name may be anybody's: it is not counted as the LEA's own.
            when items.f33_item <> '{{ var("unmapped") }}' and accounts.nces_fund_code is distinct from '{{ var("unmapped") }}' then 'operating_budget'
            else 'unmapped'
        end as operating_step,
        operating_rules.rule_id as operating_rule_id,
        chosen.submission_id is not null as is_chosen,
        accounts.weight,
        coalesce({{ amount_from_cents('splits.split_cents', 'lines.amount') }}, lines.amount) as amount,
        lines.data_as_of
    from lines
    left join accounts on {{ same_account('lines', 'accounts') }}
    left join splits
        on accounts.account_key = splits.account_key
        and accounts.split_number = splits.split_number
        and {{ absolute_cents('lines.amount') }} = splits.cents
    left join items
        on accounts.nces_function_code = items.nces_function_code
        and accounts.nces_object_code = items.nces_object_code
        and accounts.nces_program_code = items.nces_program_code
        and coalesce(lines.payee_type, 'none') = items.payee_type
    left join funding
        on lines.fiscal_year = funding.fiscal_year
        and lines.fund_code = funding.fund_code
        and lines.project_code is not distinct from funding.project_code
    left join operating_rules
        on lines.account_class = operating_rules.account_class
        and accounts.nces_fund_code is not distinct from operating_rules.nces_fund_code
        and accounts.nces_program_code is not distinct from operating_rules.nces_program_code
        and accounts.nces_function_code is not distinct from operating_rules.nces_function_code
        and accounts.nces_object_code is not distinct from operating_rules.nces_object_code
    left join revenue_sources on accounts.nces_source_code = revenue_sources.source_code
    left join leas_apart on lines.lea_id = leas_apart.lea_id
    left join revenue_items
        on lines.account_class = revenue_items.account_class
        and lines.fiscal_year = revenue_items.fiscal_year
        and lines.fund_code is not distinct from revenue_items.fund_code
        and lines.project_code is not distinct from revenue_items.project_code
        and lines.source_code is not distinct from revenue_items.source_code
        and accounts.nces_source_code = revenue_items.nces_source_code
        and leas_apart.lea_id is not distinct from revenue_items.lea_id
    left join chosen on lines.submission_id = chosen.submission_id and lines.amount_type = chosen.amount_type
)

select * from final
