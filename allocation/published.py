"""The state's own formulas worked out anew over the schools of a published generation, in fractions: what `edfin explain` holds the marts against.

Belongs here: reading parameters and schools of one LEA, year and scenario; attendance and the way back to norm. Does not belong here:
the formula itself (`budgeting`), scenarios that are only tried out (`scenario`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import duckdb

from allocation.budgeting import CENT, Allocation, allocate
from allocation.scenario import Concentration, Scenario, SmallSchool
from allocation.schools import School
from ingest.refusals import Refusal


def recount(con: duckdb.DuckDBPyConnection, row: Mapping[str, Any]) -> dict[str, Decimal | None]:
    """What the formula gives one school, by column of `school_allocation`; `row` is its row there. `con`: opened on the generation, its
    reference tables in `memory.reference`. A column that cannot be worked out is None; so is everything where the formula gives nothing."""
    parameters = con.execute(
        "select parameter, student_group, grade_code, value from memory.reference.formula_parameters where scenario = ? "
        "and ? between coalesce(first_fiscal_year, 0) and coalesce(last_fiscal_year, 9999)",
        [row["scenario"], row["fiscal_year"]],
    ).fetchall()
    said = {name: value for name, _, _, value in parameters if name != "weight"}
    weights = {_name(group, grade): Decimal(value) for name, group, grade, value in parameters if name == "weight"}
    schools = _schools(con, row, said, weights)
    try:
        result = allocate(_scenario(row["scenario"], said, weights, _pool(con, row, said, schools)), schools)
    except Refusal:
        return {}
    (own,) = (one for one in result.allocations if one.school.school_id == row["school_id"])
    ada = _attendance(con, row, said, own)
    salary = row["salary_adjustment_amount"]
    now = None if None in (own.school.prior, salary) else own.school.prior + salary
    other = None
    if None not in (now, ada):
        other = _half_up(Fraction(said.get("norm_rate", "0")) * Fraction(now - own.amount - ada - salary))
    return {
        "weighted_pupil_count": _half_up(own.weighted_pupils, Decimal("0.000001")),
        "formula_amount": own.formula,
        "hold_harmless_adjustment_amount": own.amount - own.formula,
        "ada_adjustment_amount": ada,
        "other_adjustment_amount": other,
        "projected_expenditure_amount": now,
    }


def _name(group: str | None, grade: str | None) -> str:
    return group or f"grade {grade}"


def _schools(con, row, said: Mapping[str, str], weights: Mapping[str, Decimal]) -> list[School]:
    money = (
        "site_state_local_amount"
        if said.get("pool_basis") == "site_state_local"
        else "site_federal_amount + site_state_local_amount"
    )
    found = con.execute(
        f"select school_id, membership_count, {money} from school_spending where lea_id = ? and fiscal_year = ? "
        "and (membership_count is not null or total_amount <> 0)",
        [row["lea_id"], row["fiscal_year"]],
    ).fetchall()
    counted = con.execute(
        "select school_id, student_group, grade_code, fall_membership_count from fct_membership where lea_id = ? and fiscal_year = ? "
        "and reporting_period = 'fall' and school_id is not null and grade_code in (select code from memory.reference.grade where is_pk12 = 'Y')",
        [row["lea_id"], row["fiscal_year"]],
    ).fetchall()
    needs: dict[str, dict[str, Decimal | None]] = {}
    for school_id, group, grade, pupils in counted:
        for name in (group, *([_name(None, grade)] if group == "all" else [])):
            own = needs.setdefault(school_id, {})
            before = own.get(name, Decimal(0))
            own[name] = None if pupils is None or before is None else before + pupils
    # A grade a school does not have is nobody; so is every group of a school without pupils.
    nobody = dict.fromkeys((name for name in weights if name.startswith("grade ")), Decimal(0))
    return [
        School(
            school_id, Decimal(pupils or 0),
            ({} if pupils else dict.fromkeys(weights, Decimal(0))) | nobody
            | {name: count for name, count in needs.get(school_id, {}).items() if count is not None},
            prior, row["lea_id"],
        )
        for school_id, pupils, prior in found
    ]  # fmt: skip


def _pool(con, row, said: Mapping[str, str], schools: Sequence[School]) -> Decimal | None:
    if "pool_basis" not in said:
        return None
    if said["pool_basis"] == "operating_budget":
        found = con.execute(
            "select amount from operating_budget where lea_id = ? and fiscal_year = ? and amount_type = 'actual' and step = 'operating_budget'",
            [row["lea_id"], row["fiscal_year"]],
        ).fetchall()
        whole = found[0][0] if found else None
    else:
        whole = sum((one.prior for one in schools if one.prior is not None), Decimal(0))
    return None if whole is None else _half_up(Fraction(whole) * Fraction(said.get("pool_rate", "1")))


def _scenario(name: str, said: Mapping[str, str], weights: Mapping[str, Decimal], pool: Decimal | None) -> Scenario:
    def number(parameter: str) -> Decimal | None:
        return Decimal(said[parameter]) if parameter in said else None

    return Scenario(
        name=name,
        pool=pool,
        base=number("base_amount"),
        weights=dict(weights),
        foundation_per_school=number("foundation_amount") or Decimal(0),
        small_school=SmallSchool(below=int(said["small_school_below"]), amount_per_missing_pupil=number("small_school_amount"))
        if "small_school_below" in said
        else None,
        concentration=Concentration(
            group=said["concentration_group"], threshold=number("concentration_threshold"), rate=number("concentration_rate"),
            counts=said.get("concentration_counts", "pupils"),
        )
        if "concentration_group" in said
        else None,
        hold_harmless=number("hold_harmless_rate"),
        missing_is_zero=said.get("missing_is_zero", "N") == "Y",
    )  # fmt: skip


def _attendance(con, row, said: Mapping[str, str], own: Allocation) -> Decimal | None:
    """The adjustment to the LEA's attendance rate; None where nobody says who attends."""
    form = said.get("ada_form")
    if form is None or not own.school.pupils:
        return Decimal("0.00")
    counted = con.execute(
        "select school_id, sum(adm), sum(ada) from fct_membership where lea_id = ? and fiscal_year = ? and reporting_period = 'year_end' "
        "and student_group = 'all' and school_id is not null and grade_code in (select code from memory.reference.grade where is_pk12 = 'Y') "
        "group by 1 having sum(adm) is not null and sum(ada) is not null",
        [row["lea_id"], row["fiscal_year"]],
    ).fetchall()
    schools = {school_id: Fraction(ada) / Fraction(adm) for school_id, adm, ada in counted if adm}
    whole = sum((Fraction(adm) for _, adm, _ in counted), Fraction(0))
    if not whole or row["school_id"] not in schools:
        return None
    lea = sum((Fraction(ada) for _, _, ada in counted), Fraction(0)) / whole
    rate = schools[row["school_id"]]
    if form == "A":
        return _half_up(Fraction(own.formula) * (lea / rate - 1)) if rate else None
    return _half_up(Fraction(said["ada_amount"]) * Fraction(own.school.pupils) * (lea - rate))


def _half_up(amount: Fraction, to: Decimal = CENT) -> Decimal:
    return (Decimal(amount.numerator) / Decimal(amount.denominator)).quantize(to, ROUND_HALF_UP)
