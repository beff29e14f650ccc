-- One row an LEA (school_id empty) or school and year: the bands of grades in which it has pupils, lowest first. Its own rows stand for
-- an LEA, else those of its schools; where some pupils are not told apart by grade, the span is not known.
{{ config(materialized=by_lea_year(), incremental_strategy='lea_year', on_schema_change='fail') }}

with

grades as (select * from {{ ref('grade') }} where is_pk12 = 'Y'),

counts as (
    select membership.lea_id, membership.fiscal_year, membership.school_id, grades.span_band, grades.sort_order
    from {{ rows_to_build(ref('stg_membership')) }} as membership
    inner join grades on membership.grade_code = grades.code
    where membership.reporting_period = 'fall' and membership.student_group = 'all' and membership.fall_membership_count > 0
),

own as (select distinct lea_id, fiscal_year from counts where school_id is null),

units as (
    select lea_id, fiscal_year, school_id, span_band, sort_order from counts
    union all
    select counts.lea_id, counts.fiscal_year, cast(null as varchar), counts.span_band, counts.sort_order
    from counts
    left join own on counts.lea_id = own.lea_id and counts.fiscal_year = own.fiscal_year
    where own.lea_id is null
),

bands as (
    select
        lea_id, fiscal_year, school_id, span_band, min(sort_order) as sort_order,
        count(case when span_band is null then 1 end) as untold_count
    from units
    group by lea_id, fiscal_year, school_id, span_band
),

final as (
    select
        lea_id, fiscal_year, school_id,
        case when sum(untold_count) = 0 then string_agg(span_band, '-' order by sort_order) end as grade_span
    from bands
    group by lea_id, fiscal_year, school_id
)

select * from final
