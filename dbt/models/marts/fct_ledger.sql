-- One row an accepted ledger line and amount type, with the state's own codes, of every slot the cut takes.
{{ config(materialized='view') }}

with

lines as (select * from {{ ref('stg_ledger') }})

select
    submission_id, row_number, amount_type,
    lea_id, fiscal_year, reporting_period, account_class,
    fund_code, function_code, object_code, program_code, project_code, source_code, level_code, payee_type,
    location_type, location_code, school_id, posting_date,
    amount, data_as_of
from lines
