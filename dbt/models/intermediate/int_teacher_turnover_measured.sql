-- One row an LEA and year whose next year's staff is known: teachers, and those who do not teach in the LEA the year after.
with

teachers as (
    select distinct lea_id, fiscal_year, staff_id
    from {{ ref('int_staff_classified') }}
    where role_group = 'teacher'
),

reported as (select distinct lea_id, fiscal_year from {{ ref('int_staff_classified') }}),

final as (
    select
        teachers.lea_id,
        teachers.fiscal_year,
        count(*) as teacher_count,
        count(case when stayed.staff_id is null then 1 end) as leaver_count
    from teachers
    inner join reported
        on teachers.lea_id = reported.lea_id and teachers.fiscal_year + 1 = reported.fiscal_year
    left join teachers as stayed
        on teachers.lea_id = stayed.lea_id and teachers.fiscal_year + 1 = stayed.fiscal_year
        and teachers.staff_id = stayed.staff_id
    group by teachers.lea_id, teachers.fiscal_year
)

select * from final
