-- Nearly every section's teacher is in the staff file of the year.
with

slots as (select * from {{ ref('int_slots_chosen') }} where collection = 'sections'),

staff as (select distinct lea_id, fiscal_year, staff_id from {{ ref('int_staff_classified') }}),

teachers as (
    select sections.lea_id, sections.fiscal_year, count(*) as row_count,
        sum(case when staff.staff_id is null then 1 else 0 end) as unknown_count
    from {{ rows_to_review(ref('fct_sections')) }} as sections
    inner join (select distinct lea_id, fiscal_year from staff) as files
        on sections.lea_id = files.lea_id and sections.fiscal_year = files.fiscal_year
    left join staff
        on sections.lea_id = staff.lea_id
        and sections.fiscal_year = staff.fiscal_year
        and sections.staff_id = staff.staff_id
    where sections.staff_id is not null
    group by sections.lea_id, sections.fiscal_year
),

compared as (
    select slots.submission_id, teachers.*
    from teachers
    inner join slots on teachers.lea_id = slots.lea_id and teachers.fiscal_year = slots.fiscal_year
    where teachers.unknown_count > {{ threshold('sections_101', 'rate', 'teachers.fiscal_year') }} * teachers.row_count
),

final as (select {{ finding("'staff_id'", "'staff_id'", "unknown_count", "concat('at most ', " ~ percent('sections_101', 'rate', 'compared.fiscal_year') ~ ", ' of ', row_count)", "null") }} from compared)

select * from final
