"""What holds of every formula: the pool is given out whole, need never costs, order does not matter, floors hold.

Belongs here: properties and the statistics of equity. Does not belong here: the command (`test_simulate_command`).
"""

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocation.budgeting import allocate
from allocation.equity import Equity
from allocation.scenario import Scenario
from allocation.schools import School

EXAMPLES = Path(__file__).parents[3] / "shared" / "domain" / "worked_examples"


@st.composite
def schools(draw) -> list[School]:
    found = []
    for number in range(draw(st.integers(1, 8))):
        pupils = draw(st.integers(1, 3000))
        needs = {"poor": Decimal(draw(st.integers(0, pupils))), "el": Decimal(draw(st.integers(0, pupils)))}
        found.append(School(f"{number:03d}", Decimal(pupils), needs, Decimal(draw(st.integers(0, 10**9))).scaleb(-2)))
    return found


@st.composite
def scenarios(draw) -> Scenario:
    share = st.decimals(0, 1, places=3)
    more = {
        "group": "poor",
        "threshold": draw(st.decimals(0, "0.9", places=2)),
        "rate": draw(share),
        "counts": draw(st.sampled_from(["pupils", "needy"])),
    }
    return Scenario(
        name="any", pool="current", weights={"poor": draw(share), "el": draw(share)},
        concentration=draw(st.sampled_from([None, more])), hold_harmless=draw(st.sampled_from([None, Decimal("0.9"), Decimal(1)])),
    )  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(scenarios(), schools())
def test_the_pool_is_given_out_whole_and_floors_hold(scenario, found):
    result = allocate(scenario, found)
    assert sum(one.amount for one in result.allocations) == result.pool == sum(school.prior for school in found)
    for one in result.allocations:
        assert one.amount >= (one.floor or 0)
        assert one.amount == one.floor or not one.is_at_floor


@settings(max_examples=100, deadline=None)
@given(scenarios(), schools(), st.randoms())
def test_the_order_of_schools_does_not_matter(scenario, found, chance):
    shuffled = list(found)
    chance.shuffle(shuffled)
    assert allocate(scenario, shuffled) == allocate(scenario, found)


@settings(max_examples=100, deadline=None)
@given(scenarios(), schools())
def test_a_needy_pupil_more_never_costs_a_school(scenario, found):
    first = found[0]
    needy = School(first.school_id, first.pupils + 1, {**first.needs, "poor": first.needs["poor"] + 1}, first.prior)
    if scenario.concentration and first.needs["poor"] == first.pupils:
        return  # nobody there is not needy: the share stays
    before, after = (allocate(scenario, [one, *found[1:]]).allocations[0].formula for one in (first, needy))
    assert after >= before - Decimal("0.01")


@settings(max_examples=50, deadline=None)
@given(scenarios(), schools())
def test_equal_schools_get_equal_amounts(scenario, found):
    twin = School("twin", found[0].pupils, found[0].needs, found[0].prior)
    result = {one.school.school_id: one.amount for one in allocate(scenario, [*found, twin]).allocations}
    assert abs(result["twin"] - result[found[0].school_id]) <= Decimal("0.01")


NAMES = {"weighted_mean": "mean", "weighted_median": "median", "sd_population": "standard_deviation", "cv_population": "coefficient_of_variation",
         "mcloone_inclusive": "mcloone", "verstegen_inclusive": "verstegen", "mld": "mean_log_deviation", "atkinson_eps_1": "atkinson_1"}  # fmt: skip


def test_statistics_of_equity_are_those_of_the_worked_example():
    path = EXAMPLES / "v16_equity_a_input.csv"
    if not path.exists():
        pytest.skip(f"{path} is not here")
    with path.open(newline="") as stream:
        units = list(csv.DictReader(stream))
    found = Equity.of([float(row["ppe"]) for row in units], [float(row["pupils"]) for row in units]).statistics()
    with path.with_name("v16_equity_a_expected.csv").open(newline="") as stream:
        expected = {NAMES.get(row["statistic"], row["statistic"]): row for row in csv.DictReader(stream)}
    shared = expected.keys() & found.keys()
    assert len(shared) == len(found)
    for name in shared:
        assert abs(found[name] - float(expected[name]["exp_value"])) <= float(expected[name]["tolerance"]), name


def test_an_amount_of_nothing_has_no_logarithm():
    found = Equity.of([0.0, 10.0], [1, 1]).statistics()
    assert found["theil"] is None and found["gini"] == pytest.approx(0.5)
