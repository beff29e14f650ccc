"""The table of planted defects.

Belongs here: one row a defect: which cell is spoiled on which rows, and the edit that must be found.
Does not belong here: how files are spoiled (`defects`).

Columns: collection, edit id, severity (F fatal, W warning), name, column the finding names, spoiled column (or several), value; then
`where` (cell number -> allowed values), `filled` (a cell that must not be empty), `also` (edits that may follow).
"""

from __future__ import annotations

from typing import NamedTuple


class Defect(NamedTuple):
    """One way to spoil a file. `found_at`: the row itself, its whole group, or the group's total row."""

    collection: str
    edit_id: str
    severity: str
    name: str
    column: str | None
    spoils: str
    value: str
    where: tuple[tuple[int, tuple[str, ...]], ...] = ()
    filled: int | None = None
    also: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    found_at: str = "row"

    @property
    def is_fatal(self) -> bool:
        return self.severity == "F"


# A warning spoils only what no mart rests on: an unpaid post at a school would move the average pay that its truth knows.
# Edits that look at a submission or a fund as a whole: their findings name no row.
OF_NO_ROW = ("ledger_048", "ledger_049")
_BOOKS = OF_NO_ROW
_ACTUAL = ("actual_unaudited", "actual_audited")
_BUDGET = ("adopted_budget", "revised_budget")
_SPENT = ((3, ("expenditure",)),)
_EARNED = ((3, ("revenue",)),)
_ORDERED = ((15, ("encumbrance",)),)
_AT_SCHOOL = ((11, ("school",)),)
_CENTRAL = ((11, ("central",)),)
_ALL = ((4, ("all",)),)
_LEARNERS = ((4, ("el",)),)
_REPORTED = ((13, ("reported",)),)
_TEACHER = ((4, ("ELMTCH", "SECTCH", "UGTCH")),)


def _d(collection: str, number: int, severity: str, name: str, column: str, value: str, **more: object) -> Defect:
    spoils = str(more.pop("spoils", column))
    return Defect(collection, f"{collection}_{number:03d}", severity, name, column, spoils, value, **more)  # type: ignore[arg-type]


# fmt: off
CELLS = (
    _d("ledger", 1, "F", "fund_empty", "fund_code", "", where=((3, ("asset",)),), also=("ledger_006", *_BOOKS)),
    _d("ledger", 2, "F", "spending_with_a_source", "source_code", "31100", where=_SPENT),
    _d("ledger", 3, "F", "revenue_with_an_object", "object_code", "6110", where=_EARNED),
    _d("ledger", 4, "F", "school_line_without_school", "school_id", "", where=_AT_SCHOOL),
    _d("ledger", 5, "F", "school_not_in_directory", "school_id", "999", where=_AT_SCHOOL),
    _d("ledger", 6, "F", "account_without_mapping", "object_code", "5950", where=_SPENT),
    _d("ledger", 7, "W", "line_twice", "amount", "<repeat>", where=_ORDERED, periods=_ACTUAL),
    _d("ledger", 8, "F", "actual_in_a_budget", "amount_type", "actual", periods=_BUDGET),
    _d("ledger", 9, "F", "line_of_another_lea", "lea_id", "9998", where=_CENTRAL, also=("ledger_010",)),
    _d("ledger", 11, "F", "year_of_its_beginning", "fiscal_year", "2009", where=_CENTRAL, also=("ledger_023",)),
    _d("ledger", 12, "F", "fund_not_in_chart", "fund_code", "999", where=_SPENT, also=_BOOKS),
    _d("ledger", 13, "F", "class_unknown", "account_class", "expense", where=_SPENT, also=_BOOKS),
    _d("ledger", 14, "F", "function_not_in_chart", "function_code", "777", where=_SPENT),
    _d("ledger", 15, "F", "object_not_in_chart", "object_code", "50000", where=_SPENT),
    _d("ledger", 16, "F", "program_not_in_chart", "program_code", "9X", where=_SPENT),
    _d("ledger", 17, "W", "project_not_registered", "project_code", "7777", where=_ORDERED, periods=_ACTUAL),
    _d("ledger", 18, "F", "source_not_in_chart", "source_code", "99999", where=_EARNED),
    _d("ledger", 19, "W", "level_unknown", "level_code", "99", where=_SPENT),
    _d("ledger", 20, "F", "payee_unknown", "payee_type", "school", where=_SPENT),
    _d("ledger", 21, "F", "location_unknown", "location_type", "main office", where=_CENTRAL),
    _d("ledger", 22, "F", "date_american", "posting_date", "06/30/2024", where=_SPENT, periods=_ACTUAL),
    _d("ledger", 23, "W", "date_of_another_year", "posting_date", "2009-06-15", where=_SPENT, periods=_ACTUAL),
    _d("ledger", 24, "F", "amount_type_short", "amount_type", "Act", where=_SPENT, periods=_ACTUAL, also=_BOOKS),
    _d("ledger", 25, "F", "amount_empty", "amount", "", where=_SPENT, also=("ledger_026", *_BOOKS)),
    _d("ledger", 26, "F", "amount_three_decimals", "amount", "12.345", where=_SPENT, also=("ledger_025", *_BOOKS)),
    _d("ledger", 26, "F", "amount_exponent", "amount", "1e5", where=_SPENT, also=("ledger_025", *_BOOKS)),
    _d("ledger", 26, "F", "amount_with_currency", "amount", "$1,200.00", where=_SPENT, also=("ledger_025", *_BOOKS)),
    _d("ledger", 27, "W", "amount_lost_decimal_point", "amount", "2000000000.00", where=_ORDERED, periods=_ACTUAL),
    _d("staff", 1, "F", "salary_empty", "salary_amount", ""),
    _d("staff", 2, "F", "assignment_twice", "staff_id", "<repeat>", where=((5, ("0.2500", "0.5000", "0.7500")),), also=("staff_003",)),
    _d("staff", 4, "W", "unpaid_post", "salary_amount", "0.00", where=((3, ("",)), (4, ("OTHSUP",))), also=("staff_018",)),
    _d("staff", 5, "W", "two_experiences", "experience_years", "41", where=((4, ("PARA", "OTHSUP", "SCHADM", "SCHSUP", "ELMGUI", "SECGUI")),), filled=8, found_at="group"),
    _d("staff", 6, "F", "row_of_another_lea", "lea_id", "9998", where=((3, ("",)),), also=("staff_007",)),
    _d("staff", 8, "F", "year_of_its_beginning", "fiscal_year", "2009"),
    _d("staff", 9, "F", "name_as_id", "staff_id", "Smith, Ann"),
    _d("staff", 10, "F", "social_security_number", "staff_id", "078-05-1120"),
    _d("staff", 11, "F", "school_not_in_directory", "school_id", "999"),
    _d("staff", 12, "F", "category_local", "assignment_category", "T-04"),
    _d("staff", 13, "F", "fte_percent", "assignment_fte", "50%", also=("staff_001",)),
    _d("staff", 14, "F", "fte_hundred", "assignment_fte", "100", also=("staff_003",)),
    _d("staff", 15, "F", "salary_with_currency", "salary_amount", "$65,000", also=("staff_001",)),
    _d("staff", 16, "F", "salary_negative", "salary_amount", "-500.00", also=("staff_004", "staff_018")),
    _d("staff", 17, "F", "benefits_continental", "benefits_amount", "15.000,00"),
    _d("staff", 18, "W", "benefits_above_salary", "benefits_amount", "199999.00", where=((4, ("PARA", "OTHSUP")),)),
    _d("staff", 19, "F", "experience_in_words", "experience_years", "7 yrs"),
    _d("staff", 20, "F", "year_of_hiring", "experience_years", "2004", also=("staff_005",)),
    _d("staff", 21, "F", "degree_local", "degree_code", "MA+30"),
    _d("staff", 22, "F", "certified_in_words", "is_certified", "yes", also=("staff_023",)),
    _d("staff", 23, "W", "certification_empty", "is_certified", "", where=_TEACHER),
    _d("staff", 24, "F", "in_field_number", "is_in_field", "1"),
    _d("staff", 25, "F", "contract_in_months", "contract_days", "10 months"),
    _d("staff", 26, "F", "contract_in_hours", "contract_days", "1496"),
    _d("staff", 27, "W", "race_letter", "race_code", "W"),
    _d("staff", 28, "W", "gender_letter", "gender_code", "F"),
    _d("membership", 1, "F", "group_empty", "student_group", "", where=_LEARNERS, periods=("fall",), also=("membership_006",)),
    _d("membership", 2, "F", "row_twice", "student_group", "<repeat>", where=_LEARNERS, periods=("fall",)),
    _d("membership", 3, "F", "count_empty", "fall_membership_count", "", where=_LEARNERS, periods=("fall",)),
    _d("membership", 4, "F", "adm_and_ada_empty", "adm", "", spoils="adm ada", periods=("year_end",)),
    _d("membership", 6, "F", "group_above_total", "fall_membership_count", "9999", where=_LEARNERS, periods=("fall",)),
    _d("membership", 7, "F", "races_do_not_add", "fall_membership_count", "<more>", where=((4, ("race_mr",)),), periods=("fall",), found_at="total"),
    _d("membership", 8, "F", "row_of_another_lea", "lea_id", "9998", also=("membership_009", "membership_011")),
    _d("membership", 10, "F", "year_of_its_beginning", "fiscal_year", "2009"),
    _d("membership", 11, "F", "school_not_in_directory", "school_id", "999", where=_LEARNERS, periods=("fall",), also=("membership_006",)),
    _d("membership", 12, "F", "grade_without_zero", "grade_code", "5", where=_LEARNERS, periods=("fall",), also=("membership_006", "membership_019")),
    _d("membership", 13, "F", "group_local", "student_group", "LEP", where=_LEARNERS, periods=("fall",)),
    _d("membership", 14, "F", "count_masked", "fall_membership_count", "<10", where=_LEARNERS, periods=("fall",)),
    _d("membership", 16, "F", "adm_comma", "adm", "410,5", periods=("year_end",)),
    _d("membership", 17, "F", "ada_percent", "ada", "97%", periods=("year_end",)),
    _d("sections", 1, "F", "minutes_empty", "minutes_per_week", ""),
    _d("sections", 2, "F", "section_twice", "section_id", "<repeat>"),
    _d("sections", 3, "W", "no_teacher", "staff_id", ""),
    _d("sections", 4, "F", "row_of_another_lea", "lea_id", "9998", also=("sections_005", "sections_007")),
    _d("sections", 6, "F", "year_of_its_beginning", "fiscal_year", "2009"),
    _d("sections", 7, "F", "school_not_in_directory", "school_id", "999"),
    _d("sections", 8, "F", "course_without_zero", "course_code", "2034", also=("sections_010",)),
    _d("sections", 9, "F", "subject_in_words", "subject_code", "MATH", also=("sections_010",)),
    _d("sections", 10, "W", "course_of_another_subject", "subject_code", "05"),
    _d("sections", 11, "F", "grade_without_zero", "grade_code", "5", also=("sections_017",)),
    _d("sections", 12, "F", "count_with_decimals", "student_count", "24.0", also=("sections_001",)),
    _d("sections", 14, "F", "minutes_as_hours", "minutes_per_week", "3h45", also=("sections_001",)),
    _d("sections", 15, "F", "minutes_of_a_year", "minutes_per_week", "8100"),
    _d("sections", 16, "F", "name_as_id", "staff_id", "Smith, Ann"),
    _d("outcomes", 1, "F", "status_empty", "value_status", "", where=_REPORTED),
    _d("outcomes", 2, "F", "row_twice", "measure", "<repeat>"),
    _d("outcomes", 3, "F", "reported_without_value", "value", "", where=_REPORTED),
    _d("outcomes", 4, "F", "masked_with_zero", "value", "0", where=((13, ("suppressed",)),)),
    _d("outcomes", 5, "F", "range_upside_down", "value_low", "1.0000", where=((13, ("range",)), (12, ("0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7")))),
    _d("outcomes", 6, "F", "more_than_all", "numerator", "99999", where=_REPORTED, filled=8, also=("outcomes_007",)),
    _d("outcomes", 7, "W", "rate_of_other_counts", "value", "<tenth>", where=_REPORTED, filled=8),
    _d("outcomes", 8, "F", "row_of_another_lea", "lea_id", "9998", also=("outcomes_009", "outcomes_011")),
    _d("outcomes", 10, "F", "year_of_its_beginning", "fiscal_year", "2009"),
    _d("outcomes", 11, "F", "school_not_in_directory", "school_id", "999"),
    _d("outcomes", 12, "F", "measure_local", "measure", "GradRate", where=((3, ("graduation_rate_4yr",)),)),
    _d("outcomes", 13, "F", "subject_in_words", "subject", "Mathematics", where=((4, ("math",)),)),
    _d("outcomes", 14, "F", "group_local", "student_group", "LEP", where=((6, ("el",)),)),
    _d("outcomes", 15, "F", "numerator_masked", "numerator", "n<10", where=_REPORTED),
    _d("outcomes", 16, "F", "denominator_rounded", "denominator", "~50", where=_REPORTED),
    _d("outcomes", 17, "F", "value_percent", "value", "85%", where=_REPORTED, also=("outcomes_003",)),
    _d("outcomes", 18, "F", "value_of_hundred", "value", "85", where=((3, ("proficiency_rate",)), (13, ("reported",))), also=("outcomes_007",)),
    _d("outcomes", 19, "F", "status_star", "value_status", "*", where=_REPORTED),
    _d("outcomes", 20, "F", "break_in_words", "scale_break", "true"),
)
# fmt: on
# A file the reader refuses as a whole; the edit's name is preceded by the collection's.
BROKEN_FILES = tuple(
    Defect("any", edit, "F", name, None, "", "")
    for edit, name in (
        ("file_empty", "empty_file"),
        ("file_empty", "header_only"),
        ("file_header", "column_missing"),
        ("file_header", "column_unknown"),
        ("file_field_count", "one_delimiter_too_many"),
        ("file_quotes", "quote_not_closed"),
        ("file_control_characters", "nul_byte"),
        ("file_encoding", "not_utf8"),
    )
)
