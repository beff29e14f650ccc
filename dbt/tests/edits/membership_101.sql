-- A school's fall membership does not jump from one year to the next.
with

slots as (
    select submission_id, lea_id, fiscal_year
    from {{ ref('stg_submission') }}
    where is_selected and collection = 'membership' and reporting_period = 'fall'
),

schools as (select * from {{ ref('int_membership_totaled') }} where school_id is not null),

compared as (
    select slots.submission_id, schools.*, last_year.fall_membership_count as last_count
    from schools
    inner join schools as last_year
        on schools.lea_id = last_year.lea_id
        and schools.school_id = last_year.school_id
        and schools.fiscal_year = last_year.fiscal_year + 1
    inner join slots on schools.lea_id = slots.lea_id and schools.fiscal_year = slots.fiscal_year
    where abs(schools.fall_membership_count - last_year.fall_membership_count)
            > {{ threshold('membership_101', 'rate', 'schools.fiscal_year') }} * last_year.fall_membership_count
        and abs(schools.fall_membership_count - last_year.fall_membership_count)
            > {{ threshold('membership_101', 'pupils', 'schools.fiscal_year') }}
),

final as (select {{ finding("concat('school_id=', school_id)", "'fall_membership_count'", "fall_membership_count", "concat('within ', " ~ percent('membership_101', 'rate', 'compared.fiscal_year') ~ ", ' of last year, ', last_count)", "null") }} from compared)

select * from final
