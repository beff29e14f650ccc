-- No section has more pupils than its school.
with

slots as (select * from {{ ref('int_slots_chosen') }} where collection = 'sections'),

compared as (
    select distinct slots.submission_id, sections.lea_id, sections.fiscal_year, sections.school_id, sections.section_id,
        sections.student_count, pupils.fall_membership_count
    from {{ rows_to_review(ref('fct_sections')) }} as sections
    inner join {{ ref('int_membership_totaled') }} as pupils
        on sections.lea_id = pupils.lea_id
        and sections.fiscal_year = pupils.fiscal_year
        and sections.school_id = pupils.school_id
    inner join slots on sections.lea_id = slots.lea_id and sections.fiscal_year = slots.fiscal_year
    where sections.student_count > pupils.fall_membership_count
),

final as (select {{ finding("concat('school_id=', school_id, ' section_id=', section_id)", "'student_count'", "student_count", "concat('at most ', fall_membership_count)", "null") }} from compared)

select * from final
