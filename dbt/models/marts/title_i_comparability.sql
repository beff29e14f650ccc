-- One row a Title I school and year, beside the schools of its LEA and level that are not: state and local spending per pupil with
-- actual and with average salaries, and pupils per staff. The comparison is the sum over those schools, divided once.
with

spending as (select * from {{ ref('school_spending') }} where spending_status = 'reported' and membership_count > 0),

schools as (select * from {{ ref('schools') }}),

staff as (select * from {{ ref('int_salaries_averaged') }}),

limits as (
    select
        max(case when measure = 'state_local_per_pupil' then min_ratio end) as min_spending_ratio,
        max(case when measure = 'pupils_per_staff_fte' then max_ratio end) as max_pupils_ratio
    from {{ ref('comparability_limit') }}
),

measured as (
    select
        spending.lea_id, spending.fiscal_year, spending.school_id, schools.school_level, schools.is_title_i = 'Y' as is_title_i,
        spending.membership_count, spending.site_state_local_amount, spending.average_salary_site_state_local_amount,
        staff.staff_fte, spending.data_as_of,
        -- Schools of the level of which the directory does not say whether they are Title I schools.
        count(case when schools.is_title_i is null then 1 end) over (
            partition by spending.lea_id, spending.fiscal_year, schools.school_level
        ) as unknown_school_count
    from spending
    inner join schools
        on spending.lea_id = schools.lea_id and spending.school_id = schools.school_id
        and {{ is_in_force('schools', 'spending.fiscal_year') }}
    left join staff
        on spending.lea_id = staff.lea_id and spending.fiscal_year = staff.fiscal_year and spending.school_id = staff.school_id
),

-- A part that one of the schools lacks is missing for them together.
others as (
    select
        lea_id, fiscal_year, school_level,
        count(*) as school_count,
        sum(membership_count) as membership_count,
        sum(site_state_local_amount) as amount,
        case when count(average_salary_site_state_local_amount) = count(*) then sum(average_salary_site_state_local_amount) end as average_salary_amount,
        case when count(staff_fte) = count(*) then sum(staff_fte) end as staff_fte
    from measured
    where not is_title_i
    group by lea_id, fiscal_year, school_level
),

compared as (
    select
        measured.school_id, measured.lea_id, measured.fiscal_year, measured.school_level, measured.membership_count,
        cast(coalesce(others.school_count, 0) as integer) as comparison_school_count,
        measured.unknown_school_count,
        {{ ratio('measured.site_state_local_amount', 'measured.membership_count') }} as state_local_per_pupil,
        {{ ratio('others.amount', 'others.membership_count') }} as comparison_state_local_per_pupil,
        {{ ratio('measured.average_salary_site_state_local_amount', 'measured.membership_count') }} as average_salary_state_local_per_pupil,
        {{ ratio('others.average_salary_amount', 'others.membership_count') }} as comparison_average_salary_state_local_per_pupil,
        {{ ratio('measured.membership_count', 'measured.staff_fte') }} as pupils_per_staff_fte,
        {{ ratio('others.membership_count', 'others.staff_fte') }} as comparison_pupils_per_staff_fte,
        measured.data_as_of
    from measured
    left join others
        on measured.lea_id = others.lea_id and measured.fiscal_year = others.fiscal_year and measured.school_level = others.school_level
    where measured.is_title_i
),

rated as (
    select
        compared.*,
        {{ ratio('state_local_per_pupil', 'comparison_state_local_per_pupil') }} as actual_salary_rate,
        {{ ratio('average_salary_state_local_per_pupil', 'comparison_average_salary_state_local_per_pupil') }} as average_salary_rate,
        {{ ratio('pupils_per_staff_fte', 'comparison_pupils_per_staff_fte') }} as pupils_per_staff_rate
    from compared
)

select
    school_id, lea_id, fiscal_year, school_level, membership_count, comparison_school_count,
    state_local_per_pupil, comparison_state_local_per_pupil, actual_salary_rate,
    average_salary_state_local_per_pupil, comparison_average_salary_state_local_per_pupil, average_salary_rate,
    average_salary_rate - actual_salary_rate as salary_gap_rate,
    pupils_per_staff_fte, comparison_pupils_per_staff_fte, pupils_per_staff_rate,
    actual_salary_rate >= limits.min_spending_ratio as is_comparable_at_actual_salary,
    average_salary_rate >= limits.min_spending_ratio as is_comparable_at_average_salary,
    pupils_per_staff_rate <= limits.max_pupils_ratio as is_comparable_in_staff,
    case
        when school_level is null then 'level_unknown'
        when comparison_school_count = 0 and unknown_school_count > 0 then 'title_i_unknown'
        when comparison_school_count = 0 then 'no_comparison_school'
        else 'compared'
    end as comparability_status,
    data_as_of
from rated
cross join limits
