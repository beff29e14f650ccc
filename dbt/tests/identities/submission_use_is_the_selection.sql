-- The submissions that count at the end of the run are those the cut selects.
with

selected as (select submission_id from {{ ref('stg_submission') }} where is_selected),

in_use as (select submission_id from {{ ref('dim_submission_use') }} where used_until_at is null)

select coalesce(selected.submission_id, in_use.submission_id) as submission_id
from selected
full outer join in_use on selected.submission_id = in_use.submission_id
where selected.submission_id is null or in_use.submission_id is null
