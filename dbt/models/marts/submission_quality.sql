-- One row a slot, expected or received: what came, when, how often, and what the edits found in the newest version.
{{ config(tags=['after_reviews']) }}

with

expected as (select * from {{ ref('int_submissions_expected') }}),

-- A file of several LEAs (lea_id *) is not a slot's: its parts are.
submissions as (select * from {{ ref('stg_submission') }} where lea_id <> '*'),

run as (select * from {{ source('registry', 'run') }}),

due_dates as (select * from {{ ref('calendar') }}),

versions as (
    select
        lea_id, collection, fiscal_year, reporting_period,
        max(version) as latest_version,
        max_by(submission_id, version) as latest_submission_id,
        max_by(status, version) as latest_status,
        max(case when is_selected then version end) as accepted_version,
        max(case when is_selected then submission_id end) as accepted_submission_id,
        max(case when is_selected then case when certified_at is null then 'accepted' else 'certified' end end) as accepted_status,
        count(*) as submission_count,
        min(received_at) as first_received_at
    from submissions
    group by lea_id, collection, fiscal_year, reporting_period
),

findings as (
    select
        submission_id,
        sum(case when severity = 'fatal' then finding_count else 0 end) as fatal_count,
        sum(case when severity = 'warning' then finding_count else 0 end) as warning_count,
        sum(case when severity = 'info' then finding_count else 0 end) as info_count,
        sum(waived_count) as waived_count,
        sum(explained_count) as explained_count,
        -- What still stands before certification.
        sum(case when severity = 'warning' then finding_count - waived_count - explained_count else 0 end) as open_warning_count
    from {{ source('registry', 'finding_count') }}
    group by submission_id
),

explanations as (
    select
        events.submission_id,
        string_agg(events.edit_id || ': ' || events.reason, '; ' order by events.position) as explanations
    from {{ source('registry', 'submission_event') }} as events
    cross join run
    where events.event_type = 'explained' and events.position <= run.event_position and events.at <= run.as_of
    group by events.submission_id
),

unmapped as (select * from {{ ref('int_unmapped_summed') }}),

slots as (
    select lea_id, collection, fiscal_year, reporting_period from expected
    union
    select lea_id, collection, fiscal_year, reporting_period from versions
),

final as (
    select
        slots.lea_id, slots.collection, slots.fiscal_year, slots.reporting_period,
        expected.lea_id is not null as is_expected,
        coalesce(
            versions.accepted_status,
            case when versions.latest_status = 'purged' then 'withdrawn' else versions.latest_status end,
            'never_submitted'
        ) as status,
        versions.latest_version,
        versions.accepted_version,
        coalesce(versions.submission_count, 0) as submission_count,
        due_dates.due_on,
        versions.first_received_at,
        coalesce(cast(coalesce(versions.first_received_at, run.as_of) as date) > due_dates.due_on, false) as is_late,
        case when cast(versions.first_received_at as date) > due_dates.due_on
            then {{ datediff('due_dates.due_on', 'versions.first_received_at', 'day') }} end as days_late,
        cast(coalesce(findings.fatal_count, 0) as bigint) as fatal_count,
        cast(coalesce(findings.warning_count, 0) as bigint) as warning_count,
        cast(coalesce(findings.info_count, 0) as bigint) as info_count,
        cast(coalesce(findings.explained_count, 0) as bigint) as explained_count,
        cast(coalesce(findings.waived_count, 0) as bigint) as waived_count,
        cast(coalesce(open_findings.open_warning_count, 0) as bigint) as open_warning_count,
        explanations.explanations,
        unmapped.unmapped_amount,
        {{ ratio('unmapped.unmapped_size_amount', 'unmapped.size_amount') }} as unmapped_share_rate
    from slots
    cross join run
    left join expected
        on slots.lea_id = expected.lea_id and slots.collection = expected.collection
        and slots.fiscal_year = expected.fiscal_year and slots.reporting_period = expected.reporting_period
    left join versions
        on slots.lea_id = versions.lea_id and slots.collection = versions.collection
        and slots.fiscal_year = versions.fiscal_year and slots.reporting_period = versions.reporting_period
    left join due_dates
        on slots.collection = due_dates.collection and slots.fiscal_year = due_dates.fiscal_year
        and slots.reporting_period = due_dates.reporting_period
    left join findings on versions.latest_submission_id = findings.submission_id
    left join findings as open_findings
        on coalesce(versions.accepted_submission_id, versions.latest_submission_id) = open_findings.submission_id
    left join explanations on coalesce(versions.accepted_submission_id, versions.latest_submission_id) = explanations.submission_id
    left join unmapped on versions.accepted_submission_id = unmapped.submission_id
)

select * from final
