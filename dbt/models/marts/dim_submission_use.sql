-- One row a submission and stretch of time in which the cut took it for its slot.
with

run as (select * from {{ source('registry', 'run') }}),

submissions as (select * from {{ source('registry', 'submission') }}),

purged_later as (
    select submission_event.submission_id
    from {{ source('registry', 'submission_event') }} as submission_event
    cross join run
    where submission_event.event_type = 'purged' and submission_event.position > run.event_position
),

events as (
    select
        submissions.lea_id, submissions.collection, submissions.fiscal_year, submissions.reporting_period,
        submissions.submission_id, submissions.version,
        submission_event.position, submission_event.event_type, submission_event.at as happened_at
    from {{ source('registry', 'submission_event') }} as submission_event
    inner join submissions on submission_event.submission_id = submissions.submission_id
    cross join run
    where submission_event.position <= run.event_position
        and submission_event.at <= run.as_of
        and submission_event.event_type in {{ status_events() }}
        -- In a build of the past, what was purged since never counted: it has no rows any more.
        and submission_event.submission_id not in (select purged_later.submission_id from purged_later)
),

-- What counts for a slot can change only when something happens to one of its submissions.
moments as (
    select lea_id, collection, fiscal_year, reporting_period, happened_at, max(position) as position
    from events
    group by lea_id, collection, fiscal_year, reporting_period, happened_at
),

statuses as (
    select
        moments.lea_id, moments.collection, moments.fiscal_year, moments.reporting_period, moments.happened_at,
        events.submission_id,
        events.version,
        max_by(events.event_type, events.position) as last_event_type,
        max(events.position) filter (where events.event_type = 'certified') as certified_position
    from moments
    inner join events
        on moments.lea_id = events.lea_id
        and moments.collection = events.collection
        and moments.fiscal_year = events.fiscal_year
        and moments.reporting_period = events.reporting_period
        and moments.position >= events.position
    group by all
),

chosen as (
    select
        statuses.lea_id, statuses.collection, statuses.fiscal_year, statuses.reporting_period, statuses.happened_at,
        max_by(
            statuses.submission_id, case when run.cut = 'certified' then statuses.certified_position else statuses.version end
        ) filter (
            where statuses.last_event_type in ('accepted', 'certified', 'reopened')
                and (run.cut = 'accepted' or statuses.certified_position is not null)
        ) as submission_id
    from statuses
    cross join run
    group by all
),

compared as (
    select
        *,
        lag(submission_id) over (
            partition by lea_id, collection, fiscal_year, reporting_period order by happened_at
        ) as submission_id_before
    from chosen
),

final as (
    select
        submission_id, collection, lea_id, fiscal_year, reporting_period,
        happened_at as used_from_at,
        lead(happened_at) over (
            partition by lea_id, collection, fiscal_year, reporting_period order by happened_at
        ) as used_until_at
    from compared
    where submission_id is distinct from submission_id_before
)

select * from final
where submission_id is not null
