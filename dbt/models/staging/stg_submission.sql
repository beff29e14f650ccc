-- One row a submission as the run sees it: its status, and whether the cut takes it for its slot.
{{ config(materialized='table') }}

with

run as (select * from {{ source('registry', 'run') }}),

submissions as (select * from {{ source('registry', 'submission') }}),

events as (
    select
        submission_event.position,
        submission_event.event_type,
        submission_event.submission_id,
        submission_event.at as happened_at
    from {{ source('registry', 'submission_event') }} as submission_event
    cross join run
    where (submission_event.position <= run.event_position and submission_event.at <= run.as_of)
        -- What was purged has no rows any more, whatever the moment asked for.
        or submission_event.event_type = 'purged'
),

histories as (
    select
        submission_id,
        max_by(event_type, position) filter (
            where event_type in {{ status_events() }}
        ) as last_event_type,
        max(happened_at) filter (where event_type = 'accepted') as accepted_at,
        max(happened_at) filter (where event_type = 'certified') as certified_at,
        max(position) filter (where event_type = 'certified') as certified_position
    from events
    group by submission_id
),

-- A reopened submission is accepted again; what the cut may take is accepted or certified.
statuses as (
    select
        submissions.*,
        case when histories.last_event_type = 'reopened' then 'accepted' else histories.last_event_type end as verdict_status,
        histories.accepted_at,
        histories.certified_at,
        histories.certified_position
    from submissions
    inner join histories on submissions.submission_id = histories.submission_id
),

usable as (
    select
        statuses.submission_id,
        -- An accepted version gives way to a later one; a certified version only to a later certified one.
        case
            when statuses.verdict_status = 'certified' then lead(statuses.certified_at) over (
                partition by
                    statuses.lea_id, statuses.collection, statuses.fiscal_year, statuses.reporting_period, statuses.verdict_status
                order by statuses.version
            )
            else lead(statuses.accepted_at) over (
                partition by statuses.lea_id, statuses.collection, statuses.fiscal_year, statuses.reporting_period
                order by statuses.version
            )
        end as superseded_at,
        run.cut = 'accepted' or statuses.certified_at is not null as is_candidate,
        row_number() over (
            partition by
                statuses.lea_id, statuses.collection, statuses.fiscal_year, statuses.reporting_period,
                run.cut = 'accepted' or statuses.certified_at is not null
            order by case when run.cut = 'certified' then statuses.certified_position else statuses.version end desc
        ) as preference
    from statuses
    cross join run
    where statuses.verdict_status in ('accepted', 'certified')
),

final as (
    select
        statuses.submission_id,
        statuses.collection,
        statuses.lea_id,
        statuses.fiscal_year,
        statuses.reporting_period,
        statuses.version,
        statuses.layout,
        statuses.file_name,
        statuses.sha256,
        case when usable.superseded_at is not null then 'superseded' else statuses.verdict_status end as status,
        coalesce(usable.is_candidate and usable.preference = 1, false) as is_selected,
        statuses.record_count,
        statuses.row_count,
        statuses.excluded_count,
        coalesce(statuses.stated_received_at, statuses.received_at) as received_at,
        statuses.accepted_at,
        statuses.certified_at,
        usable.superseded_at
    from statuses
    left join usable on statuses.submission_id = usable.submission_id
)

select * from final
