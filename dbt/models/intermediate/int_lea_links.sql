-- One row a way that money and pupils of an LEA go in an event: from, to, weight. A split that states no weights divides by the
-- fall membership of its targets in the first year after; if one of them has none, the whole event is left out and an edit of the
-- seeds says so. Events outside the years of the marts change nothing here.
{{ config(materialized='table') }}

with

events as (
    select * from {{ ref('lea_events') }}
    where from_lea_id is not null and to_lea_id is not null
),

years as (
    select min(fiscal_year) as first_year, max(fiscal_year) as last_year from {{ ref('district_spending') }}
),

membership as (
    select lea_id, fiscal_year, fall_membership_count
    from {{ ref('int_membership_totaled') }}
    where school_id is null
),

weighted as (
    select
        events.event_id, events.event_type, events.effective_fiscal_year, events.from_lea_id, events.to_lea_id,
        coalesce(
            events.weight,
            case when count(membership.fall_membership_count) over event = count(*) over event
                then membership.fall_membership_count / nullif(sum(membership.fall_membership_count) over event, 0) end
        ) as weight,
        events.weight is null or events.is_estimated = 'Y' as is_estimated
    from events
    inner join years on events.effective_fiscal_year > years.first_year and events.effective_fiscal_year <= years.last_year
    left join membership
        on events.to_lea_id = membership.lea_id and events.effective_fiscal_year = membership.fiscal_year
    window event as (partition by events.event_id, events.from_lea_id)
),

whole as (
    select event_id, from_lea_id from weighted group by event_id, from_lea_id having count(weight) = count(*)
),

leaving as (
    select from_lea_id, effective_fiscal_year
    from weighted
    group by from_lea_id, effective_fiscal_year
    having sum(case when from_lea_id = to_lea_id then 1 else 0 end) = 0
),

event_years as (
    select
        from_lea_id, effective_fiscal_year,
        lag(effective_fiscal_year) over (partition by from_lea_id order by effective_fiscal_year) as previous_fiscal_year
    from (select distinct from_lea_id, effective_fiscal_year from weighted) as each_year
),

final as (
    select
        weighted.event_id, weighted.event_type, weighted.effective_fiscal_year,
        event_years.previous_fiscal_year,
        weighted.from_lea_id, weighted.to_lea_id,
        cast(weighted.weight as double) / sum(cast(weighted.weight as double)) over (partition by weighted.event_id, weighted.from_lea_id) as weight,
        weighted.is_estimated,
        -- The target itself leaves in the same year: what arrives goes on with it.
        leaving.from_lea_id is not null and weighted.to_lea_id <> weighted.from_lea_id as goes_on
    from weighted
    inner join whole on weighted.event_id = whole.event_id and weighted.from_lea_id = whole.from_lea_id
    inner join event_years
        on weighted.from_lea_id = event_years.from_lea_id
        and weighted.effective_fiscal_year = event_years.effective_fiscal_year
    left join leaving
        on weighted.to_lea_id = leaving.from_lea_id and weighted.effective_fiscal_year = leaving.effective_fiscal_year
)

select * from final
