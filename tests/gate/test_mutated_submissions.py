"""Ledgers with changed bytes through reader and gate: whatever is done to them, no record and no cent is lost.

300 of them in every run, 10,000 with -m soak. Belongs here: mutations, and law 11 by the rows that were written.
Does not belong here: the same at the reader alone (`polluted`), what an edit means (`test_edits`).
"""

import csv
import io
from decimal import Decimal
from random import Random

import pyarrow.parquet as pq
import pytest
from judging import CONTRACTS, File, bad_files, judge

PIECES = [b'"', b",", b"\n", b"\r", b"\r\n", b";", b"\t", b"\x00", b" ", b"-", b".", b"1e5", b"0", b"999", b"\xff", b"\xc3\xbc", b"(5)",
          b"1,000.00", b",,,,,,\n", b"1e99", b"NaN", b"'", b"\\", b"Total", b"10.00", b"0.01", b"=1+1", b"\xef\xbb\xbf", b',"x', b'x",', b'""', b',"",']  # fmt: skip
LEDGER = CONTRACTS["ledger"]


def mutated(source: bytes, rng: Random) -> bytes:
    """The file with one to six pieces of it replaced, left out, repeated, or two of its lines exchanged."""
    data = bytearray(source)
    for _ in range(rng.randint(1, 6)):
        place, lines = rng.randrange(len(data) + 1), bytes(data).splitlines(keepends=True)
        way = rng.random()
        if way < 0.7:
            data[place : place + rng.randint(0, 12)] = rng.choice(PIECES)
        elif way < 0.9 and lines:
            lines.insert(rng.randrange(len(lines) + 1), rng.choice(lines))
            data = bytearray(b"".join(lines))
        elif lines:
            del lines[rng.randrange(len(lines))]
            data = bytearray(b"".join(lines))
    return bytes(data)


@pytest.mark.parametrize("batch", [0, *(pytest.param(n, marks=pytest.mark.soak) for n in range(1, 21))])
def test_a_mutated_submission_loses_no_record_and_no_cent(tmp_path, seeds, batch):
    (clean, *_), _ = bad_files("ledger")
    rng, count = Random(batch), 500 if batch else 300
    files = [File(f"{number}.csv", mutated(clean.data, rng), clean.reporting_period) for number in range(count)]
    answers = judge(LEDGER, files, tmp_path / "batch", seeds, rows_into=tmp_path / "rows")
    accepted = 0
    for file in files:
        verdict, written = answers[file.name].verdict, tmp_path / "rows" / f"{file.name}.parquet"
        kept = pq.read_table(written, columns=["row_number", "amount"]).to_pylist() if written.exists() else []
        accepted += verdict.is_accepted
        assert verdict.is_accepted == written.exists(), file.data
        assert verdict.record_count == len(kept) + verdict.excluded_count + verdict.suspended_count, file.data
        assert verdict.row_count == len({row["row_number"] for row in kept}) == len(kept), file.data
        assert verdict.amounts.accepted == sum((row["amount"] for row in kept), Decimal(0)), file.data
        if verdict.is_accepted:
            assert verdict.amounts.suspended == 0, file.data
            # The clean file has no quoted line end: every line is a record.
            lines = [line for line in file.data.replace(b"\r", b"").split(b"\n") if line.strip(b", \xef\xbb\xbf\t")]
            assert len(kept) == len(lines) - 1, file.data
            assert _as_anyone_reads(file.data) == (len(kept), verdict.amounts.accepted), file.data
        else:
            assert verdict.amounts.accepted == 0 and verdict.findings, file.data
    assert 0 < accepted < count


def _as_anyone_reads(data: bytes) -> tuple[int, Decimal]:
    """Records and dollars of an accepted file by a reader of five lines, which knows nothing of ours."""
    text = data.decode("utf-8-sig").replace("\r\n", "\n")
    rows = [
        row
        for row in csv.DictReader(io.StringIO(text), strict=True)
        if any((cell or "").strip() for cell in row.values())
    ]
    return len(rows), sum((Decimal(row["Amount"].strip()) for row in rows), Decimal(0))
