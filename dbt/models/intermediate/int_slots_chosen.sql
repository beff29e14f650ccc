-- One row an LEA, year, collection and amount type: the slot the marts take, by the order in slot_preference.
with

submissions as (select * from {{ ref('stg_submission') }} where is_selected),

preferences as (select * from {{ ref('slot_preference') }}),

ranked as (
    select
        submissions.lea_id,
        submissions.fiscal_year,
        submissions.collection,
        preferences.amount_type,
        submissions.reporting_period,
        submissions.submission_id,
        submissions.accepted_at as data_as_of,
        row_number() over (
            partition by submissions.lea_id, submissions.fiscal_year, submissions.collection, preferences.amount_type
            order by preferences.preference
        ) as choice
    from submissions
    inner join preferences
        on submissions.collection = preferences.collection
        and submissions.reporting_period = preferences.reporting_period
)

select lea_id, fiscal_year, collection, amount_type, reporting_period, submission_id, data_as_of
from ranked
where choice = 1
