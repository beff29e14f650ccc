-- A school has a usual number of pupils for a teacher.
with

slots as (select * from {{ ref('int_slots_chosen') }} where collection = 'staff'),

teachers as (
    select lea_id, fiscal_year, school_id, sum(assignment_fte) as fte
    from {{ ref('int_staff_classified') }}
    where role_group = 'teacher' and school_id is not null
    group by lea_id, fiscal_year, school_id
),

compared as (
    select slots.submission_id, teachers.*, pupils.fall_membership_count / teachers.fte as ratio
    from teachers
    inner join {{ ref('int_membership_totaled') }} as pupils
        on teachers.lea_id = pupils.lea_id
        and teachers.fiscal_year = pupils.fiscal_year
        and teachers.school_id = pupils.school_id
    inner join slots on teachers.lea_id = slots.lea_id and teachers.fiscal_year = slots.fiscal_year
    where teachers.fte > 0 and pupils.fall_membership_count > 0
        and pupils.fall_membership_count / teachers.fte
            not between {{ threshold('staff_101', 'low', 'teachers.fiscal_year') }} and {{ threshold('staff_101', 'high', 'teachers.fiscal_year') }}
),

final as (select {{ finding("concat('school_id=', school_id)", "'assignment_fte'", "cast(ratio as decimal(18, 2))", "concat(" ~ limit('staff_101', 'low', 'compared.fiscal_year') ~ ", ' to ', " ~ limit('staff_101', 'high', 'compared.fiscal_year') ~ ", ' pupils a teacher')", "null") }} from compared)

select * from final
