"""`edfin simulate`: a published example to the cent, a page that can be opened, and clear words for what is wrong.

Belongs here: the command. Does not belong here: properties of the formula (`test_formula`).
"""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[3] / "shared" / "domain" / "worked_examples"
SCHOOLS = [
    {"school_id": "A", "enrollment": "500", "low_income": "400", "prior_amount": "5000000"},
    {"school_id": "B", "enrollment": "800", "low_income": "200", "prior_amount": "6900000"},
]


def _rows(name: str) -> list[dict[str, str]]:
    path = EXAMPLES / name
    if not path.exists():
        pytest.skip(f"{path} is not here")
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_published_student_based_budget_comes_out_to_the_cent(simulated):
    parameters = {row["parameter"]: row["value"] for row in _rows("v20_student_based_budget_parameters.csv")}
    weights = {
        name.removeprefix("weight_"): float(value) for name, value in parameters.items() if name.startswith("weight_")
    }
    schools = [
        {
            "school_id": row["school"],
            "prior_amount": row["prior_allocation_usd"],
            **{k: v for k, v in row.items() if k not in ("school", "prior_allocation_usd")},
        }
        for row in _rows("v20_student_based_budget_input.csv")
    ]
    formula = {"pool": float(parameters["pool_usd"]), "weights": weights}
    found = simulated(schools, {"name": "need", **formula}, {"name": "held", **formula, "hold_harmless": 0.98})
    for row in _rows("v20_student_based_budget_expected.csv"):
        free, held = found["need", row["school"]], found["held", row["school"]]
        assert free["weighted_pupil_count"] == float(row["exp_weighted_pupils"])
        assert free["allocation_amount"] == float(row["exp_allocation_usd"])
        assert held["floor_amount"] == float(row["exp_hold_harmless_floor_usd"])
        assert held["is_at_floor"] is (row["exp_floor_binds"] == "Y")
        assert held["allocation_amount"] == float(row["exp_allocation_hold_harmless_usd"])
        assert held["change_amount"] == float(row["exp_change_from_prior_usd"])
    for name in ("need", "held"):
        given = sum(Decimal(str(row["allocation_amount"])) for (scenario, _), row in found.items() if scenario == name)
        assert given == Decimal(parameters["pool_usd"])


def test_the_page_has_a_chart_and_every_school_and_runs_nothing(simulated):
    simulated(
        [{**SCHOOLS[0], "school_id": "<script>x</script>"}, SCHOOLS[1]],
        {"name": "need", "pool": "current", "weights": {"low_income": 0.5}},
    )
    page = simulated.page.read_text()
    assert page.count("<svg") == 2 and "<script" not in page and "&lt;script&gt;" in page
    assert 'Unallocated, dollars</th><td class="number">0.00</td>' in page.replace("\n", "")


WRONG = {
    "a group nobody counted": ({"name": "x", "pool": 1, "weights": {"ell": 1}}, "school A has no count of ell"),
    "no money": ({"name": "x"}, "say either pool"),
    "a key that is none": ({"name": "x", "pool": 1, "weight": {}}, "scenarios, 1, weight: is no key here"),
    "a negative weight": ({"name": "x", "pool": 1, "weights": {"low_income": -1}}, "scenarios, 1, weights, low_income"),
    "a weight finer than any": (
        {"name": "x", "pool": 1, "weights": {"low_income": "1e-999999"}},
        "scenarios, 1, weights, low_income",
    ),
    "a pool beyond all money": ({"name": "x", "pool": "1e30"}, "scenarios, 1, pool"),
    "floors above the pool": ({"name": "x", "pool": 100, "hold_harmless": 1}, "11,899,900.00 more than the pool"),
    "floors that leave less than the foundation": (
        {"name": "x", "pool": "current", "hold_harmless": 1, "foundation_per_school": 5500000},
        "more than the pool",
    ),
    "a foundation above the pool": (
        {"name": "x", "pool": 100, "foundation_per_school": 100},
        "100.00 more than the pool",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_scenario_that_cannot_be_is_refused_in_words(simulated, case):
    scenario, said = WRONG[case]
    assert said in simulated(SCHOOLS, scenario)


def test_a_cell_that_is_no_count_is_named_with_its_row(simulated):
    said = simulated([SCHOOLS[0], {**SCHOOLS[1], "low_income": "n/a"}], {"name": "x", "pool": 1})
    assert "schools.csv, row 3, column low_income: n/a" in said


@pytest.mark.parametrize("cell", ["1e999999", "1e-999999", "1e13", "0.0000001"])
def test_a_number_that_no_school_has_is_named_with_its_row(simulated, cell):
    said = simulated([SCHOOLS[0], {**SCHOOLS[1], "low_income": cell}], {"name": "x", "pool": 1})
    assert f"schools.csv, row 3, column low_income: {cell} is no number" in said


def test_more_pupils_in_need_than_pupils_are_refused(simulated):
    said = simulated([{**SCHOOLS[0], "low_income": "501"}], {"name": "x", "pool": 1, "weights": {"low_income": 1}})
    assert "more pupils of low_income (501) than pupils (500)" in said


def test_a_missing_count_may_be_said_to_be_nobody(simulated):
    found = simulated(SCHOOLS, {"name": "x", "pool": 100, "weights": {"el": 1}, "missing_is_zero": True})
    assert found["x", "A"]["weighted_pupil_count"] == 500
