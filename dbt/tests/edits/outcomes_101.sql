-- No more pupils are tested in a subject than are members.
with

slots as (select * from {{ ref('stg_submission') }} where is_selected and collection = 'outcomes'),

tested as (
    select lea_id, fiscal_year, school_id, subject, sum(denominator) as tested_count
    from {{ rows_to_review(ref('fct_outcomes')) }} as outcomes
    where measure = 'proficiency_rate' and student_group = 'all'
    group by lea_id, fiscal_year, school_id, subject
),

compared as (
    select slots.submission_id, tested.*, pupils.fall_membership_count
    from tested
    inner join {{ ref('int_membership_totaled') }} as pupils
        on tested.lea_id = pupils.lea_id
        and tested.fiscal_year = pupils.fiscal_year
        and tested.school_id is not distinct from pupils.school_id
    inner join slots on tested.lea_id = slots.lea_id and tested.fiscal_year = slots.fiscal_year
    where tested.tested_count > pupils.fall_membership_count * (1 + {{ threshold('outcomes_101', 'rate', 'tested.fiscal_year') }})
),

final as (select {{ finding("concat('school_id=', coalesce(school_id, 'LEA'), ' subject=', subject)", "'denominator'", "cast(tested_count as integer)", "concat('at most ', fall_membership_count)", "null") }} from compared)

select * from final
