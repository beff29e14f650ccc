-- One row an LEA (school_id empty) or school of the directory with pupils, and year: what makes it like others, and among whom it is
-- compared: LEAs of its CCD type, schools of its level. A feature that was not counted is empty, not zero.
with

leas as (select * from {{ ref('leas') }}),

schools as (select * from {{ ref('schools') }}),

locales as (select * from {{ ref('nces_locale') }}),

features as (select * from {{ ref('peer_feature') }}),

pupils as (select * from {{ ref('int_membership_totaled') }} where fall_membership_count > 0),

wages as (select * from {{ ref('int_wages_indexed') }}),

spans as (select * from {{ ref('int_grade_spans_measured') }}),

shares as (
    select
        counted.lea_id, counted.fiscal_year, counted.school_id,
        {% for feature in ['low_income_rate', 'english_learner_rate', 'disability_rate'] -%}
        max(case when features.feature = '{{ feature }}' then {{ ratio('counted.group_count', 'counted.all_count') }} end) as {{ feature }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('int_student_groups_counted') }} as counted
    inner join features on counted.student_group = features.student_group
    group by counted.lea_id, counted.fiscal_year, counted.school_id
),

units as (
    select
        pupils.lea_id, pupils.school_id, pupils.fiscal_year, pupils.fall_membership_count, pupils.data_as_of,
        case when pupils.school_id is null then 'lea' else 'school' end as unit_level,
        case when pupils.school_id is null then leas.lea_type_code else schools.school_level end as comparison_group,
        leas.locale_code
    from pupils
    inner join leas on pupils.lea_id = leas.lea_id and {{ is_in_force('leas', 'pupils.fiscal_year') }}
    left join schools
        on pupils.lea_id = schools.lea_id and pupils.school_id = schools.school_id
        and {{ is_in_force('schools', 'pupils.fiscal_year') }}
),

final as (
    select
        units.unit_level, units.comparison_group, units.lea_id, units.school_id, units.fiscal_year,
        ln(cast(units.fall_membership_count as double)) as ln_membership,
        shares.low_income_rate, shares.english_learner_rate, shares.disability_rate,
        cast(wages.cwift as double) as cwift,
        locales.category as locale_group,
        spans.grade_span,
        units.data_as_of
    from units
    left join shares on {{ same_unit('units', 'shares') }}
    left join spans on {{ same_unit('units', 'spans') }}
    left join wages on units.lea_id = wages.lea_id and units.fiscal_year = wages.fiscal_year
    left join locales on units.locale_code = locales.code
)

select * from final
