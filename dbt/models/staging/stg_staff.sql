-- Rows of the submissions the cut takes; the columns are those of the contract.
with

rows_submitted as (select * from {{ source('raw', 'staff') }}),

submissions as (select * from {{ ref('stg_submission') }} where is_selected and collection = 'staff'),

final as (
    select
        rows_submitted.*,
        submissions.reporting_period,
        submissions.accepted_at as data_as_of
    from rows_submitted
    inner join submissions on rows_submitted.submission_id = submissions.submission_id
)

select * from final
