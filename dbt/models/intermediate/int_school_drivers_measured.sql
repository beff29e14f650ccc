-- One row a school, year and driver with what the school has of it, in ten-thousandths: pupils on the roll, ADM, ADA, staff FTE.
{{ config(materialized='table') }}

with

membership as (select * from {{ ref('int_membership_totaled') }} where school_id is not null),

staff as (
    select lea_id, fiscal_year, school_id, sum(assignment_fte) as staff_fte
    from {{ ref('int_staff_classified') }}
    where school_id is not null
    group by lea_id, fiscal_year, school_id
),

measured as (
    select lea_id, fiscal_year, school_id, 'fall_membership' as driver, cast(fall_membership_count as decimal(14,4)) as measure
    from membership
    union all
    select lea_id, fiscal_year, school_id, 'adm', cast(adm as decimal(14,4)) from membership
    union all
    select lea_id, fiscal_year, school_id, 'ada', cast(ada as decimal(14,4)) from membership
    union all
    select lea_id, fiscal_year, school_id, 'staff_fte', cast(staff_fte as decimal(14,4)) from staff
),

final as (
    select lea_id, fiscal_year, school_id, driver, cast(measure * 10000 as decimal(18,0)) as units
    from measured
    where measure > 0
)

select * from final
