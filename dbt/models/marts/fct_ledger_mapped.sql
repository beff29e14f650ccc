-- One row a ledger line and NCES target; the splits of a line add to it, to the cent.
with

lines as (select * from {{ ref('stg_ledger') }}),

accounts as (select * from {{ ref('int_accounts_classified') }}),

splits as (select * from {{ ref('int_ledger_splits_rounded') }}),

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
        accounts.source_level, accounts.is_federal, accounts.is_private,
        accounts.f33_item, accounts.f33_total_item,
        chosen.submission_id is not null as is_chosen,
        accounts.weight,
        coalesce(splits.amount, lines.amount) as amount,
        lines.data_as_of
    from lines
    left join accounts on {{ same_account('lines', 'accounts') }}
    left join splits
        on lines.submission_id = splits.submission_id
        and lines.row_number = splits.row_number
        and lines.amount_type = splits.amount_type
        and accounts.split_number = splits.split_number
    left join chosen on lines.submission_id = chosen.submission_id and lines.amount_type = chosen.amount_type
)

select * from final
