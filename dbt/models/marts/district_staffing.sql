-- One row an LEA and year: staff against pupils, pay, experience and turnover of teachers, class size and cost of an hour taught.
with

lea_years as (select * from {{ ref('int_lea_years_listed') }}),

staff as (
    select
        lea_id, fiscal_year,
        {% for role in ['teacher', 'aide', 'leader', 'student_support', 'instructional_support', 'admin', 'other'] -%}
        sum(case when role_group = '{{ role }}' then assignment_fte else 0 end) as {{ role }}_fte,
        {% endfor -%}
        sum(assignment_fte) as total_fte,
        sum(case when role_group = 'teacher' then salary_amount end) as teacher_salary_amount,
        sum(case when role_group = 'teacher' and salary_amount is not null then assignment_fte end) as paid_teacher_fte,
        sum(case when role_group = 'teacher' and experience_years is not null then assignment_fte end) as experienced_fte,
        sum(case when role_group = 'teacher' then assignment_fte * experience_years end) as teacher_experience_years,
        sum(case when role_group = 'teacher' and is_novice then assignment_fte else 0 end) as novice_teacher_fte,
        max(data_as_of) as data_as_of
    from {{ ref('int_staff_classified') }}
    group by lea_id, fiscal_year
),

membership as (select * from {{ ref('int_membership_totaled') }} where school_id is null),

turnover as (select * from {{ ref('int_teacher_turnover_measured') }}),

sections as (select * from {{ ref('int_sections_measured') }}),

instruction as (
    select spending.lea_id, spending.fiscal_year, sum(spending.amount) as compensation_amount
    from {{ ref('int_spending_summed') }} as spending
    inner join {{ ref('f33_item') }} as items on spending.f33_item = items.f33_item
    where items.spending_group = 'instruction' and spending.object_code between '100' and '299'
    group by spending.lea_id, spending.fiscal_year
),

final as (
    select
        lea_years.lea_id, lea_years.fiscal_year,
        case when staff.lea_id is null then 'missing' else 'reported' end as staffing_status,
        {% for role in ['teacher', 'total'] -%}
        cast(staff.{{ role }}_fte as decimal(18,4)) as {{ role }}_fte,
        {% endfor -%}
        {{ ratio('membership.fall_membership_count', 'staff.teacher_fte') }} as pupils_per_teacher_fte,
        {% for role in ['teacher', 'aide', 'leader', 'student_support', 'instructional_support', 'admin', 'other'] -%}
        {{ ratio('100 * staff.' ~ role ~ '_fte', 'membership.fall_membership_count') }} as {{ role }}_fte_per_100_pupils,
        {% endfor -%}
        {{ ratio('staff.teacher_salary_amount', 'staff.paid_teacher_fte') }} as average_teacher_salary_amount,
        {{ ratio('staff.novice_teacher_fte', 'staff.experienced_fte') }} as novice_teacher_share_rate,
        {{ ratio('staff.teacher_experience_years', 'staff.experienced_fte') }} as average_teacher_experience_years,
        {{ ratio('turnover.leaver_count', 'turnover.teacher_count') }} as teacher_turnover_rate,
        {{ ratio('sections.student_count', 'sections.section_count') }} as average_class_size,
        {{ ratio('sections.squared_student_count', 'sections.student_count') }} as pupil_weighted_class_size,
        sections.instructional_hours,
        {{ ratio('instruction.compensation_amount', 'sections.instructional_hours') }} as spend_per_instructional_hour,
        greatest(staff.data_as_of, membership.data_as_of, sections.data_as_of) as data_as_of
    from lea_years
    left join staff on lea_years.lea_id = staff.lea_id and lea_years.fiscal_year = staff.fiscal_year
    left join membership on lea_years.lea_id = membership.lea_id and lea_years.fiscal_year = membership.fiscal_year
    left join turnover on lea_years.lea_id = turnover.lea_id and lea_years.fiscal_year = turnover.fiscal_year
    left join sections on lea_years.lea_id = sections.lea_id and lea_years.fiscal_year = sections.fiscal_year
    left join instruction on lea_years.lea_id = instruction.lea_id and lea_years.fiscal_year = instruction.fiscal_year
)

select * from final
