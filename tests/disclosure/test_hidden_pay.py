"""What one person is paid follows from no amount of an LEA that is shown, nor from a school's.

Belongs here: amounts by function and object, and the categories of a school, attacked by everything that stands beside them. Does not belong
here: counts of pupils (`test_attacked_releases`).
"""

import random
from decimal import Decimal
from types import SimpleNamespace

import duckdb
import numpy as np
import pytest
from scipy.optimize import linprog

from ingest.settings import project_folder
from publish.disclosure.pay import Before, Group, hidden_together, hide_pay
from publish.disclosure.pay_tables import read_groups
from publish.disclosure.protect import EXTREME, FEW
from publish.disclosure.site_pay import complement_of, is_of_few

MINIMUM = Decimal(250_000)
GROUPS = read_groups(project_folder() / "dbt" / "seeds")
FUNCTIONS = (
    "1000",
    "2110",
    "2140",
    "2213",
    "2220",
    "2310",
    "2320",
    "2410",
    "2510",
    "2580",
    "2610",
    "2710",
    "3100",
    "3300",
)
OBJECTS = ("110", "150", "210", "230", "340", "580", "610")


def _ledger(seed: int) -> dict:
    """An LEA's amounts: many of one person or two, functions with nothing but pay, sources apart."""
    rng = random.Random(seed)
    rows = {}
    for function in FUNCTIONS:
        for code in OBJECTS:
            for source in ("local", "federal"):
                if rng.random() < (0.7 if source == "local" else 0.2):
                    most = rng.choice([60_000, 180_000, 900_000, 4_000_000]) // (1 if code[0] == "1" else 5)
                    rows[function, code, source, "1"] = Decimal(rng.randint(2_000, most))
    return rows


def _sums(rows: dict, hidden) -> list[tuple[dict, Decimal]]:
    """What is shown beside the rows: the F-33's items that are not hidden, as sums of rows."""

    def of(group, kinds):
        return [row for row in rows if group.holds(row[0]) and row[1][0] in kinds]

    found = []
    for group in GROUPS:
        for item, kinds in ((group.salaries, "1"), (group.benefits, "2"), (group.spending, "123456")):
            if item and item not in hidden.items and (parts := of(group, kinds)):
                found.append(parts)
    grouped = [row for row in rows if any(group.holds(row[0]) for group in GROUPS)]
    for item, kinds in (("Z32", "1"), ("Z34", "2")):
        if item not in hidden.items:
            found.append([row for row in rows if row[1][0] in kinds])
    found.append(grouped)
    return found


def _width(target: list, unknown: list, sums: list, rows: dict) -> float:
    place = {row: number for number, row in enumerate(unknown)}
    matrix, right = [], []
    for parts in sums:
        line = np.zeros(len(unknown))
        for row in parts:
            if row in place:
                line[place[row]] = 1
        if line.any():
            matrix.append(line)
            right.append(float(sum(rows[row] for row in parts if row in place)))
    goal = np.zeros(len(unknown))
    goal[[place[row] for row in target]] = 1
    ends = []
    for sign in (1, -1):
        done = linprog(
            sign * goal,
            A_eq=np.array(matrix) if matrix else None,
            b_eq=right or None,
            bounds=(0, 10**8),
            method="highs",
        )
        assert done.status == 0
        ends.append(sign * done.fun)
    return ends[1] - ends[0]


@pytest.mark.parametrize("seed", range(40))
def test_no_pay_of_few_can_be_worked_out(seed):
    rows = _ledger(seed)
    hidden = hide_pay(rows, GROUPS, MINIMUM)
    unknown = sorted(hidden.rows)
    sums = _sums(rows, hidden)
    paid = [row for row in rows if row[1][0] == "1"]
    assert all(row in hidden.rows for row in paid if rows[row] < MINIMUM)
    for row in unknown:
        if row[1][0] == "1" and rows[row] < MINIMUM:
            assert _width([row], unknown, sums, rows) > 1_000, row
    # The salaries of a function together are one person's where it has one row alone.
    for function in FUNCTIONS:
        own = [row for row in paid if row[0] == function]
        if own and sum(rows[row] for row in own) < MINIMUM:
            assert _width(own, unknown, sums, rows) > 1_000, function


def test_a_large_ledger_hides_nothing():
    rows = {(function, code, "local", "1"): Decimal(900_000) for function in FUNCTIONS for code in OBJECTS}
    hidden = hide_pay(rows, GROUPS, MINIMUM)
    assert not hidden.rows and not hidden.items


def test_what_was_hidden_stays_so_and_what_was_shown_hides_nothing():
    rows = {("2410", "110", "local", "1"): Decimal(300_000), ("2410", "110", "federal", "2"): Decimal(60_000), ("2410", "150", "local", "1"): Decimal(280_000), ("2410", "610", "local", "1"): Decimal(9_000)}  # fmt: skip
    plain = hide_pay(rows, [Group(("2400", "2499"), "V17", "V18", "E09")], MINIMUM)
    assert ("2410", "150", "local", "1") in plain.rows and ("2410", "110", "local", "1") not in plain.rows
    before = Before(shown={("2410", "150", "local", "1")})
    again = hide_pay(rows, [Group(("2400", "2499"), "V17", "V18", "E09")], MINIMUM, before)
    assert ("2410", "110", "local", "1") in again.rows
    kept = hide_pay(
        {row: amount for row, amount in rows.items() if row[3] == "1"},
        GROUPS,
        MINIMUM,
        Before(hidden={("2410", "110", "local", "1")}),
    )
    assert ("2410", "110", "local", "1") in kept.rows


def test_a_net_below_zero_is_small():
    assert hidden_together({"a": Decimal(-5), "b": Decimal(400_000), "c": Decimal(1)}, MINIMUM)[0] == {"a", "b", "c"}


POLICY = SimpleNamespace(minimum_persons=3, pay_amount_minimum=MINIMUM, dominance_rate=Decimal("0.8"))
SITE = {
    "two teachers": ("teachers", 130_000, 130_000, {"teacher": 2, "all": 20}, True),
    "three teachers": ("teachers", 130_000, 130_000, {"teacher": 3, "all": 20}, False),
    "nobody counted, little money": ("teachers", 130_000, 130_000, None, True),
    "nobody counted, much money": ("teachers", 1_300_000, 1_300_000, None, False),
    "no such role in the file": ("leaders", 130_000, 130_000, {"teacher": 9, "all": 9}, True),
    "benefits of two": ("benefits", 30_000, 30_000, {"teacher": 2, "all": 2}, True),
    "benefits of many": ("benefits", 30_000, 30_000, {"teacher": 9, "all": 9}, False),
    "one custodian and little else": ("operations", 50_000, 42_000, {"all": 9}, True),
    "one custodian and heating": ("operations", 200_000, 42_000, {"all": 9}, False),
    "no pay": ("materials", 50_000, 0, {"all": 9}, False),
}


@pytest.mark.parametrize("name", SITE)
def test_a_category_that_is_pay_of_few_is_hidden(name):
    category, amount, pay, persons, wanted = SITE[name]
    assert is_of_few(category, Decimal(amount), Decimal(pay), persons, POLICY) is wanted


AMOUNTS = {name: Decimal(value) for name, value in {"teachers": 90_000, "benefits": 30_000, "leaders": 80_000, "materials": 5_000, "operations": 100_000,
           "food_service": 400_000, "central_share": 95_000}.items()}  # fmt: skip
COVERED = {
    "one of two persons takes one that brings the money": ({"teachers"}, {"teacher": 2}, set(), ["food_service"]),
    "three persons together need no more": ({"teachers", "leaders"}, {"teacher": 2, "leader": 1}, set(), []),
    "two single persons are no cover for each other": (
        {"teachers", "leaders"},
        {"teacher": 1, "leader": 1},
        set(),
        ["operations"],
    ),
    "nobody counted: by money": ({"teachers", "leaders"}, None, set(), ["operations"]),
    "what was shown covers nothing": ({"teachers", "leaders"}, None, {"operations"}, ["food_service"]),
    "nothing hidden": (set(), None, set(), []),
}


@pytest.mark.parametrize("name", COVERED)
def test_hidden_categories_together_tell_nobodys_pay(name):
    hidden, persons, shown, wanted = COVERED[name]
    assert complement_of(hidden, AMOUNTS, persons, POLICY, shown) == wanted


def test_two_who_are_well_paid_are_two_all_the_same():
    amounts = AMOUNTS | {"teachers": Decimal(150_000), "leaders": Decimal(160_000)}
    assert complement_of({"teachers", "leaders"}, amounts, {"teacher": 1, "leader": 1}, POLICY) == ["operations"]


def test_the_share_of_central_cost_goes_last():
    amounts = {"teachers": Decimal(90_000), "materials": Decimal(0), "central_share": Decimal(300_000)}
    assert complement_of({"teachers"}, amounts, {"teacher": 1}, POLICY) == ["central_share"]


CASES = {"all of 30": (30, 30, "top_coded"), "29 of 30": (29, 30, "top_coded"), "none of 30": (0, 30, "bottom_coded"), "one of 30": (1, 30, "bottom_coded"),
         "all of 15": (15, 15, "small_cell"), "none of 15": (0, 15, "small_cell"), "25 of 30": (25, 30, "small_cell"), "20 of 40": (20, 40, None), "9 of 9": (9, 9, "small_cell")}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_coded_rate_does_not_say_all_or_none(name):
    reached, count, wanted = CASES[name]
    few, extreme = (text.format(minimum=10, top="0.95", bottom="0.05") for text in (FEW, EXTREME))
    (said,) = duckdb.execute(
        f"select coalesce({few}, {extreme}) from (select {reached} / {count}::double as outcome_value, {count} as outcome_count) as t"
    ).fetchone()
    assert said == wanted
