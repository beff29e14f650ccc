-- One row a comparison group (LEAs of a type, schools of a level), year and outcome: how many units have both figures to compare, and the
-- fences beyond which spending (in logarithms) or outcome is far out.
with

measured as (select * from {{ ref('int_productivity_measured') }}),

features as (select * from {{ ref('int_peer_features_measured') }}),

parameters as (select * from {{ ref('int_comparison_parameters') }}),

figures as (
    select
        features.unit_level, features.comparison_group, measured.fiscal_year,
        measured.measure, measured.subject, measured.grade_band, measured.assessment_id, measured.student_group,
        ln(measured.spending_per_pupil) as spending, measured.outcome_value as outcome
    from measured
    inner join features on {{ same_unit('measured', 'features') }}
    where measured.spending_reason is null and measured.outcome_value is not null
),

quartiles as (
    select
        unit_level, comparison_group, fiscal_year, measure, subject, grade_band, assessment_id, student_group,
        count(*) as unit_count,
        {% for name in ['spending', 'outcome'] -%}
        percentile_cont(0.25) within group (order by {{ name }}) as {{ name }}_first,
        percentile_cont(0.75) within group (order by {{ name }}) as {{ name }}_third{{ ',' if not loop.last }}
        {% endfor %}
    from figures
    group by unit_level, comparison_group, fiscal_year, measure, subject, grade_band, assessment_id, student_group
),

final as (
    select
        quartiles.unit_level, quartiles.comparison_group, quartiles.fiscal_year,
        quartiles.measure, quartiles.subject, quartiles.grade_band, quartiles.assessment_id, quartiles.student_group,
        cast(quartiles.unit_count as integer) as compared_unit_count
        {% for name in ['spending', 'outcome'] -%}
        , {{ name }}_first - parameters.outlier_fence * ({{ name }}_third - {{ name }}_first) as {{ name }}_low_fence
        , {{ name }}_third + parameters.outlier_fence * ({{ name }}_third - {{ name }}_first) as {{ name }}_high_fence
        {% endfor %}
    from quartiles
    inner join parameters on quartiles.fiscal_year = parameters.fiscal_year
)

select * from final
