-- One row an LEA and year: sections (of adults none), the pupils in them and the hours they are taught. A section taught by two counts once.
{{ config(materialized=by_lea_year(), incremental_strategy='lea_year', on_schema_change='fail') }}

with

rows_submitted as (select * from {{ rows_to_build(ref('stg_sections')) }}),

chosen as (select * from {{ ref('int_slots_chosen') }} where collection = 'sections'),

adult_grades as (select * from {{ ref('grade') }} where is_pk12 = 'N'),

policies as (select * from {{ ref('policy') }} where policy_key = 'instructional_weeks'),

grades as (
    select
        rows_submitted.lea_id, rows_submitted.fiscal_year,
        rows_submitted.school_id, rows_submitted.section_id, rows_submitted.course_code, rows_submitted.grade_code,
        max(rows_submitted.student_count) as student_count,
        max(rows_submitted.minutes_per_week) as minutes_per_week,
        max(rows_submitted.data_as_of) as data_as_of
    from rows_submitted
    inner join chosen on rows_submitted.submission_id = chosen.submission_id
    left join adult_grades on rows_submitted.grade_code = adult_grades.code
    where adult_grades.code is null
    group by 1, 2, 3, 4, 5, 6
),

sections as (
    select
        lea_id, fiscal_year,
        sum(student_count) as student_count,
        sum(cast(student_count as decimal(9,0)) * minutes_per_week) as student_minutes_per_week,
        max(data_as_of) as data_as_of
    from grades
    group by lea_id, fiscal_year, school_id, section_id, course_code
),

final as (
    select
        sections.lea_id,
        sections.fiscal_year,
        count(*) as section_count,
        sum(sections.student_count) as student_count,
        sum(sections.student_count * sections.student_count) as squared_student_count,
        cast(sum(sections.student_minutes_per_week) as double) / 60
            * max(cast(policies.value as double)) as instructional_hours,
        max(sections.data_as_of) as data_as_of
    from sections
    left join policies on {{ is_in_force('policies', 'sections.fiscal_year') }}
    group by sections.lea_id, sections.fiscal_year
)

select * from final
