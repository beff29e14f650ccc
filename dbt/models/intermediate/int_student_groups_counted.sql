-- One row an LEA (school_id empty) or school, year and student group that makes units alike: its pupils, and all pupils of the same rows.
-- An LEA's own rows stand for it; where it has none of the group, its schools are added. A count with a missing part is missing.
{{ config(materialized=by_lea_year(), incremental_strategy='lea_year', on_schema_change='fail') }}

with

grades as (select * from {{ ref('grade') }} where is_pk12 = 'Y'),

features as (select distinct student_group from {{ ref('peer_feature') }} where student_group is not null),

counts as (
    select lea_id, fiscal_year, school_id, student_group, fall_membership_count as pupil_count, data_as_of
    from {{ rows_to_build(ref('stg_membership')) }}
    where reporting_period = 'fall' and grade_code in (select code from grades)
),

sums as (
    select
        lea_id, fiscal_year, school_id, student_group,
        case when count(*) = count(pupil_count) then sum(pupil_count) end as pupil_count,
        max(data_as_of) as data_as_of
    from counts
    group by lea_id, fiscal_year, school_id, student_group
),

pairs as (
    select
        pupils.lea_id, pupils.fiscal_year, pupils.school_id, features.student_group,
        of_group.pupil_count as group_count, pupils.pupil_count as all_count,
        of_group.lea_id is not null as is_told, pupils.data_as_of
    from sums as pupils
    cross join features
    left join sums as of_group
        on {{ same_unit('pupils', 'of_group') }} and features.student_group = of_group.student_group
    where pupils.student_group = 'all'
),

own as (select * from pairs where school_id is null and is_told),

-- A school without pupils need not tell a group.
added as (
    select
        lea_id, fiscal_year, student_group,
        sum(group_count) as group_count, sum(all_count) as all_count, max(data_as_of) as data_as_of,
        count(case when all_count is null or (all_count > 0 and group_count is null) then 1 end) as untold_count
    from pairs
    where school_id is not null
    group by lea_id, fiscal_year, student_group
),

units as (
    select lea_id, fiscal_year, school_id, student_group, group_count, all_count, data_as_of
    from pairs
    where school_id is not null
    union all
    select lea_id, fiscal_year, school_id, student_group, group_count, all_count, data_as_of from own
    union all
    select
        added.lea_id, added.fiscal_year, cast(null as varchar), added.student_group,
        case when added.untold_count = 0 then added.group_count end,
        case when added.untold_count = 0 then added.all_count end,
        added.data_as_of
    from added
    left join own
        on added.lea_id = own.lea_id and added.fiscal_year = own.fiscal_year and added.student_group = own.student_group
    where own.lea_id is null
),

final as (
    select
        lea_id, fiscal_year, school_id, student_group,
        cast(group_count as integer) as group_count, cast(all_count as integer) as all_count, data_as_of
    from units
)

select * from final
