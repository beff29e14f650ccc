"""Published examples that are a district: they go through the whole warehouse and come out as published.

Belongs here: site and central spending, the student-based budget, the pilot's salary adjustments. Does not belong here: districts worked out by hand (`test_hand_worked`).
"""

import csv
import json
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hand_home import EXAMPLES, PUBLISHED, edfin


def _rows(name: str) -> list[dict[str, str]]:
    path = EXAMPLES / name
    if not path.exists():
        pytest.skip(f"{path} is not here")
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))


def test_site_and_central_spending_per_pupil_is_as_published(home):
    expected, totals = _rows("v21_site_central_expected.csv"), _rows("v21_site_central_expected_totals.csv")
    rows = json.loads(edfin(home, "sql", "select * from school_spending where lea_id = '9021'", "--format", "json"))
    schools = {row["school_id"]: row for row in rows}
    for wanted in expected:
        row = schools[PUBLISHED[0]["names"][wanted["school"]]]
        for part in ("site_federal", "site_state_local", "central_federal", "central_state_local"):
            per_pupil = row[f"{part}_amount"] / row["membership_count"]
            assert per_pupil == pytest.approx(float(wanted[f"exp_{part}_pp"]), abs=0.005), part
        assert row["total_per_pupil"] == pytest.approx(float(wanted["exp_total_pp"]), abs=0.005)
    exact = {row["statistic"]: float(row["exp_value"]) for row in totals}
    whole = sum(Decimal(str(row["total_amount"])) for row in rows)
    site = sum(row["site_federal_amount"] + row["site_state_local_amount"] for row in rows)
    assert float(whole) == exact["district_total_usd"]
    assert float(whole) / sum(row["membership_count"] for row in rows) == exact["district_ppe"]
    assert site / float(whole) == pytest.approx(exact["site_share"], abs=0.000001)


def _allocated(home, lea_id: str, scenario: str) -> dict[str, dict]:
    sql = f"select * from school_allocation where lea_id = '{lea_id}' and scenario = '{scenario}'"
    rows = json.loads(edfin(home, "sql", sql, "--format", "json"))
    (names,) = [one["names"] for one in PUBLISHED if one["lea"]["lea_id"] == lea_id]
    return {name: row for name, school_id in names.items() for row in rows if row["school_id"] == school_id}


def test_the_student_based_budget_is_as_published(home):
    expected = _rows("v20_student_based_budget_expected.csv")
    found = _allocated(home, "9020", "published")
    assert len(found) == len(expected)
    for wanted in expected:
        row = found[wanted["school"]]
        assert row["weighted_pupil_count"] == float(wanted["exp_weighted_pupils"])
        assert row["formula_amount"] == float(wanted["exp_allocation_usd"])
        assert row["is_at_floor"] == (wanted["exp_floor_binds"] == "Y")
        assert row["allocation_amount"] == float(wanted["exp_allocation_hold_harmless_usd"])
        assert row["surplus_amount"] == float(wanted["exp_change_from_prior_usd"])


def test_the_pilots_salary_adjustments_are_as_published_row_by_row(home):
    expected = _rows("v01_ssfr_salary_adjustment.csv")
    found = _allocated(home, "9019", "salaries")
    for wanted in expected:
        row = found[wanted["school"]]
        assert row["salary_adjustment_amount"] == float(wanted["salary_adjustment_usd"]), wanted["school"]
        per_pupil = Decimal(str(row["salary_adjustment_per_pupil"]))
        assert per_pupil.quantize(Decimal(1), ROUND_HALF_UP) == int(wanted["exp_per_pupil_rounded"]), wanted["school"]
        assert row["salary_adjustment_per_pupil"] == pytest.approx(float(wanted["exp_per_pupil_4dp"]), abs=0.00005)
    pilots = [found[wanted["school"]] for wanted in expected]
    whole, pupils = (sum(row[name] for row in pilots) for name in ("salary_adjustment_amount", "membership_count"))
    assert (whole, pupils, round(whole / pupils, 2)) == (1_422_935, 20_653, 68.90)
    assert sum(row["salary_adjustment_amount"] > 65_000 for row in pilots) == 11
