-- One row an LEA (school_id empty) or school, year and outcome of all its pupils: a point, the published bounds, the pupils it rests on.
-- A range has its middle as an estimate. An LEA without a row of its own has its schools together, for shares whose pupils are all
-- counted: what a mask hides lies between none and all of its pupils.
{{ config(materialized=by_lea_year(), incremental_strategy='lea_year', on_schema_change='fail') }}

{% set key = 'lea_id, fiscal_year, measure, subject, grade_band, assessment_id, student_group' %}

with

measures as (select * from {{ ref('outcome_measure') }}),

outcomes as (
    select outcomes.*, measures.unit
    from {{ rows_to_build(ref('stg_outcomes')) }} as outcomes
    inner join measures on outcomes.measure = measures.code
    where outcomes.student_group = 'all'
),

bounded as (
    select
        {{ key }}, school_id, unit, value_status, coalesce(scale_break, false) as has_scale_break, data_as_of,
        cast(denominator as double) as pupils,
        cast(coalesce(value, (value_low + value_high) / 2) as double) as outcome_value,
        cast(coalesce(value_low, value) as double) as published_low,
        cast(coalesce(value_high, value) as double) as published_high,
        value_status = 'reported' and value_low is not null and value_high is not null as has_published_interval,
        -- Counts are exact where both are given; decimals, so that no order of schools changes a sum.
        cast(coalesce(numerator, value * denominator, (value_low + value_high) / 2 * denominator) as decimal(20,6)) as reached,
        cast(coalesce(numerator, value_low * denominator, value * denominator, 0) as decimal(20,6)) as reached_low,
        cast(coalesce(numerator, value_high * denominator, value * denominator, denominator) as decimal(20,6)) as reached_high
    from outcomes
),

own as (select distinct {{ key }} from bounded where school_id is null),

pooled as (
    select
        {{ key }},
        count(case when denominator_is_missing then 1 end) as uncounted_count,
        count(case when value_status = 'suppressed' then 1 end) as suppressed_count,
        count(case when value_status <> 'reported' then 1 end) as unsure_count,
        cast(sum(pupils_exact) as double) as pupils,
        {{ ratio('sum(reached)', 'sum(case when reached is not null then pupils_exact end)') }} as outcome_value,
        {{ ratio('sum(reached_low)', 'sum(pupils_exact)') }} as published_low,
        {{ ratio('sum(reached_high)', 'sum(pupils_exact)') }} as published_high,
        bool_or(has_scale_break) as has_scale_break,
        max(data_as_of) as data_as_of
    from (
        select *, pupils is null as denominator_is_missing, cast(pupils as decimal(20,6)) as pupils_exact
        from bounded
        where school_id is not null and unit = 'rate' and value_status <> 'not_applicable'
    ) as schools
    group by {{ key }}
),

units as (
    select
        {{ key }}, school_id, pupils, outcome_value, published_low, published_high, has_published_interval, has_scale_break,
        case
            when value_status = 'range' then 'estimated'
            when value_status = 'reported' and outcome_value = 0 then 'zero'
            else value_status
        end as outcome_status,
        false as is_added_from_schools, data_as_of
    from bounded
    union all
    select
        {% for column in key.split(', ') %}pooled.{{ column }}, {% endfor %}cast(null as varchar),
        case when uncounted_count = 0 then pupils end,
        {% for column in ['outcome_value', 'published_low', 'published_high'] -%}
        case when uncounted_count = 0 and outcome_value is not null then {{ column }} end,
        {% endfor -%}
        false, has_scale_break,
        case
            when uncounted_count > 0 or outcome_value is null then case when suppressed_count > 0 then 'suppressed' else 'missing' end
            when unsure_count > 0 then 'estimated'
            when outcome_value = 0 then 'zero'
            else 'reported'
        end,
        true, pooled.data_as_of
    from pooled
    left join own on pooled.lea_id = own.lea_id and pooled.fiscal_year = own.fiscal_year and {{ same_outcome('pooled', 'own') }}
    where own.lea_id is null
),

final as (
    select
        {{ key }}, school_id, pupils as outcome_count, outcome_value, published_low, published_high,
        has_published_interval, has_scale_break, outcome_status, is_added_from_schools, data_as_of
    from units
)

select * from final
