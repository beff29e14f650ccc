-- One row an LEA, year, outcome of all its pupils and model: spending beside the outcome, each beside the median of the LEA's peers.
with

judged as (select * from {{ ref('int_productivity_judged') }} where school_id is null),

leas as (select * from {{ ref('leas') }}),

final as (
    select
        judged.lea_id, leas.nces_lea_id, leas.lea_name, judged.fiscal_year,
        judged.measure, judged.subject, judged.grade_band, judged.assessment_id, judged.student_group, judged.model, judged.is_higher_better,
        judged.outcome_value, judged.outcome_low, judged.outcome_high, judged.outcome_count, judged.outcome_status,
        judged.is_added_from_schools, judged.is_outcome_outlier,
        judged.per_pupil as current_expenditure_per_pupil,
        judged.spending_per_pupil as real_wage_adjusted_current_expenditure_per_pupil,
        judged.spending_status, judged.is_spending_outlier,
        judged.comparison_group as lea_type_code, judged.compared_unit_count as compared_lea_count,
        judged.peer_count, judged.peer_outcome_count, judged.peer_distance,
        judged.expected_value, judged.residual_value, judged.residual_low, judged.residual_high,
        judged.expected_spending_per_pupil, judged.spending_difference as spending_difference_per_pupil,
        judged.spending_difference_low, judged.spending_difference_high,
        judged.point_quadrant, judged.quadrant, judged.indeterminate_reason,
        judged.stability_rate, judged.reading_count, judged.is_stable,
        judged.cost_per_outcome_unit, judged.cost_status, judged.cost_fiscal_years, judged.outcome_per_thousand_dollars,
        judged.do_not_rank, judged.do_not_rank_reason, judged.data_as_of
    from judged
    left join leas on judged.lea_id = leas.lea_id and {{ is_in_force('leas', 'judged.fiscal_year') }}
)

select * from final
