-- One row an LEA, year and definition of pupils that somebody counted.
{{ config(materialized=by_lea_year(), incremental_strategy='lea_year', on_schema_change='fail') }}

with

membership as (select * from {{ rows_to_build(ref('int_membership_totaled')) }}),

-- Schools that formulas are about; see int_formula_pools_measured.
weighted as (select * from {{ rows_to_build(ref('int_formula_pools_measured')) }}),

policy as (select * from {{ ref('policy') }} where policy_key = 'weighted_pupil_scenario'),

residents as (
    select lea_id, fiscal_year, fall_membership_count
    from {{ rows_to_build(ref('stg_membership')) }}
    where student_group = 'resident' and school_id is null and reporting_period = 'fall'
        and grade_code in (select code from {{ ref('grade') }} where is_pk12 = 'Y')
),

counts as (
    {% for definition, column in {'fall_membership': 'fall_membership_count', 'adm': 'adm', 'ada': 'ada'}.items() -%}
    select lea_id, fiscal_year, '{{ definition }}' as denominator_def_id, cast({{ column }} as decimal(18,6)) as pupil_count
    from membership
    where school_id is null
    union all
    {% endfor -%}
    select
        lea_id, fiscal_year, 'served_membership',
        case when count(*) = count(fall_membership_count) then cast(sum(fall_membership_count) as decimal(18,6)) end
    from membership
    where school_id is not null and has_fall_row
    group by lea_id, fiscal_year
    union all
    select
        weighted.lea_id, weighted.fiscal_year, 'weighted',
        case when count(*) = count(weighted.weighted_pupil_count) then cast(sum(weighted.weighted_pupil_count) as decimal(18,6)) end
    from weighted
    inner join policy on weighted.scenario = policy.value and {{ is_in_force('policy', 'weighted.fiscal_year') }}
    group by weighted.lea_id, weighted.fiscal_year
    union all
    select
        lea_id, fiscal_year, 'resident',
        case when count(*) = count(fall_membership_count) then cast(sum(fall_membership_count) as decimal(18,6)) end
    from residents
    group by lea_id, fiscal_year
)

select * from counts where pupil_count is not null
