"""Typed cells and odd numbers: each becomes a text that can be judged, none ends the reading.

Belongs here: cell -> text, and sums of texts. Does not belong here: files that are refused (`test_structure`).
"""

import io
import math
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.number_forms import decimal_of, exact_sum
from ingest.reader_parquet import read_parquet, text_of


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (math.nan, "NaN"),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
        (1e300, "1" + "0" * 300),
        (Decimal("321467.580000000"), "321467.58"),
        (Decimal("0E-9"), "0"),
        (Decimal("-0.000"), "0"),
        (Decimal("1200.000"), "1200"),
        (Decimal("1200.00"), "1200.00"),
        (Decimal("1200"), "1200"),
        (Decimal("0.125"), "0.125"),
    ],
)
def test_a_typed_cell_becomes_text(cell, text):
    assert text_of(cell) == text


def test_parquet_columns_of_floats_and_wide_decimals_are_read():
    out = io.BytesIO()
    wide = pa.array([Decimal("321467.58"), None], pa.decimal128(38, 9))
    pq.write_table(pa.table({"a": pa.array([math.nan, 1.5]), "b": wide}), out)
    raw = read_parquet(out.getvalue())
    assert [column.to_pylist() for column in raw.columns] == [["NaN", "1.5"], ["321467.58", None]]
    assert raw.numeric_cells == {0: [0, 1], 1: [0]}


@pytest.mark.parametrize(
    "text", ["1e9999999", "1e-9999999", "²", "١٢", "NaN", "inf", "1_000", " 1", "1\n", "+1", ".5", "", None]
)
def test_what_is_no_number_is_counted_and_not_summed(text):
    assert exact_sum(["0.10", text, "0.20"]) == (Decimal("0.30"), 1)
    assert decimal_of(text) is None


def test_a_sum_is_exact_however_far_apart_its_numbers_are():
    assert exact_sum(["1e40", "0.01", "-1e40", "2E-1"]) == (Decimal("0.21"), 0)
