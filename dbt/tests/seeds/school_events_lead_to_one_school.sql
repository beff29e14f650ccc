-- A school that stays the same school has one successor and one predecessor a year, later ends are in the directory, and opening and
-- closing name the one side they have.
with

events as (select * from {{ ref('school_events') }}),

same_school as (
    select * from events where event_type in ('recode', 'transfer', 'charter_conversion')
)

select from_lea_id as lea_id, from_school_id as school_id, effective_fiscal_year, 'two successors' as problem
from same_school
group by from_lea_id, from_school_id, effective_fiscal_year
having count(*) > 1
union all
select to_lea_id, to_school_id, effective_fiscal_year, 'two predecessors' as problem
from same_school
group by to_lea_id, to_school_id, effective_fiscal_year
having count(*) > 1
union all
select to_lea_id, to_school_id, effective_fiscal_year, 'the directory has no such school' as problem
from events
where event_type <> 'close'
    and not exists (
        select 1 from {{ ref('schools') }} as schools
        where schools.lea_id = events.to_lea_id and schools.school_id = events.to_school_id
            and coalesce(schools.last_fiscal_year, 9999) >= events.effective_fiscal_year
    )
union all
select from_lea_id, from_school_id, effective_fiscal_year, 'the side before is empty' as problem
from events
where event_type <> 'open' and (from_lea_id is null or from_school_id is null)
