-- One row a school, year and what a formula may count: a student group over all grades, or a grade over all pupils. Fall membership; a
-- count with a missing part is missing.
{{ config(materialized=by_lea_year(), incremental_strategy='lea_year', on_schema_change='fail') }}

with

grades as (select * from {{ ref('grade') }} where is_pk12 = 'Y'),

counts as (
    select *
    from {{ rows_to_build(ref('stg_membership')) }}
    where reporting_period = 'fall' and school_id is not null and grade_code in (select code from grades)
),

final as (
    select
        lea_id, fiscal_year, school_id, student_group, cast(null as varchar) as grade_code,
        case when count(*) = count(fall_membership_count) then sum(fall_membership_count) end as pupil_count
    from counts
    group by lea_id, fiscal_year, school_id, student_group
    union all
    select
        lea_id, fiscal_year, school_id, cast(null as varchar), grade_code,
        case when count(*) = count(fall_membership_count) then sum(fall_membership_count) end
    from counts
    where student_group = 'all'
    group by lea_id, fiscal_year, school_id, grade_code
)

select * from final
