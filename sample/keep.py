"""Where truth is kept: one Parquet file a table, written as rows come.

Belongs here: the truth tables' columns and types, and a writer that holds only a few thousand rows.
Does not belong here: computing any value.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

AT_ONCE = 20_000
_MONEY = pa.decimal128(18, 2)


def _schema(text: str) -> pa.Schema:
    kinds = {
        "v": pa.string(),
        "i": pa.int32(),
        "m": _MONEY,
        "d": pa.float64(),
        "b": pa.bool_(),
        "day": pa.date32(),
        "time": pa.timestamp("us"),
    }
    fields = []
    for part in text.split():
        name, _, kind = part.partition(":")
        guessed = "m" if name.endswith("_amount") or name == "amount" else "d"
        fields.append(pa.field(name, kinds[kind or guessed]))
    return pa.schema(fields)


TABLES = {
    "district_spending": _schema("""
        lea_id:v nces_lea_id:v lea_name:v fiscal_year:i reporting_period:v spending_status:v revenue_status:v membership_status:v
        total_expenditure_amount current_expenditure_amount instruction_amount support_services_amount other_current_amount
        nonelementary_secondary_amount capital_outlay_amount debt_service_amount principal_amount payment_to_other_amount
        unmapped_amount federal_revenue_amount state_revenue_amount local_revenue_amount total_revenue_amount
        fall_membership_count:i adm ada current_expenditure_per_pupil current_expenditure_per_adm current_expenditure_per_ada
        real_current_expenditure_per_pupil wage_adjusted_current_expenditure_per_pupil
        wage_adjusted_current_expenditure_per_pupil_se labor_share_rate labor_share_adjusted_current_expenditure_per_pupil
        real_wage_adjusted_current_expenditure_per_pupil real_labor_share_adjusted_current_expenditure_per_pupil"""),
    "district_spending_detail": _schema(
        "lea_id:v fiscal_year:i function_code:v object_code:v source_level:v fund_code:v amount per_pupil"
    ),
    "school_spending": _schema("""
        school_id:v lea_id:v fiscal_year:i membership_count:i site_federal_amount site_state_local_amount central_federal_amount
        central_state_local_amount total_amount total_per_pupil site_per_pupil excluded_amount salary_adjustment_amount
        average_salary_site_state_local_amount average_salary_total_per_pupil spending_status:v"""),
    "school_allocation": _schema("""
        school_id:v lea_id:v fiscal_year:i scenario:v membership_count:i weighted_pupil_count:d allocation_status:v formula_amount
        hold_harmless_adjustment_amount ada_adjustment_amount salary_adjustment_amount other_adjustment_amount allocation_amount
        projected_expenditure_amount surplus_amount site_share_rate"""),
    "school_spending_mix": _schema("school_id:v lea_id:v fiscal_year:i category:v amount per_pupil share_rate"),
    "title_i_comparability": _schema("""
        school_id:v lea_id:v fiscal_year:i comparison_school_count:i state_local_per_pupil comparison_state_local_per_pupil
        actual_salary_rate average_salary_rate pupils_per_staff_rate comparability_status:v"""),
    "school_spending_exclusion": _schema("lea_id:v fiscal_year:i category:v amount"),
    "lea_panel": _schema("""
        view:v unit_id:v unit_name:v fiscal_year:i member_lea_ids:v lea_count:i reporting_lea_count:i total_expenditure_amount
        current_expenditure_amount instruction_amount support_services_amount capital_outlay_amount debt_service_amount
        federal_revenue_amount state_revenue_amount local_revenue_amount total_revenue_amount fall_membership_count:i adm ada
        current_expenditure_per_pupil real_current_expenditure_per_pupil has_series_break:b is_estimated:b
        estimated_expenditure_amount estimated_rate is_balanced:b is_entry:b is_exit:b event_types:v next_event_types:v"""),
    "operating_budget": _schema("lea_id:v fiscal_year:i amount_type:v step:v amount running_amount spending_status:v"),
    "operating_budget_source_use": _schema(
        "lea_id:v fiscal_year:i amount_type:v source:v source_level:v is_restricted:b use:v amount"
    ),
    "spending_flexibility": _schema("""
        lea_id:v fiscal_year:i school_id:v operating_amount restricted_amount committed_amount unrestricted_amount site_share_rate"""),
    "f33_detail": _schema("lea_id:v fiscal_year:i f33_item:v amount item_status:v"),
    "sustainability": _schema("""
        lea_id:v fiscal_year:i spending_status:v general_fund_balance_amount fund_balance_months one_time_revenue_amount
        one_time_revenue_share_rate one_time_operating_amount one_time_pay_amount ending_operating_amount ending_pay_amount
        legacy_cost_amount legacy_cost_per_pupil debt_payment_amount debt_payment_per_pupil debt_burden_rate structural_gap_amount
        structural_gap_per_pupil"""),
    "district_staffing": _schema("""
        lea_id:v fiscal_year:i staffing_status:v teacher_fte total_fte pupils_per_teacher_fte teacher_fte_per_100_pupils
        aide_fte_per_100_pupils leader_fte_per_100_pupils student_support_fte_per_100_pupils
        instructional_support_fte_per_100_pupils admin_fte_per_100_pupils other_fte_per_100_pupils
        average_teacher_salary_amount:d novice_teacher_share_rate average_teacher_experience_years teacher_turnover_rate
        average_class_size pupil_weighted_class_size instructional_hours spend_per_instructional_hour"""),
    "peers": _schema("""
        lea_id:v fiscal_year:i peer_rank:i peer_lea_id:v distance feature_count:i feature_names:v
        largest_difference_name:v largest_difference_value second_difference_name:v second_difference_value third_difference_name:v
        third_difference_value peer_count:i peer_status:v lea_type_code:v eligible_lea_count:i"""),
    "school_peers": _schema("""
        school_id:v lea_id:v fiscal_year:i peer_rank:i peer_school_id:v peer_lea_id:v distance feature_count:i feature_names:v
        largest_difference_name:v largest_difference_value second_difference_name:v second_difference_value third_difference_name:v
        third_difference_value peer_count:i peer_status:v school_level:v eligible_school_count:i"""),
    "district_productivity": _schema("""
        lea_id:v fiscal_year:i real_wage_adjusted_current_expenditure_per_pupil compared_lea_count:i
        measure:v subject:v assessment_id:v student_group:v model:v outcome_value outcome_low outcome_high outcome_status:v
        is_outcome_outlier:b spending_status:v is_spending_outlier:b peer_count:i peer_outcome_count:i peer_distance expected_value
        residual_value residual_low residual_high expected_spending_per_pupil spending_difference_per_pupil spending_difference_low
        spending_difference_high point_quadrant:v quadrant:v indeterminate_reason:v stability_rate reading_count:i is_stable:b
        cost_per_outcome_unit cost_status:v outcome_per_thousand_dollars do_not_rank:b do_not_rank_reason:v"""),
    "school_productivity": _schema("""
        school_id:v lea_id:v fiscal_year:i real_wage_adjusted_total_per_pupil compared_school_count:i
        measure:v subject:v assessment_id:v student_group:v model:v outcome_value outcome_low outcome_high outcome_status:v
        is_outcome_outlier:b spending_status:v is_spending_outlier:b peer_count:i peer_outcome_count:i peer_distance expected_value
        residual_value residual_low residual_high expected_spending_per_pupil spending_difference_per_pupil spending_difference_low
        spending_difference_high point_quadrant:v quadrant:v indeterminate_reason:v stability_rate reading_count:i is_stable:b
        cost_per_outcome_unit cost_status:v outcome_per_thousand_dollars do_not_rank:b do_not_rank_reason:v"""),
    "submission_quality": _schema("""
        lea_id:v collection:v fiscal_year:i reporting_period:v is_expected:b status:v latest_version:i accepted_version:i
        submission_count:i is_late:b due_on:day first_received_at:time days_late:i"""),
    "findings": _schema("""
        sha256:v collection:v lea_id:v fiscal_year:i reporting_period:v defect:v edit_id:v row_number:i column_name:v
        is_consequence:b"""),
}


class Truth:
    """Writes rows to `<folder>/<table>.parquet`; use as a context manager."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._rows: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
        self._writers = {
            name: pq.ParquetWriter(folder / f"{name}.parquet", schema, compression="zstd")
            for name, schema in TABLES.items()
        }

    def __enter__(self) -> Truth:
        return self

    def __exit__(self, *_: object) -> None:
        for name in TABLES:
            self._flush(name)
            self._writers[name].close()

    def add(self, table: str, rows: list[dict[str, Any]]) -> None:
        """Keep rows; a column a row does not name is null."""
        self._rows[table] += rows
        if len(self._rows[table]) >= AT_ONCE:
            self._flush(table)

    def _flush(self, table: str) -> None:
        if self._rows[table]:
            self._writers[table].write_table(pa.Table.from_pylist(self._rows[table], schema=TABLES[table]))
            self._rows[table] = []
