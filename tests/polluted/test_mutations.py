"""Whatever is done to a file's bytes, no record and no cent is lost: in = accepted + excluded + suspended.

Belongs here: mutations and that one law, by the reader's own count and by a plain count of the rows. Does not belong here: verdicts.
"""

from decimal import Decimal

import pyarrow.compute as pc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tables import PLAIN, contract

from ingest.contracts import read_contract
from ingest.number_forms import decimal_of
from ingest.reader import Task, read

SOURCE = PLAIN.encode()
PIECES = [b'"', b",", b"\n", b"\r", b"\r\n", b";", b"\t", b"\x00", b" ", b"-", b".", b"1e5", b"0", b"999", b"\xff", b"\xc3\xbc", b"(5)",
          b"1,000.00", b",,,,,,\n", b"1e99", b"NaN", b"'", b"\\", b"Total", SOURCE[:60], SOURCE[200:300]]  # fmt: skip
change = st.tuples(st.integers(0, len(SOURCE)), st.integers(0, 12), st.sampled_from(PIECES))


@pytest.fixture(scope="module")
def task(tmp_path_factory):
    path = tmp_path_factory.mktemp("mutations") / "contract.yml"
    path.write_text(contract())
    return Task(read_contract(path), {}, "", "", None)


def conserved(task, changes) -> None:
    data = bytearray(SOURCE)
    for place, length, piece in changes:
        data[place : place + length] = piece
    (reading,) = read(bytes(data), task)
    if reading.table is None:
        assert reading.faults
        return
    left_out = sum(one.record_count for one in reading.excluded)
    assert reading.record_count == reading.table.num_rows + left_out
    assert len(pc.unique(reading.table["row_number"])) == reading.table.num_rows
    numbers = [decimal_of(text) for text in reading.table["amount"].to_pylist()]
    if None not in numbers:
        assert reading.amount_sum == sum(numbers, Decimal(0)) and reading.unreadable_amounts == 0


@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(changes=st.lists(change, min_size=1, max_size=4))
def test_nothing_is_lost(task, changes):
    conserved(task, changes)


@pytest.mark.soak
@settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(changes=st.lists(change, min_size=1, max_size=6))
def test_nothing_is_lost_in_ten_thousand(task, changes):
    conserved(task, changes)
