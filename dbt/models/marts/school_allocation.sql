-- One row a school, year and scenario: what the state's formula would give it, adjustments one by one, beside what it spends.
{{ config(materialized=by_lea_year(), incremental_strategy='lea_year', on_schema_change='fail') }}

with

scenarios as (select * from {{ ref('int_formula_scenarios') }}),

pools as (select * from {{ rows_to_build(ref('int_formula_pools_measured')) }}),

shares as (select * from {{ rows_to_build(ref('int_formula_amounts_shared')) }}),

spending as (select * from {{ rows_to_build(ref('school_spending')) }}),

membership as (select * from {{ rows_to_build(ref('int_membership_totaled')) }} where school_id is not null),

attendance as (
    select lea_id, fiscal_year, sum(ada) as ada, sum(adm) as adm
    from membership
    where adm is not null and ada is not null
    group by lea_id, fiscal_year
),

amounts as (
    select
        pools.lea_id, pools.fiscal_year, pools.school_id, pools.scenario,
        spending.spending_status, spending.data_as_of,
        pools.membership_count, pools.weighted_pupil_count, pools.operating_amount, pools.is_complete,
        formula.status, formula.amount as formula_amount,
        coalesce(floored.is_at_floor, false) as is_at_floor,
        case when scenarios.hold_harmless_rate is null then 0 else floored.amount - formula.amount end as hold_harmless_adjustment_amount,
        case
            when scenarios.ada_form is null or pools.membership_count = 0 then 0
            when scenarios.ada_form = 'A' then cast(formula.amount as double)
                * ((cast(attendance.ada as double) / nullif(cast(attendance.adm as double), 0))
                    / nullif(cast(membership.ada as double) / nullif(cast(membership.adm as double), 0), 0) - 1)
            when scenarios.ada_form = 'B' then cast(scenarios.ada_amount as double) * pools.membership_count
                * (cast(attendance.ada as double) / nullif(cast(attendance.adm as double), 0)
                    - cast(membership.ada as double) / nullif(cast(membership.adm as double), 0))
        end as ada_adjustment,
        -- An LEA without a staff file tells no salaries; a school without staff in one that has it has none to adjust.
        case
            when scenarios.salary_basis = 'actual' then 0
            when max(spending.salary_adjustment_amount) over (partition by pools.lea_id, pools.fiscal_year, pools.scenario) is not null
                then coalesce(spending.salary_adjustment_amount, 0)
        end as salary_adjustment_amount,
        scenarios.ada_form, scenarios.salary_basis, scenarios.norm_rate,
        pools.prior_amount
    from pools
    inner join scenarios on pools.fiscal_year = scenarios.fiscal_year and pools.scenario = scenarios.scenario
    inner join spending
        on pools.lea_id = spending.lea_id and pools.fiscal_year = spending.fiscal_year and pools.school_id = spending.school_id
    left join shares as formula
        on pools.lea_id = formula.lea_id and pools.fiscal_year = formula.fiscal_year and pools.school_id = formula.school_id
        and pools.scenario = formula.scenario and formula.variant = 'formula'
    left join shares as floored
        on pools.lea_id = floored.lea_id and pools.fiscal_year = floored.fiscal_year and pools.school_id = floored.school_id
        and pools.scenario = floored.scenario and floored.variant = 'floored'
    left join membership
        on pools.lea_id = membership.lea_id and pools.fiscal_year = membership.fiscal_year and pools.school_id = membership.school_id
    left join attendance on pools.lea_id = attendance.lea_id and pools.fiscal_year = attendance.fiscal_year
),

adjusted as (
    select
        amounts.*,
        {{ money('round(cast(ada_adjustment as decimal(28,8)), 2)') }} as ada_adjustment_amount,
        case when formula_amount is not null then {{ money('prior_amount + salary_adjustment_amount') }} end as projected_expenditure_amount
    from amounts
),

-- Other: what brings the sum a share of the way back to what the school has now.
summed as (
    select
        adjusted.*,
        {{ money('round(coalesce(norm_rate, 0) * (projected_expenditure_amount
            - (formula_amount + hold_harmless_adjustment_amount + ada_adjustment_amount + salary_adjustment_amount)), 2)') }} as other_adjustment_amount
    from adjusted
),

allocated as (
    select
        summed.*,
        {{ money('formula_amount + hold_harmless_adjustment_amount + ada_adjustment_amount + salary_adjustment_amount
            + other_adjustment_amount') }} as allocation_amount
    from summed
)

select
    lea_id, school_id, fiscal_year, scenario,
    case
        when spending_status = 'missing' or not is_complete then 'missing'
        when status = 'infeasible' or hold_harmless_adjustment_amount is null then 'infeasible'
        when allocation_amount is null then 'missing'
        else 'reported'
    end as allocation_status,
    membership_count,
    weighted_pupil_count,
    {{ money('formula_amount') }} as formula_amount,
    case when formula_amount is not null then {{ money('hold_harmless_adjustment_amount') }} end as hold_harmless_adjustment_amount,
    is_at_floor,
    ada_form,
    case when formula_amount is not null then ada_adjustment_amount end as ada_adjustment_amount,
    salary_basis,
    case when formula_amount is not null then {{ money('salary_adjustment_amount') }} end as salary_adjustment_amount,
    case when formula_amount is not null then {{ ratio('salary_adjustment_amount', 'membership_count') }} end as salary_adjustment_per_pupil,
    other_adjustment_amount,
    allocation_amount,
    {{ ratio('allocation_amount', 'membership_count') }} as allocation_per_pupil,
    projected_expenditure_amount,
    {{ money('allocation_amount - projected_expenditure_amount') }} as surplus_amount,
    case
        when count(*) over lea = count(allocation_amount) over lea
            then {{ ratio('sum(allocation_amount) over lea', 'operating_amount') }}
    end as site_share_rate,
    data_as_of
from allocated
window lea as (partition by lea_id, fiscal_year, scenario)
