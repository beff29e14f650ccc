-- One row a school, year and scenario, with what the formula gives out in its LEA: pool, fixed amount, floor, all in whole cents. A pool
-- is what the schools of the LEA have of the money the scenario names, or a share of the operating budget; with a base there is none.
{{ config(materialized=by_lea_year(), incremental_strategy='lea_year', on_schema_change='fail') }}

with

scenarios as (select * from {{ ref('int_formula_scenarios') }}),

pupils as (select * from {{ rows_to_build(ref('int_formula_pupils_weighted')) }}),

spending as (select * from {{ rows_to_build(ref('school_spending')) }}),

budgets as (
    select * from {{ rows_to_build(ref('operating_budget')) }} where amount_type = 'actual' and step = 'operating_budget'
),

schools as (
    select
        pupils.*,
        scenarios.base_amount, scenarios.pool_basis, scenarios.pool_rate, scenarios.hold_harmless_rate,
        case scenarios.pool_basis
            when 'site_state_local' then spending.site_state_local_amount
            else spending.site_federal_amount + spending.site_state_local_amount
        end as prior_amount,
        case
            when pupils.membership_count > 0 then coalesce(scenarios.foundation_amount, 0)
                + coalesce(scenarios.small_school_amount, 0) * greatest(0, coalesce(scenarios.small_school_below, 0) - pupils.membership_count)
            else 0
        end as fixed_amount
    from pupils
    inner join scenarios on pupils.fiscal_year = scenarios.fiscal_year and pupils.scenario = scenarios.scenario
    inner join spending
        on pupils.lea_id = spending.lea_id and pupils.fiscal_year = spending.fiscal_year and pupils.school_id = spending.school_id
    -- A school that was not counted and spends nothing was not there: no formula is about it.
    where spending.membership_count is not null or spending.spending_status = 'missing' or spending.total_amount <> 0
),

-- The formula is worked out where every school of the LEA has what it counts.
pooled as (
    select
        schools.*,
        budgets.amount as operating_amount,
        count(*) over lea = count(weighted_pupil_count) over lea and count(*) over lea = count(prior_amount) over lea as is_complete,
        round(case
            when schools.pool_basis = 'operating_budget' then budgets.amount
            when schools.pool_basis is not null then sum(schools.prior_amount) over lea
        end * coalesce(schools.pool_rate, 1), 2) as pool_amount
    from schools
    left join budgets on schools.lea_id = budgets.lea_id and schools.fiscal_year = budgets.fiscal_year
    window lea as (partition by schools.lea_id, schools.fiscal_year, schools.scenario)
),

final as (
    select
        lea_id, fiscal_year, school_id, scenario, membership_count, weighted_pupil_count, prior_amount, operating_amount, is_complete,
        {{ money('pool_amount') }} as pool_amount,
        cast(weighted_pupil_count * 1000000 as decimal(18,0)) as units,
        cast(base_amount * 100 as decimal(18,0)) as base_cents,
        cast(pool_amount * 100 as decimal(18,0)) as pool_cents,
        cast(fixed_amount * 100 as decimal(18,0)) as fixed_cents,
        cast(round(hold_harmless_rate * prior_amount * 100, 0) as decimal(18,0)) as floor_cents
    from pooled
)

select * from final
