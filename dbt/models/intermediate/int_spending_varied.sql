-- One row an LEA (school_id empty) or school, year and reading of spending per pupil (spending_basis): by which pupils, at which prices.
with

bases as (select * from {{ ref('spending_basis') }}),

districts as (select * from {{ ref('district_spending') }}),

schools as (select * from {{ ref('school_spending') }}),

pupils as (select * from {{ ref('int_membership_totaled') }}),

units as (
    select
        lea_id, cast(null as varchar) as school_id, fiscal_year, current_expenditure_amount as amount,
        fall_membership_count, adm, ada, labor_share_rate, nullif(cast(cwift as double), 0) as wage_index
    from districts
    union all
    select
        schools.lea_id, schools.school_id, schools.fiscal_year, schools.total_amount,
        schools.membership_count, pupils.adm, pupils.ada, districts.labor_share_rate, nullif(cast(districts.cwift as double), 0)
    from schools
    left join districts on schools.lea_id = districts.lea_id and schools.fiscal_year = districts.fiscal_year
    left join pupils on {{ same_unit('schools', 'pupils') }}
),

final as (
    select
        units.lea_id, units.school_id, units.fiscal_year, bases.basis_id,
        case bases.denominator_def_id
            when 'fall_membership' then {{ ratio('units.amount', 'units.fall_membership_count') }}
            when 'adm' then {{ ratio('units.amount', 'units.adm') }}
            when 'ada' then {{ ratio('units.amount', 'units.ada') }}
        end
        * case bases.price_basis
            when 'unadjusted' then 1
            when 'wage_adjusted' then 1 / units.wage_index
            when 'labor_share_adjusted' then units.labor_share_rate / units.wage_index + 1 - units.labor_share_rate
        end as spending_per_pupil
    from units
    cross join bases
)

select * from final
