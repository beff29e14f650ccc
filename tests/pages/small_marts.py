"""Marts of four districts, written by hand, with the columns the marts promise: what pages are made of without a night.

Belongs here: tables and rows. Does not belong here: what a page must say of them.
District 0001 has everything and a name that means harm; 0002 has gaps, zeros and suppressed figures; 0003 sent nothing; 0004 is a peer.
"""

from decimal import Decimal

import duckdb
import yaml

from ingest.settings import project_folder

HARM = '<script>alert("x")</script></title>\u2028&amp;\u202e'
SCHOOL_HARM = '=HYPERLINK("x")</script><img src=x onerror=alert(1)>'
YEARS = range(2020, 2026)
COMING = {
    "district_productivity": "lea_id varchar, fiscal_year integer, measure varchar, subject varchar, grade_band varchar, "
    "assessment_id varchar, student_group varchar, model varchar, is_higher_better boolean, outcome_value double, outcome_low double, "
    "outcome_high double, outcome_status varchar, real_wage_adjusted_current_expenditure_per_pupil double, expected_value double, "
    "residual_value double, residual_low double, residual_high double, expected_spending_per_pupil double, "
    "spending_difference_per_pupil double, spending_difference_low double, spending_difference_high double, quadrant varchar, "
    "indeterminate_reason varchar, cost_per_outcome_unit double, cost_status varchar, do_not_rank boolean",
    "peers": "lea_id varchar, fiscal_year integer, peer_lea_id varchar, peer_rank integer, distance double, "
    "largest_difference_name varchar, largest_difference_value double",
}
"""Tables whose model may not be there yet; a model that is there is taken instead."""
TABLES = (
    "dim_lea", "dim_school", "generation", "district_spending", "operating_budget", "f33_detail", "spending_flexibility",
    "district_staffing", "school_spending", "district_productivity", "peers", "district_per_pupil_compared",
)  # fmt: skip
SUPPRESSING = ("district_spending", "operating_budget", "district_staffing", "school_spending", "district_productivity")


def promised(table: str) -> dict[str, str]:
    """The columns of a mart and their types, from its contract."""
    path = project_folder() / "dbt" / "models" / "marts" / f"{table}.yml"
    if not path.exists():
        return dict(part.strip().split(" ", 1) for part in COMING[table].split(", "))
    (model,) = (one for one in yaml.safe_load(path.read_text("utf-8"))["models"] if one["name"] == table)
    return {column["name"]: column["data_type"] for column in model["columns"]}


def small_marts(without: tuple[str, ...] = (), is_public: bool = False) -> duckdb.DuckDBPyConnection:
    """A connection whose search path is the marts; a public one has `suppressed_columns` where something may be withheld."""
    con = duckdb.connect()
    con.execute("create schema marts")
    con.execute("use memory.marts")
    for table in TABLES:
        columns = promised(table) | ({"suppressed_columns": "varchar"} if is_public and table in SUPPRESSING else {})
        con.execute(f"create table {table} ({', '.join(f'{name} {kind}' for name, kind in columns.items())})")
    for fill in (_directory, _spending, _budget, _survey, _people, _schools, _outcomes):
        fill(con)
    if is_public:
        _suppress(con)
    for table in without:
        con.execute(f"drop table {table}")
    return con


def put(con, table: str, **values) -> None:
    """One row; columns not named are empty."""
    con.execute(
        f"insert into {table} ({', '.join(values)}) values ({', '.join('?' * len(values))})", [*values.values()]
    )


def _directory(con) -> None:
    names = {"0001": HARM, "0002": "Quiet Valley", "0003": "Silent Hill", "0004": "Peer Town"}
    for lea_id, name in names.items():
        put(con, "dim_lea", lea_id=lea_id, lea_name=name, nces_lea_id=f"990{lea_id}", valid_from_fiscal_year=2020)
    for school_id, name in (("001", SCHOOL_HARM), ("002", "Second School"), ("003", "Second School")):
        put(con, "dim_school", lea_id="0001", school_id=school_id, school_name=name, school_level="high", valid_from_fiscal_year=2020)  # fmt: skip
    put(
        con,
        "generation",
        generation_id="20260101T000000Z-test",
        cut="accepted",
        reference_version="r",
        code_version="c",
    )


def _spending(con) -> None:
    for year in YEARS:
        for lea_id in ("0001", "0002", "0003", "0004"):
            is_known = lea_id != "0003" and not (lea_id == "0002" and year == 2023)
            row = {
                "lea_id": lea_id,
                "lea_name": "name",
                "fiscal_year": year,
                "reporting_period": "actual_audited" if is_known else None,
            }
            row |= {
                f"{kind}_status": "reported" if is_known else "missing"
                for kind in ("spending", "revenue", "membership")
            }
            if is_known:
                row |= {
                    "fall_membership_count": 1000 + year - 2020,
                    "current_expenditure_amount": Decimal("10000000.50"),
                }
                row |= {
                    "current_expenditure_per_pupil": 10000.5,
                    "real_wage_adjusted_current_expenditure_per_pupil": 9000.0 + int(lea_id),
                }
                row |= {"real_current_expenditure_per_pupil": 10000.0 + 100 * (year - 2020)}
                row |= {"instruction_amount": Decimal("7000000.00"), "support_services_amount": Decimal("3000000.50")}
                row |= {"capital_outlay_amount": Decimal("0.00"), "total_expenditure_amount": Decimal("10000000.50")}
                row |= {"federal_revenue_amount": Decimal("1.00"), "state_revenue_amount": Decimal("2.00")}
                row |= {"local_revenue_amount": Decimal("3.00"), "total_revenue_amount": Decimal("6.00")}
            put(con, "district_spending", **row)
    for year in (2024, 2025):
        put(con, "district_per_pupil_compared", lea_id="0001", fiscal_year=year, numerator_def_id="cur_f33", amount_type="actual",
            dollars_log_change=0.04, pupils_log_change=-0.01, per_pupil_log_change=0.03)  # fmt: skip


def _budget(con) -> None:
    steps = {
        "all_spending": 100,
        "debt_service": Decimal("-12.50"),
        "fiduciary_funds": 0,
        "operating_budget": Decimal("87.50"),
    }
    left = {
        "all_spending": 100,
        "debt_service": Decimal("87.50"),
        "fiduciary_funds": Decimal("87.50"),
        "operating_budget": Decimal("87.50"),
    }
    for lea_id in ("0001", "0002"):
        for order, step in enumerate(steps):
            told = {
                "lea_id": lea_id,
                "fiscal_year": 2025,
                "step_order": order,
                "step": step,
                "spending_status": "reported",
            }
            put(con, "operating_budget", **told, amount_type="actual", amount=steps[step], running_amount=left[step], reporting_period="actual_audited")  # fmt: skip
            put(con, "operating_budget", **told, amount_type="budget", amount=steps[step], running_amount=left[step], reporting_period="revised_budget")  # fmt: skip
    put(con, "operating_budget", lea_id="0003", fiscal_year=2025, amount_type="actual", step_order=0, step="operating_budget", spending_status="missing")  # fmt: skip


def _survey(con) -> None:
    items = (("E13", "750.00", "reported"), ("V40", "250.00", "reported"), ("V65", "0.00", "zero"), ("V85", None, "not_applicable"), ("E11", None, "missing"))  # fmt: skip
    for lea_id, listed in (("0001", items[:4]), ("0002", items)):
        for item, amount, status in listed:
            put(con, "f33_detail", lea_id=lea_id, fiscal_year=2025, f33_item=item, item_group="current", item_status=status, amount=amount and Decimal(amount))  # fmt: skip


def _people(con) -> None:
    for lea_id in ("0001", "0002"):
        for year in YEARS:
            row = {
                "lea_id": lea_id,
                "fiscal_year": year,
                "staffing_status": "reported",
                "pupils_per_teacher_fte": 15.25,
            }
            row |= {
                "teacher_fte_per_100_pupils": 6.125,
                "aide_fte_per_100_pupils": 0.0,
                "novice_teacher_share_rate": 0.1225,
            }
            put(con, "district_staffing", **row, teacher_turnover_rate=None if year == 2025 else 0.1)
            put(con, "spending_flexibility", lea_id=lea_id, fiscal_year=year, operating_amount=100, restricted_amount=40,
                unrestricted_amount=60, committed_amount=0, untold_amount=0, unrestricted_share_rate=0.6, site_share_rate=0.8)  # fmt: skip
    put(con, "district_staffing", lea_id="0003", fiscal_year=2025, staffing_status="missing")


def _schools(con) -> None:
    for school_id, pupils, total in (("001", 100, 12000.0), ("002", 0, None), ("003", 50, 8000.5)):
        put(con, "school_spending", lea_id="0001", school_id=school_id, fiscal_year=2025, spending_status="reported", membership_count=pupils,
            central_federal_amount=0, central_state_local_amount=100000 if pupils else 0, total_per_pupil=total, site_per_pupil=total and total - 1000)  # fmt: skip


def _outcomes(con) -> None:
    sides = {"ela": (0.05, 0.02, 0.08, "high_outcome_low_spend"), "math": (-0.05, -0.09, 0.01, "indeterminate")}
    for lea_id in ("0001", "0002", "0004"):
        for subject, (residual, low, high, quadrant) in sides.items():
            put(con, "district_productivity", lea_id=lea_id, fiscal_year=2025, measure="proficiency_rate", subject=subject, student_group="all",
                model="peer_median", outcome_value=0.515, outcome_low=0.5, outcome_high=0.53, outcome_status="reported", is_higher_better=True,
                expected_value=0.515 - residual, residual_value=residual, residual_low=low, residual_high=high, quadrant=quadrant,
                real_wage_adjusted_current_expenditure_per_pupil=9000.0 + int(lea_id), expected_spending_per_pupil=8500.0,
                spending_difference_per_pupil=500.0 + int(lea_id), spending_difference_low=100.0, spending_difference_high=900.0,
                cost_status="earlier_years_missing")  # fmt: skip
    for rank, peer in enumerate(("0002", "0004"), 1):
        put(con, "peers", lea_id="0001", fiscal_year=2025, peer_lea_id=peer, peer_rank=rank, distance=0.5 * rank, largest_difference_name="low_income_rate", largest_difference_value=-0.5)  # fmt: skip


def _suppress(con) -> None:
    con.execute("update district_staffing set novice_teacher_share_rate = null, suppressed_columns = 'novice_teacher_share_rate:small;' where lea_id = '0002'")  # fmt: skip
    con.execute("update school_spending set central_state_local_amount = null, total_per_pupil = null, suppressed_columns = 'central_state_local_amount:small;total_per_pupil:complementary' where school_id = '003'")  # fmt: skip
    con.execute("update operating_budget set amount = null, running_amount = null, suppressed_columns = 'amount:small;running_amount:small' where lea_id = '0002' and amount_type = 'budget'")  # fmt: skip
    con.execute("update district_productivity set outcome_value = null, outcome_low = null, outcome_high = null, suppressed_columns = 'outcome_value:small;outcome_low:small;outcome_high:small' where lea_id = '0004' and subject = 'math'")  # fmt: skip
