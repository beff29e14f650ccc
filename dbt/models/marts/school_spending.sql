-- One row a school and year: current spending in the ESSA shape, at the site and as its share of the LEA's central cost.
with

lea_years as (select * from {{ ref('int_lea_years_listed') }}),

schools as (select * from {{ ref('schools') }}),

spending as (
    select
        lea_id, fiscal_year, school_id,
        sum(case when category is null and is_federal then amount else 0 end) as site_federal_amount,
        sum(case when category is null and not is_federal then amount else 0 end) as site_state_local_amount,
        sum(case when category is not null then amount else 0 end) as excluded_amount
    from {{ ref('int_school_spending_classified') }}
    where school_id is not null
    group by lea_id, fiscal_year, school_id
),

central as (
    select
        lea_id, fiscal_year, school_id,
        sum(case when is_federal then amount else 0 end) as central_federal_amount,
        sum(case when not is_federal then amount else 0 end) as central_state_local_amount
    from {{ ref('int_central_pools_allocated') }}
    where school_id is not null
    group by lea_id, fiscal_year, school_id
),

-- Central cost of which no school has any of what the state spreads it by: no school's share is zero then, it is not known.
undistributed as (
    select distinct lea_id, fiscal_year from {{ ref('int_central_pools_allocated') }} where school_id is null and amount <> 0
),

membership as (select * from {{ ref('int_membership_totaled') }} where school_id is not null),

staff as (select * from {{ ref('int_salaries_averaged') }}),

lea_membership as (select * from {{ ref('int_membership_totaled') }} where school_id is null),

-- Schools open in the year; and, so that no dollar is lost, any other the ledger or the membership names.
school_years as (
    select lea_years.lea_id, lea_years.fiscal_year, schools.school_id
    from lea_years
    inner join schools on lea_years.lea_id = schools.lea_id and {{ is_in_force('schools', 'lea_years.fiscal_year') }}
    union
    select lea_id, fiscal_year, school_id from spending
    union
    select lea_id, fiscal_year, school_id from central
),

amounts as (
    select
        school_years.school_id, school_years.lea_id, school_years.fiscal_year,
        lea_years.reporting_period, lea_years.spending_status,
        membership.fall_membership_count as membership_count,
        {% for column in ['site_federal_amount', 'site_state_local_amount'] -%}
        case when lea_years.spending_status = 'reported' then {{ money('coalesce(spending.' ~ column ~ ', 0)') }} end as {{ column }},
        {% endfor -%}
        {% for column in ['central_federal_amount', 'central_state_local_amount'] -%}
        case when lea_years.spending_status = 'reported' then {{ money('coalesce(central.' ~ column ~ ', 0)') }} end as {{ column }},
        {% endfor -%}
        case when lea_years.spending_status = 'reported' then {{ money('coalesce(spending.excluded_amount, 0)') }} end as excluded_amount,
        -- Eight decimals first: a half cent is a half cent, whatever the floating sum makes of it.
        {{ money('round(cast(staff.salary_adjustment as decimal(28,8)), 2)') }} as salary_adjustment_amount,
        case
            when lea_years.spending_status = 'missing' then null
            when undistributed.lea_id is not null then 'undistributed'
            else 'distributed'
        end as central_status,
        greatest(lea_years.data_as_of, lea_membership.data_as_of, staff.data_as_of) as data_as_of
    from school_years
    inner join lea_years on school_years.lea_id = lea_years.lea_id and school_years.fiscal_year = lea_years.fiscal_year
    left join lea_membership
        on school_years.lea_id = lea_membership.lea_id and school_years.fiscal_year = lea_membership.fiscal_year
    left join spending
        on school_years.lea_id = spending.lea_id and school_years.fiscal_year = spending.fiscal_year
        and school_years.school_id = spending.school_id
    left join central
        on school_years.lea_id = central.lea_id and school_years.fiscal_year = central.fiscal_year
        and school_years.school_id = central.school_id
    left join membership
        on school_years.lea_id = membership.lea_id and school_years.fiscal_year = membership.fiscal_year
        and school_years.school_id = membership.school_id
    left join undistributed
        on school_years.lea_id = undistributed.lea_id and school_years.fiscal_year = undistributed.fiscal_year
    left join staff
        on school_years.lea_id = staff.lea_id and school_years.fiscal_year = staff.fiscal_year
        and school_years.school_id = staff.school_id
),

totals as (
    select
        amounts.*,
        site_federal_amount + site_state_local_amount as site_amount,
        {{ money('site_federal_amount + site_state_local_amount + central_federal_amount + central_state_local_amount') }} as total_amount
    from amounts
)

select
    school_id, lea_id, fiscal_year, reporting_period, spending_status, membership_count,
    site_federal_amount, site_state_local_amount, central_federal_amount, central_state_local_amount, total_amount,
    {{ ratio('total_amount', 'membership_count') }} as total_per_pupil,
    {{ ratio('site_amount', 'membership_count') }} as site_per_pupil,
    salary_adjustment_amount,
    {{ money('site_state_local_amount + salary_adjustment_amount') }} as average_salary_site_state_local_amount,
    {{ ratio('total_amount + salary_adjustment_amount', 'membership_count') }} as average_salary_total_per_pupil,
    excluded_amount, central_status, data_as_of
from totals
