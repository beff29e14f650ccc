"""Every record of a file is in a row or counted as left out, whatever its cells hold.

Belongs here: that balance, over many files. Does not belong here: what a rule gives (`test_layout_forms`).
"""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

HEADER = ["Name", "Fund", "Func", "Obj", "Budget", "Actual"]
CELLS = st.sampled_from(["", " ", "0", "0.00", "-0", "5.00", "-3.10", "x", "1e9999999", "²", "NaN"])
COUNTS = {"header": ["School", "Boys", "Girls"], "collection": "membership", "columns": {"school_id": "School", "grade_code": {"value": "ALL"}},
          "rows": [{"student_group": group, "fall_membership_count": {"from": name}, "skip_empty": "fall_membership_count"}
                   for group, name in (("gender_m", "Boys"), ("gender_f", "Girls"))]}  # fmt: skip
many = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def amounts(*skipping: bool) -> list[dict]:
    names = zip(("budget", "actual"), skipping, strict=True)
    return [{"amount_type": name, "from": name.title(), "skip_zero": skips} for name, skips in names]


def balance(result) -> None:
    reading = result.reading
    assert not result.faults, result.faults
    left_out = sum(e.record_count for e in reading.excluded)
    assert len({row["row_number"] for row in result.rows}) + left_out == reading.record_count
    assert all(e.record_count for e in reading.excluded)


@many
@given(
    cells=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6),
    skipping=st.tuples(st.booleans(), st.booleans()),
    footers=st.integers(0, 2),
)
def test_amounts_that_are_skipped_lose_no_record(through, cells, skipping, footers):
    lines = [f"n,10,F,110,{budget},{actual}" for budget, actual in cells] + ["Total,,,,,"] * footers
    filters = [{"when": {"Budget": ["5.00"]}, "reason": "budget_entry", "why": "no spending"}]
    result = through(",".join(HEADER), *lines, header=HEADER, amounts=amounts(*skipping), exclude=filters,
                     file={"footer_pattern": "^Total"})  # fmt: skip
    balance(result)
    assert result.reading.record_count == len(lines)


@many
@given(cells=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6))
def test_rows_that_are_skipped_lose_no_record(through, cells):
    lines = [f"001,{boys},{girls}" for boys, girls in cells]
    result = through("School,Boys,Girls", *lines, **COUNTS)
    balance(result)
    assert result.reading.record_count == len(lines)


def test_a_record_of_zeros_and_empty_cells_is_left_out_as_no_amount(through):
    lines = ["n,10,F,110,0.00,0", "n,10,F,110,,", "n,10,F,110,,0", "n,10,F,110,,4.00", "n,10,F,110,x,"]
    result = through(",".join(HEADER), *lines, header=HEADER, amounts=amounts(True, True))
    assert [(r["row_number"], r["amount_type"], r["amount"]) for r in result.rows] == [(6, "budget", "x"), (5, "actual", "4.00")]  # fmt: skip
    one = result.excluded["no_amount"]
    assert (one.record_count, one.amount, one.unreadable) == (3, Decimal("0.00"), [])


def test_an_empty_amount_that_is_not_skipped_stays_a_row_to_be_judged(through):
    result = through(",".join(HEADER), "n,10,F,110,,", header=HEADER, amounts=amounts(True, False))
    assert [(r["amount_type"], r["amount"]) for r in result.rows] == [("actual", None)]


@pytest.mark.parametrize("year", ["²4", "٢٤", "20245", "FY24"])
def test_a_year_that_is_no_year_stays_to_be_judged(through, year):
    header = [*HEADER, "Year"]
    rows = through(",".join(header), f"n,10,F,110,1.00,2.00,{year}", header=header, amounts=amounts(False, False),
                   fiscal_year={"from": "Year", "add": 2000}).rows  # fmt: skip
    assert {row["fiscal_year"] for row in rows} == {year}
