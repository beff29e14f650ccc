-- Every selected submission has in the warehouse exactly the rows that were accepted: none lost with a file, none read twice.
with

submissions as (select * from {{ ref('stg_submission') }} where is_selected),

rows_found as (
    {% for collection in ['ledger', 'staff', 'membership', 'sections', 'outcomes'] -%}
    select submission_id, count(*) as row_count from {{ ref('stg_' ~ collection) }} group by submission_id
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select submissions.submission_id, submissions.row_count as accepted_count, rows_found.row_count as found_count
from submissions
left join rows_found on submissions.submission_id = rows_found.submission_id
where coalesce(rows_found.row_count, 0) <> coalesce(submissions.row_count, 0)
