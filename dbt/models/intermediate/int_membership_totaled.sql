-- One row an LEA and year (school_id empty) and one a school and year: all pupils over grades, adults left out.
-- An LEA's own total rows stand for it; where it has none, its schools are added. A total with a missing part is missing.
{{ config(materialized=by_lea_year(), incremental_strategy='lea_year', on_schema_change='fail') }}

with

grades as (select * from {{ ref('grade') }} where is_pk12 = 'Y'),

counts as (
    select * from {{ rows_to_build(ref('stg_membership')) }}
    where student_group = 'all' and grade_code in (select code from grades)
),

sums as (
    select
        lea_id, fiscal_year, reporting_period, school_id,
        case when count(*) = count(fall_membership_count) then sum(fall_membership_count) end as fall_membership_count,
        case when count(*) = count(adm) then sum(adm) end as adm,
        case when count(*) = count(ada) then sum(ada) end as ada,
        max(data_as_of) as data_as_of
    from counts
    group by lea_id, fiscal_year, reporting_period, school_id
),

own_totals as (select distinct lea_id, fiscal_year, reporting_period from sums where school_id is null),

lea_sums as (
    select * from sums where school_id is null
    union all
    select
        sums.lea_id, sums.fiscal_year, sums.reporting_period, cast(null as varchar) as school_id,
        case when count(*) = count(fall_membership_count) then sum(fall_membership_count) end as fall_membership_count,
        case when count(*) = count(adm) then sum(adm) end as adm,
        case when count(*) = count(ada) then sum(ada) end as ada,
        max(data_as_of) as data_as_of
    from sums
    left join own_totals
        on sums.lea_id = own_totals.lea_id
        and sums.fiscal_year = own_totals.fiscal_year
        and sums.reporting_period = own_totals.reporting_period
    where own_totals.lea_id is null
    group by sums.lea_id, sums.fiscal_year, sums.reporting_period
),

units as (
    select * from lea_sums
    union all
    select * from sums where school_id is not null
),

final as (
    select
        lea_id,
        fiscal_year,
        school_id,
        bool_or(reporting_period = 'fall') as has_fall_row,
        cast(max(case when reporting_period = 'fall' then fall_membership_count end) as integer) as fall_membership_count,
        cast(max(case when reporting_period = 'year_end' then adm end) as decimal(12,4)) as adm,
        cast(max(case when reporting_period = 'year_end' then ada end) as decimal(12,4)) as ada,
        max(data_as_of) as data_as_of
    from units
    group by lea_id, fiscal_year, school_id
)

select * from final
