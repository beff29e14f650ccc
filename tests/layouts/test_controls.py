"""A stated count and a stated total, held against the file as it was sent.

Belongs here: what the submission or a trailer says of the file. Does not belong here: totals among the records (`tests/reader`).
"""

from decimal import Decimal

import pytest
from exports import AMOUNTS, HEADER

from ingest.controls import Controls
from ingest.refusals import Refusal

LINES = (",".join(HEADER), "n,10,F,110,1.50", "n,10,F,800,2.25", "n,10,F,110,-0.75")
TRAILED = {"footer_pattern": "^END", "control_pattern": r"^END\|(?P<count>[^|]*)\|(?P<total>[^|]*)"}


def said(result) -> list[str]:
    return [fault.detail for fault in result.faults if fault.edit == "file_control"]


@pytest.mark.parametrize(
    ("count", "total", "expected"),
    [
        (3, "3.00", []),
        (3, None, []),
        (2, "3", ["The submission states 2 records, the file holds 3."]),
        (
            None,
            "5.25",
            ["The submission states a total of 5.25, the amounts of the file add to 3.00: off by -2.25."],
        ),
    ],
)
@pytest.mark.parametrize("sign", ["natural", "debit_positive"])
def test_a_submissions_own_count_and_total(through, count, total, expected, sign):
    stated = Controls(count, Decimal(total) if total else None)
    assert said(through(*LINES, controls=stated, sign=sign)) == expected


@pytest.mark.parametrize(
    ("trailer", "expected"),
    [
        ("END,3,3.00", []),
        ("END,3,", []),
        ("END,4,3.00", ["Its trailer states 4 records, the file holds 3."]),
        ("END,3,1.00", ["Its trailer states a total of 1.00, the amounts of the file add to 3.00: off by 2.00."]),
        ("END,three,1.00", ["Its trailer states 'three' records and '1.00', which are not both numbers."]),
        (None, ["The line that states the count and the total is not at its end: the file may have broken off."]),
    ],
)
def test_a_trailer_that_a_layout_declares(through, trailer, expected):
    lines = LINES if trailer is None else (*LINES, trailer)
    assert said(through(*lines, file=TRAILED)) == expected


def test_records_that_the_layout_leaves_out_are_in_the_count_and_the_total(through):
    excluded = [{"when": {"Obj": ["800"]}, "reason": "revenue", "why": "Spending only."}]
    result = through(*LINES, controls=Controls(3, Decimal("3.00")), exclude=excluded)
    assert (len(result.rows), said(result)) == (2, [])


def test_a_total_is_of_the_first_amount_a_layout_lists(through):
    amounts = [*AMOUNTS, {"amount_type": "budget", "from": "Func"}]
    lines = (LINES[0], "n,10,7.00,110,1.50")
    assert said(through(*lines, controls=Controls(None, Decimal("1.5")), amounts=amounts)) == []


@pytest.mark.parametrize(
    ("count", "total", "has_amounts"), [("3.5", "", True), ("-1", "", True), ("", "1,5", True), ("", "3", False)]
)
def test_what_is_no_statement_is_refused_when_it_is_made(count, total, has_amounts):
    with pytest.raises(Refusal):
        Controls.stated(count, total, has_amounts)
