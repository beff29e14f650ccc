"""Published examples that are a district: they go through the whole warehouse and come out as published.

Belongs here: site and central spending. Does not belong here: districts worked out by hand (`test_hand_worked`).
"""

import csv
import json
from decimal import Decimal

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
