-- One row a ledger line and amount type of a submission that counted once and counts no more.
{{ config(materialized='view') }}

with

rows_submitted as (select * from {{ source('raw', 'ledger') }}),

submissions as (select * from {{ ref('stg_submission') }} where not is_selected and collection = 'ledger'),

uses as (select distinct submission_id from {{ ref('dim_submission_use') }})

select
    rows_submitted.submission_id, rows_submitted.row_number, rows_submitted.amount_type,
    rows_submitted.lea_id, rows_submitted.fiscal_year, submissions.reporting_period, rows_submitted.account_class,
    rows_submitted.fund_code, rows_submitted.function_code, rows_submitted.object_code, rows_submitted.program_code,
    rows_submitted.project_code, rows_submitted.source_code, rows_submitted.level_code, rows_submitted.payee_type,
    rows_submitted.location_type, rows_submitted.location_code, rows_submitted.school_id, rows_submitted.posting_date,
    rows_submitted.amount,
    submissions.accepted_at as data_as_of
from rows_submitted
inner join submissions on rows_submitted.submission_id = submissions.submission_id
inner join uses on submissions.submission_id = uses.submission_id
