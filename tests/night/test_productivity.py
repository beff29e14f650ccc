"""Spending beside outcomes on a real night: what is said surely, and what is left open.

Belongs here: what `peers`, `school_peers` and the tables of productivity hold of each other, as published. Does not belong here: their values
beside the planted truth (`test_night`, `test_panel`), steps worked out by hand (unit tests beside the models).
"""

import json
from collections import Counter, defaultdict
from statistics import median

import pytest

pytestmark = pytest.mark.slow
OUTCOME = ("measure", "subject", "grade_band", "assessment_id")


def ask(home, table: str) -> list[dict]:
    return json.loads(home.ok("sql", f"select * from {table}", "--format", "json"))


@pytest.fixture(scope="module")
def schools(first_night):
    return ask(first_night.home, "school_productivity")


@pytest.fixture(scope="module")
def peers(first_night):
    """Peers by school and year."""
    found = defaultdict(list)
    for row in ask(first_night.home, "school_peers"):
        found[row["lea_id"], row["school_id"], row["fiscal_year"]].append(row)
    return found


def outcome(row: dict) -> tuple:
    return tuple(row[name] for name in OUTCOME)


def test_nobody_is_among_its_own_peers_and_none_twice(peers):
    for (lea_id, school_id, _), told in peers.items():
        ids = [(row["peer_lea_id"], row["peer_school_id"]) for row in told]
        assert (lea_id, school_id) not in ids and len(ids) == len(set(ids)) <= 10
        near = [row["distance"] for row in sorted(told, key=lambda row: row["peer_rank"])]
        assert near == sorted(near)


def test_the_largest_difference_is_named_first(peers):
    for row in (row for told in peers.values() for row in told):
        gaps = [abs(row[f"{word}_difference_value"]) for word in ("largest", "second", "third")]
        assert gaps == pytest.approx(sorted(gaps, reverse=True), abs=1e-6)
        assert row["largest_difference_name"] in row["feature_names"].split(", ")


def test_what_is_expected_is_the_median_of_the_peers_named(schools, peers):
    known = {(row["lea_id"], row["school_id"], row["fiscal_year"], outcome(row)): row for row in schools}
    checked = 0
    for row in schools:
        if row["expected_value"] is None:
            continue
        of_peers = [
            known.get((one["peer_lea_id"], one["peer_school_id"], row["fiscal_year"], outcome(row)))
            for one in peers[row["lea_id"], row["school_id"], row["fiscal_year"]]
        ]
        values = [one["outcome_value"] for one in of_peers if one and one["outcome_value"] is not None]
        assert row["expected_value"] == pytest.approx(median(values)) and len(values) == row["peer_outcome_count"] >= 5
        checked += 1
    assert checked


def test_a_quadrant_is_told_only_where_neither_interval_covers_zero(schools):
    kinds = Counter()
    for row in schools:
        ends = [(row["residual_low"], row["residual_high"]), (row["spending_difference_low"], row["spending_difference_high"])]  # fmt: skip
        is_sure = all(low is not None and (low > 0 or high < 0) for low, high in ends)
        assert (row["quadrant"] != "indeterminate") == is_sure == (row["indeterminate_reason"] is None)
        assert row["quadrant"] in ("indeterminate", row["point_quadrant"])
        kinds["sure" if is_sure else "open"] += 1
    assert kinds["open"]


def test_absence_is_better_where_it_is_less(schools):
    told = [row for row in schools if row["measure"] == "chronic_absenteeism_rate" and row["point_quadrant"] != "indeterminate"]  # fmt: skip
    assert told and not any(row["is_higher_better"] for row in told)
    assert all(row["point_quadrant"].startswith("high_outcome") == (row["residual_value"] < 0) for row in told)


def test_four_districts_are_too_few_for_any_median(first_night):
    rows = ask(first_night.home, "district_productivity")
    assert rows and all(row["quadrant"] == row["point_quadrant"] == "indeterminate" for row in rows)
    assert all(row["expected_value"] is None and row["do_not_rank"] for row in rows)
    assert any(row["do_not_rank_reason"].endswith("few_peers") for row in rows)
    assert all(row["peer_status"] == "too_few" for row in ask(first_night.home, "peers"))


def test_masks_stay_masks_and_ranges_stay_open(schools):
    masked = [row for row in schools if row["outcome_status"] == "suppressed"]
    assert all(row["outcome_value"] is None and row["outcome_low"] is None and row["do_not_rank"] for row in masked)
    ranged = [row for row in schools if row["outcome_status"] == "estimated"]
    # A range of 0.1 of fewer than twenty pupils: the interval is wider than the range.
    assert all(row["outcome_high"] - row["outcome_low"] > 0.1 for row in ranged)


def test_a_cost_is_spending_over_those_who_reached_it(schools):
    told = [row for row in schools if row["cost_per_outcome_unit"] is not None]
    assert told and {row["measure"] for row in told} == {"proficiency_rate"}
    for row in told:
        cost = row["real_wage_adjusted_total_per_pupil"] / row["outcome_value"]
        assert row["cost_per_outcome_unit"] == pytest.approx(cost)
    graduates = [row for row in schools if row["measure"].startswith("graduation") and row["spending_status"] == "reported"]  # fmt: skip
    assert {row["cost_status"] for row in graduates if row["outcome_value"]} == {"earlier_years_missing"}
