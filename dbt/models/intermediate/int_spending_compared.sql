-- One row an LEA (school_id empty) or school and year: current spending per pupil, real and wage-adjusted, its standard error from that of
-- CWIFT, and whether it may be compared. What the state's comparison_exclusions rule out stays in sight with its reasons.
{{ config(materialized='table') }}

with

districts as (select * from {{ ref('district_spending') }}),

schools as (select * from {{ ref('school_spending') }}),

prices as (select * from {{ ref('int_prices_indexed') }}),

wages as (select * from {{ ref('int_wages_indexed') }}),

exclusions as (select * from {{ ref('comparison_exclusions') }} where subject = 'spending'),

units as (
    select
        lea_id, cast(null as varchar) as school_id, fiscal_year, spending_status, current_expenditure_per_pupil as per_pupil,
        cast(null as varchar) as central_status, data_as_of
    from districts
    union all
    select lea_id, school_id, fiscal_year, spending_status, total_per_pupil, central_status, data_as_of from schools
),

excluded as (
    select
        units.lea_id, units.school_id, units.fiscal_year,
        string_agg(distinct exclusions.reason_code, ', ' order by exclusions.reason_code) as exclusion_codes
    from units
    inner join exclusions
        on (exclusions.lea_id is null or units.lea_id = exclusions.lea_id)
        and (exclusions.school_id is null or units.school_id = exclusions.school_id)
        and {{ is_in_force('exclusions', 'units.fiscal_year') }}
    group by units.lea_id, units.school_id, units.fiscal_year
),

priced as (
    select
        units.*,
        units.per_pupil / nullif(cast(wages.cwift as double), 0) * prices.real_factor as spending_per_pupil,
        units.per_pupil * cast(wages.cwift_se as double) / nullif(cast(wages.cwift as double) * cast(wages.cwift as double), 0)
            * prices.real_factor as spending_per_pupil_se,
        excluded.exclusion_codes
    from units
    left join prices on units.fiscal_year = prices.fiscal_year
    left join wages on units.lea_id = wages.lea_id and units.fiscal_year = wages.fiscal_year
    left join excluded on {{ same_unit('units', 'excluded') }}
),

final as (
    select
        lea_id, school_id, fiscal_year, per_pupil, spending_per_pupil, spending_per_pupil_se,
        case
            when spending_status = 'missing' or spending_per_pupil is null then 'missing'
            when spending_per_pupil = 0 then 'zero'
            else 'reported'
        end as spending_status,
        case
            when spending_status = 'missing' or spending_per_pupil is null then 'spending_missing'
            when spending_per_pupil <= 0 then 'spending_zero'
            when exclusion_codes is not null then exclusion_codes
            when central_status = 'undistributed' then 'central_cost_undistributed'
        end as spending_reason,
        data_as_of
    from priced
)

select * from final
