-- One row a unit, year and outcome that may stand beside spending: its interval, from its own number of pupils (Wilson) and from what was
-- published, and whether it may be compared. Every LEA of the year has a row for each outcome that some LEA of the year has.
{{ config(materialized='table') }}

{% set key = 'measure, subject, grade_band, assessment_id, student_group' %}

with

outcomes as (select * from {{ ref('int_outcomes_measured') }}),

measures as (select * from {{ ref('outcome_measure') }}),

parameters as (select * from {{ ref('int_comparison_parameters') }}),

lea_years as (select * from {{ ref('int_lea_years_listed') }}),

exclusions as (select * from {{ ref('comparison_exclusions') }} where subject = 'outcomes'),

asked as (
    select distinct fiscal_year, {{ key }} from outcomes where school_id is null
),

units as (
    select
        lea_id, school_id, fiscal_year, {{ key }}, outcome_count, outcome_value, published_low, published_high,
        has_published_interval, has_scale_break, outcome_status, is_added_from_schools, data_as_of
    from outcomes
    union all
    select
        lea_years.lea_id, cast(null as varchar), lea_years.fiscal_year, {% for column in key.split(', ') %}asked.{{ column }}, {% endfor %}
        null, null, null, null, false, false, 'missing', false, null
    from lea_years
    inner join asked on lea_years.fiscal_year = asked.fiscal_year
    left join outcomes
        on lea_years.lea_id = outcomes.lea_id and lea_years.fiscal_year = outcomes.fiscal_year and outcomes.school_id is null
        and {{ same_outcome('asked', 'outcomes') }}
    where outcomes.lea_id is null
),

excluded as (
    select
        units.lea_id, units.school_id, units.fiscal_year, units.measure,
        string_agg(distinct exclusions.reason_code, ', ' order by exclusions.reason_code) as exclusion_codes
    from units
    inner join exclusions
        on (exclusions.lea_id is null or units.lea_id = exclusions.lea_id)
        and (exclusions.school_id is null or units.school_id = exclusions.school_id)
        and (exclusions.measure is null or units.measure = exclusions.measure)
        and {{ is_in_force('exclusions', 'units.fiscal_year') }}
    group by units.lea_id, units.school_id, units.fiscal_year, units.measure
),

-- Pupils a share rests on give it an interval; an interval that was published has one already.
sized as (
    select
        units.*, measures.unit, measures.higher_is_better = 'Y' as is_higher_better, measures.cost_fiscal_years,
        parameters.interval_quantile, parameters.min_outcome_count, excluded.exclusion_codes,
        measures.unit = 'rate' and units.outcome_count > 0 and units.outcome_value is not null
            and not units.has_published_interval as has_wilson
    from units
    inner join measures on units.measure = measures.code
    inner join parameters on units.fiscal_year = parameters.fiscal_year
    left join excluded on {{ same_unit('units', 'excluded') }} and units.measure = excluded.measure
),

bounded as (
    select
        sized.*,
        case when has_wilson then {{ wilson('published_low', 'outcome_count', 'interval_quantile', '-') }}
            when has_published_interval then published_low end as outcome_low,
        case when has_wilson then {{ wilson('published_high', 'outcome_count', 'interval_quantile', '+') }}
            when has_published_interval then published_high end as outcome_high
    from sized
),

final as (
    select
        lea_id, school_id, fiscal_year, {{ key }}, unit, is_higher_better, cost_fiscal_years, outcome_count, outcome_value,
        published_low, published_high, outcome_low, outcome_high,
        (outcome_high - outcome_low - (published_high - published_low)) / (2 * interval_quantile) as outcome_se,
        has_scale_break, outcome_status, is_added_from_schools, exclusion_codes,
        outcome_value is not null and exclusion_codes is null
            and coalesce(outcome_count, min_outcome_count) >= min_outcome_count as is_comparable,
        concat_ws(', ',
            case when outcome_value is null then concat('outcome_', outcome_status) end,
            exclusion_codes,
            case when outcome_value is not null and outcome_low is null then 'outcome_interval_unknown' end,
            case when outcome_count < min_outcome_count then 'few_pupils' end,
            case when has_scale_break then 'scale_break' end
        ) as outcome_reasons,
        data_as_of
    from bounded
)

select * from final
