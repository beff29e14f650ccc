-- One row a submission known to the run.
with

submissions as (select * from {{ ref('stg_submission') }})

select
    submission_id, collection, lea_id, fiscal_year, reporting_period, version, status, is_selected, layout, file_name, sha256,
    record_count, row_count, excluded_count, received_at, accepted_at, certified_at, superseded_at
from submissions
