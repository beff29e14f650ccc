"""No value of a cell stops the gate: every column of every collection with values that make databases stumble.

Belongs here: extreme values, and that the batch is judged. Does not belong here: which edit finds what (`test_edits`).
"""

import csv
import io
from datetime import date
from decimal import Decimal

import pyarrow.parquet as pq
import pytest
from judging import COLLECTIONS, CONTRACTS, File, bad_files, judge

EXTREMES = ["299924-06-30", "-290307-01-01", "0000-00-00", "9999-12-31", "infinity", "epoch", "now", "9" * 16, "9" * 19, "9" * 39, "-" + "9" * 16,
            "0." + "0" * 40 + "1", "1e308", "1e-400", "NaN", "-inf", "0x10", "1_000", "true", "'", "%", "\\", "{batch}", "$1", ":name", "?", "\u0661\u0662",
            "\u2212" + "5", "\u00a05", "5\u00a0", "\ufeff5", "5\u200b"]  # fmt: skip


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_the_gate_judges_every_value(tmp_path, seeds, collection):
    (clean, *_), _ = bad_files(collection)
    header, first, *rows = csv.reader(io.StringIO(clean.data.decode()))
    files = [
        File(f"{place}_{number}.csv", _written([header, [*first[:place], value, *first[place + 1 :]], *rows]), clean.reporting_period)
        for place in range(len(header))
        for number, value in enumerate(EXTREMES)
    ]  # fmt: skip
    answers = judge(CONTRACTS[collection], files, tmp_path / "batch", seeds, rows_into=tmp_path / "rows")
    types = {column.header: column for column in CONTRACTS[collection].columns}
    for file in files:
        verdict = answers[file.name].verdict
        assert (
            verdict.record_count
            == verdict.row_count + verdict.excluded_count + verdict.suspended_count
            == 1 + len(rows)
        )
        place, number = map(int, file.name.removesuffix(".csv").split("_"))
        column = types[header[place]]
        if verdict.is_accepted and column.data_type != "varchar":
            (kept,) = [
                row[column.name]
                for row in pq.read_table(tmp_path / "rows" / f"{file.name}.parquet").to_pylist()
                if row["row_number"] == 2
            ]
            assert _is(kept, EXTREMES[number].strip()), (file.data, kept)
    assert "suspended" in {answer.verdict.verdict for answer in answers.values()}


def _is(kept: object, text: str) -> bool:
    """Whether the typed value is what the text says."""
    if isinstance(kept, bool):
        return kept is (text in ("true", "Y"))
    return kept.isoformat() == text if isinstance(kept, date) else Decimal(kept) == Decimal(text)


def _written(rows: list[list[str]]) -> bytes:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue().encode()
