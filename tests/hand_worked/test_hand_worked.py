"""Ten districts worked out by hand against the definitions, through the public commands only.

Belongs here: comparing the analysts' tables with the fixtures of `districts/`.
Does not belong here: computing an expected value; every one is typed in a fixture with its reason.
"""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hand_home import DISTRICTS, LINE, edfin

KEYS = {"district_spending_detail": ("function_code", "object_code", "source_level", "fund_code")}


@pytest.fixture(scope="module")
def marts(home: Path) -> dict[str, list[dict[str, Any]]]:
    """The analysts' tables that the fixtures speak about."""
    tables = ("district_spending", "district_spending_detail", "school_spending", "school_spending_exclusion",
              "operating_budget", "operating_budget_source_use")  # fmt: skip
    return {
        table: json.loads(edfin(home, "sql", f"select * from marts.{table}", "--format", "json")) for table in tables
    }


def rows_of(marts: dict[str, list[dict[str, Any]]], table: str, lea_id: str, fiscal_year: int) -> list[dict[str, Any]]:
    return [row for row in marts[table] if row["lea_id"] == lea_id and int(row["fiscal_year"]) == fiscal_year]


def differences(row: dict[str, Any], expected: dict[str, Any], where: str) -> list[str]:
    """Compare one row: texts of dollars to the cent, floats closely, everything else exactly."""
    found = []
    for column, value in expected.items():
        actual = row[column]
        if isinstance(value, float) and actual is not None:
            same = float(actual) == pytest.approx(value, rel=1e-9)
        elif column.endswith("amount") and value is not None and actual is not None:
            same = Decimal(str(actual)).quantize(Decimal("0.01")) == Decimal(value)
        else:
            same = actual == value
        if not same:
            found.append(f"{where} {column}: expected {value}, found {actual}")
    return found


CASES = [(d, y) for d in DISTRICTS for y in d["years"]]
NAMES = [f"{d['lea']['lea_name'].replace(' ', '_')}_{y['fiscal_year']}" for d, y in CASES]


@pytest.mark.parametrize(("district", "year"), CASES, ids=NAMES)
def test_marts_equal_the_hand_worked_values(district: dict, year: dict, marts: dict) -> None:
    lea_id, fiscal_year, expected = district["lea"]["lea_id"], year["fiscal_year"], year["expected"]
    (spending,) = rows_of(marts, "district_spending", lea_id, fiscal_year)
    found = differences(spending, expected["district_spending"], "district_spending")
    keys = KEYS["district_spending_detail"]
    detail = {tuple(r[k] for k in keys): r for r in rows_of(marts, "district_spending_detail", lea_id, fiscal_year)}
    for row in expected.get("district_spending_detail", ()):
        key = tuple(row[k] for k in keys)
        # A cell whose lines cancel may be absent or zero.
        if key in detail or Decimal(row["amount"]):
            found += differences(detail.get(key, {"amount": None}), {"amount": row["amount"]}, f"detail {key}")
    schools = {row["school_id"]: row for row in rows_of(marts, "school_spending", lea_id, fiscal_year)}
    for school_id, row in expected.get("school_spending", {}).items():
        found += differences(schools[school_id], row, f"school {school_id}")
    if "school_spending_exclusion" in expected:
        rows = rows_of(marts, "school_spending_exclusion", lea_id, fiscal_year)
        amounts = {row["category"]: Decimal(str(row["amount"])).quantize(Decimal("0.01")) for row in rows}
        wanted = {name: Decimal(value) for name, value in expected["school_spending_exclusion"].items()}
        if {name: value for name, value in amounts.items() if value} != wanted:
            found.append(f"exclusions: expected {wanted}, found {amounts}")
    found += _budget_differences(marts, lea_id, fiscal_year, expected)
    assert not found, "\n".join(found)


def _budget_differences(marts: dict, lea_id: str, fiscal_year: int, expected: dict[str, Any]) -> list[str]:
    """Steps of the actual bridge, and who pays for what, where the fixture speaks of them."""
    found = []
    rows = [row for row in rows_of(marts, "operating_budget", lea_id, fiscal_year) if row["amount_type"] == "actual"]
    for step, amount in expected.get("operating_budget", {}).items():
        (row,) = [row for row in rows if row["step"] == step]
        found += differences(row, {"amount": amount}, f"operating budget, {step}")
    if "operating_budget_source_use" in expected:
        uses = rows_of(marts, "operating_budget_source_use", lea_id, fiscal_year)
        amounts = {f"{r['source']} {r['use']}": Decimal(str(r["amount"])) for r in uses if r["amount_type"] == "actual"}
        wanted = {name: Decimal(value) for name, value in expected["operating_budget_source_use"].items()}
        if amounts != wanted:
            found.append(f"streams: expected {wanted}, found {amounts}")
    return found


@pytest.mark.parametrize(("district", "year"), CASES, ids=NAMES)
def test_schools_and_exclusions_add_up_to_every_expenditure_line(district: dict, year: dict, marts: dict) -> None:
    if len(year["ledger"]) > 1:
        pytest.skip("several versions: the fixture's values say which one counts")
    lea_id, fiscal_year = district["lea"]["lea_id"], year["fiscal_year"]
    lines = list(csv.reader(io.StringIO(year["ledger"][0]["lines"])))
    spent = sum((Decimal(x[10]) for x in lines if x[1] == "expenditure" and len(x) < len(LINE)), Decimal(0))
    schools = rows_of(marts, "school_spending", lea_id, fiscal_year)
    exclusions = rows_of(marts, "school_spending_exclusion", lea_id, fiscal_year)
    parts = (
        [r["total_amount"] for r in schools]
        + [r["excluded_amount"] for r in schools]
        + [r["amount"] for r in exclusions]
    )
    assert sum((Decimal(str(part)) for part in parts), Decimal(0)).quantize(Decimal("0.01")) == spent


def test_a_suspended_version_leaves_the_earlier_one_standing(home: Path) -> None:
    listed = json.loads(edfin(home, "status", "--format", "json"))
    audited = [s for s in listed if s["lea_id"] == "9010" and s["reporting_period"] == "actual_audited"]
    states = {s["version"]: s["status"] for s in audited}
    assert states == {1: "superseded", 2: "accepted", 3: "suspended"}


def test_last_years_books_by_the_new_chart(home: Path) -> None:
    """FY2023 is one district's two lines: 160 moves from 2230 to 1000 with the chart of 2024, object 6500 is not in it any more."""
    query = "select * from marts.chart_revision_impact where fiscal_year = 2023 and dimension in ('function', 'object')"
    rows = json.loads(edfin(home, "sql", query, "--format", "json"))
    assert {(r["revision_fiscal_year"], r["account_class"], r["lea_count"]) for r in rows} == {(2024, "expenditure", 1)}
    said = {
        (r["dimension"], r["nces_code"]): tuple(
            Decimal(str(r[f"{name}_amount"])) for name in ("old_chart", "new_chart")
        )
        for r in rows
    }
    assert said == {
        ("function", "1000"): (50, 150),
        ("function", "2230"): (100, 0),
        ("object", "351"): (100, 100),
        ("object", "650"): (50, 0),
        ("object", "unmapped"): (0, 50),
    }
