-- One row an edit and fiscal year in which its collection was judged: how often it fired, and what came of it.
-- A submission counts as corrected if a later version of its slot was judged and the edit did not fire there.
{{ config(tags=['after_reviews']) }}

with

edits as (select * from {{ source('registry', 'edit') }}),

submissions as (select * from {{ ref('stg_submission') }} where lea_id <> '*' and record_count is not null),

fired as (
    select
        submission_id, edit_id, max(severity) as severity, sum(finding_count) as finding_count,
        sum(waived_count) as waived_count, sum(explained_count) as explained_count
    from {{ source('registry', 'finding_count') }}
    group by submission_id, edit_id
),

judged as (
    select collection, fiscal_year, count(*) as submission_count
    from submissions
    group by collection, fiscal_year
),

-- The next version of the slot that was judged.
successors as (
    select
        submission_id, collection, fiscal_year,
        lead(submission_id) over (
            partition by lea_id, collection, fiscal_year, reporting_period order by version
        ) as next_submission_id
    from submissions
),

fired_by_submission as (
    select
        fired.*, successors.collection, successors.fiscal_year,
        successors.next_submission_id is not null and again.submission_id is null as is_corrected
    from fired
    inner join successors on fired.submission_id = successors.submission_id
    left join fired as again
        on successors.next_submission_id = again.submission_id and fired.edit_id = again.edit_id
),

summed as (
    select
        edit_id, collection, fiscal_year, max(severity) as severity,
        count(*) as fired_submission_count,
        sum(finding_count) as finding_count,
        sum(case when explained_count = finding_count then 1 else 0 end) as explained_submission_count,
        sum(case when waived_count = finding_count then 1 else 0 end) as waived_submission_count,
        sum(case when is_corrected then 1 else 0 end) as corrected_submission_count
    from fired_by_submission
    group by edit_id, collection, fiscal_year
),

-- Edits of the reader are in no list: they stand here when they fired.
listed as (
    select edits.edit_id, edits.collection, judged.fiscal_year, judged.submission_count, edits.severity, edits.catalogue_id
    from edits
    inner join judged on edits.collection = judged.collection
    union all
    select summed.edit_id, summed.collection, summed.fiscal_year, judged.submission_count, summed.severity, null
    from summed
    inner join judged on summed.collection = judged.collection and summed.fiscal_year = judged.fiscal_year
    where summed.edit_id not in (select edit_id from edits)
),

final as (
    select
        listed.edit_id, listed.collection, listed.fiscal_year, listed.severity, listed.catalogue_id,
        listed.submission_count as judged_submission_count,
        coalesce(summed.fired_submission_count, 0) as fired_submission_count,
        cast(coalesce(summed.finding_count, 0) as bigint) as finding_count,
        cast(coalesce(summed.explained_submission_count, 0) as bigint) as explained_submission_count,
        cast(coalesce(summed.waived_submission_count, 0) as bigint) as waived_submission_count,
        cast(coalesce(summed.corrected_submission_count, 0) as bigint) as corrected_submission_count,
        {{ ratio('coalesce(summed.fired_submission_count, 0)', 'listed.submission_count') }} as fired_rate,
        {{ ratio('summed.explained_submission_count', 'summed.fired_submission_count') }} as explained_rate,
        {{ ratio('summed.corrected_submission_count', 'summed.fired_submission_count') }} as corrected_rate
    from listed
    left join summed
        on listed.edit_id = summed.edit_id and listed.collection = summed.collection
        and listed.fiscal_year = summed.fiscal_year
)

select * from final
