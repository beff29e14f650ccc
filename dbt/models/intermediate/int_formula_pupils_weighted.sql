-- One row a school, year and scenario: its pupils, weighted, to six decimals. A group the formula counts and nobody counted leaves the
-- weighted pupils empty, unless the scenario says that a missing count is nobody.
{{ config(materialized=by_lea_year(), incremental_strategy='lea_year', on_schema_change='fail') }}

with

scenarios as (select * from {{ ref('int_formula_scenarios') }}),

schools as (
    select
        school_spending.*,
        scenarios.scenario, scenarios.is_missing_zero, scenarios.concentration_group, scenarios.concentration_threshold,
        scenarios.concentration_rate, scenarios.concentration_counts
    from {{ rows_to_build(ref('school_spending')) }} as school_spending
    inner join scenarios on school_spending.fiscal_year = scenarios.fiscal_year
),

weights as (
    select scenarios.fiscal_year, weights.scenario, weights.student_group, weights.grade_code, cast(weights.value as decimal(9,6)) as weight
    from scenarios
    inner join {{ ref('formula_parameters') }} as weights
        on weights.parameter = 'weight' and scenarios.scenario = weights.scenario and {{ is_in_force('weights', 'scenarios.fiscal_year') }}
),

counted as (select * from {{ rows_to_build(ref('int_school_groups_counted')) }}),

-- A grade a school does not have is nobody; a group of pupils it does not tell is missing.
weighted as (
    select
        schools.lea_id, schools.fiscal_year, schools.school_id, schools.scenario,
        sum(weights.weight * counted.pupil_count) as weight_count,
        count(case
            when counted.pupil_count is null and not schools.is_missing_zero and schools.membership_count > 0
                and (weights.student_group is not null or counted.school_id is not null) then 1
        end) as missing_count
    from schools
    inner join weights on schools.fiscal_year = weights.fiscal_year and schools.scenario = weights.scenario
    left join counted
        on schools.lea_id = counted.lea_id and schools.fiscal_year = counted.fiscal_year and schools.school_id = counted.school_id
        and weights.student_group is not distinct from counted.student_group
        and weights.grade_code is not distinct from counted.grade_code
    group by schools.lea_id, schools.fiscal_year, schools.school_id, schools.scenario
),

concentrated as (
    select
        schools.*,
        case when schools.is_missing_zero or schools.membership_count = 0 then coalesce(counted.pupil_count, 0) else counted.pupil_count end
            as needy_count
    from schools
    left join counted
        on schools.lea_id = counted.lea_id and schools.fiscal_year = counted.fiscal_year and schools.school_id = counted.school_id
        and schools.concentration_group = counted.student_group
),

final as (
    select
        schools.lea_id, schools.fiscal_year, schools.school_id, schools.scenario,
        schools.membership_count,
        case
            when schools.membership_count is null or coalesce(weighted.missing_count, 0) > 0 then null
            when schools.concentration_group is not null and schools.needy_count is null then null
            else cast(
                schools.membership_count + coalesce(weighted.weight_count, 0)
                + case
                    when schools.concentration_group is null or schools.membership_count = 0 then 0
                    else cast(schools.concentration_rate as double)
                        * greatest(0, (cast(schools.needy_count as double) / schools.membership_count - cast(schools.concentration_threshold as double))
                            / (1 - cast(schools.concentration_threshold as double)))
                        * case when schools.concentration_counts = 'needy' then schools.needy_count else schools.membership_count end
                end as decimal(18,6))
        end as weighted_pupil_count
    from concentrated as schools
    left join weighted
        on schools.lea_id = weighted.lea_id and schools.fiscal_year = weighted.fiscal_year and schools.school_id = weighted.school_id
        and schools.scenario = weighted.scenario
)

select * from final
