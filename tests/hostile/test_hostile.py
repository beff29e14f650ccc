"""A file made to break its reader, or a workbook that says two things, is answered in seconds with a plain reason.

Belongs here: bombs, damaged bytes, workbooks with parts that are no data. Does not belong here: single faults of records (`tests/reader`).
"""

import gzip
import io
import random
import time
import zipfile
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.settings import project_folder
from ingest.workers import Request, Workers

CONTRACT = project_folder() / "dbt" / "models" / "sources" / "membership.yml"
# Beside the checkout, as the real inputs of tests/real.
CORPORA = project_folder().parent / "shared" / "corpora"
HEADER = ["LEA ID", "Fiscal Year", "School ID", "Grade Code", "Student Group", "Fall Membership Count", "ADM", "ADA"]
LINE = ",".join(HEADER).encode() + b"\n"
GOOD = LINE + b"0101,2024,001,05,all,100,,\n"


@pytest.fixture(scope="module")
def pool():
    with Workers({}, count=1) as started:
        yield started


def answer(pool, data: bytes):
    """The reading of one file, within ten seconds."""
    began = time.monotonic()
    ((_, reading),) = pool.read_all([Request("one", lambda: data, CONTRACT, None, "", "0101", 2024)])
    assert time.monotonic() - began < 10
    assert all("Traceback" not in fault.detail for fault in reading.faults)
    return reading


def package(**parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, text in parts.items():
            zipped.writestr(name.replace("__", "/").replace("_dot_", "."), text)
    return out.getvalue()


def workbook(change=lambda book: None) -> bytes:
    book = openpyxl.Workbook()
    for row in (
        HEADER,
        ["0101", 2024, "001", "05", "all", 100, None, None],
        ["0101", 2024, "002", "06", "all", 30, None, None],
    ):
        book.active.append(row)
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def bombs() -> dict[str, bytes]:
    """Small files of large content, and large files of none."""
    column = io.BytesIO()
    pq.write_table(pa.table({"a": pa.array(["x" * 1000]).take(pa.array([0] * 200_000))}), column)
    return {
        "gzip of zeros": gzip.compress(bytes(1 << 27)), "gzip of rows": gzip.compress(GOOD * 1_000_000),
        "zip of zeros": package(xl__workbook_dot_xml="<x/>", xl__worksheets__sheet1_dot_xml="0" * (1 << 27)),
        "entities": package(xl__workbook_dot_xml='<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'),
        "many parts": package(**{f"xl__{i}": "" for i in range(3000)}),
        "leads out": package(xl__workbook_dot_xml="<x/>", **{"..__..__etc": "x"}),
        "macros": package(xl__workbook_dot_xml="<x/>", xl__vbaProject_dot_bin="x"),
        "zip of csv": package(a_dot_csv=GOOD.decode()), "Parquet of one value": column.getvalue(),
        "quotes": b'"' * 5_000_000, "delimiters": LINE + b"," * 5_000_000, "line ends": LINE + b"\n" * 5_000_000,
        "one field": LINE + b"a" * 5_000_000, "NULs": bytes(5_000_000),
    }  # fmt: skip


@pytest.mark.parametrize("name", bombs())
def test_a_bomb_is_refused_and_the_next_file_read(pool, name):
    assert answer(pool, bombs()[name]).faults
    assert not answer(pool, GOOD).faults


def giants() -> dict[str, bytes]:
    """Files of tens of megabytes that are no table: what they cost may not grow with them."""
    return {
        "commas": LINE + b"," * 50_000_000, "one field": LINE + b"a" * 100_000_000, "open quotes": LINE + b'"a\n' * 7_000_000,
        "quotes": b'"' * 20_000_000, "a quote never closed": GOOD + b'"' + GOOD * 700_000, "line ends": LINE + b"\n" * 50_000_000,
        "line ends within": GOOD + b"\r\n" * 20_000_000 + GOOD, "delimiters alone": LINE + b",,,,,,,\n" * 5_000_000,
        "short lines": LINE + b"a\n" * 20_000_000, "quoted line ends": LINE + b',"\n' * 10_000_000,
        "wide header": b"a," * 25_000_000, "commas in UTF-16": b"\xff\xfe" + (LINE + b"," * 20_000_000).decode().encode("utf-16-le"),
    }  # fmt: skip


GIANT_BYTES = 512 << 20


@pytest.mark.parametrize("name", giants())
def test_a_giant_is_refused_for_what_it_is_within_the_memory_of_any_file(name):
    data = giants()[name]
    with Workers({}, count=1) as fresh:
        (worker,) = fresh._idle.queue
        ((_, reading),) = fresh.read_all([Request("one", lambda: data, CONTRACT, None, "", "0101", 2024)])
        held = Path(f"/proc/{worker.process.pid}/status")
        peak = int(held.read_text().split("VmHWM:")[1].split()[0]) * 1024 if held.exists() else 0
        assert worker.process.poll() is None and peak < GIANT_BYTES
    (fault,) = reading.faults
    assert fault.edit in ("file_size", "file_quotes", "file_field_count", "file_empty") and "memory" not in fault.detail
    assert fault.row_number or fault.edit in ("file_empty", "file_field_count")


AMBIGUOUS = {
    "formula": lambda b: b.active.__setitem__("F3", "=10+20"),
    "hidden row": lambda b: setattr(b.active.row_dimensions[3], "hidden", True),
    "hidden column": lambda b: setattr(b.active.column_dimensions["D"], "hidden", True),
    "merged cells": lambda b: b.active.merge_cells("G2:H2"),
    "error value": lambda b: b.active.__setitem__("D3", "#REF!"),
    "truth value": lambda b: b.active.__setitem__("D3", True),
    "row of totals": lambda b: b.active.append(["Total", None, None, None, None, 130]),
}


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_a_workbook_that_says_two_things_is_refused(pool, name):
    assert not answer(pool, workbook()).faults
    faults = answer(pool, workbook(AMBIGUOUS[name])).faults
    assert faults and (faults[0].row_number or name == "hidden column")


def rewritten(change) -> bytes:
    """The clean workbook with its package changed: part name and bytes -> the same."""
    out, source = io.BytesIO(), zipfile.ZipFile(io.BytesIO(workbook(AMBIGUOUS["hidden row"])))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name in source.namelist():
            zipped.writestr(*change(name, source.read(name)))
    return out.getvalue()


def _sheet(old: bytes, new: bytes):
    return lambda name, data: (name, data.replace(old, new) if "sheet1" in name else data)


SPELLED = {
    "hidden in apostrophes": _sheet(b'hidden="1"', b"hidden='1'"),
    "hidden by height": _sheet(b'hidden="1"', b'ht="0" customHeight="1"'),
    "row without its number": _sheet(b'<row r="3" hidden="1"', b'<row hidden="1"'),
    "hidden unless said": lambda name, data: (name, data.replace(b' hidden="1"', b"").replace(b"<sheetFormatPr ", b'<sheetFormatPr zeroHeight="1" ') if "sheet1" in name else data),
    "part in capitals": lambda name, data: (name.replace("sheet1.xml", "sheet1.XML"), data),
    "a cell twice": lambda name, data: (name, data.replace(b' hidden="1"', b"").replace(b'<c r="F3"', b'<c r="F3" t="n"><v>7</v></c><c r="F3"') if "sheet1" in name else data),
}  # fmt: skip


@pytest.mark.parametrize("name", SPELLED)
def test_however_the_package_spells_it(pool, name):
    data = rewritten(SPELLED[name])
    assert data != rewritten(lambda *part: part)
    assert [fault.edit for fault in answer(pool, data).faults] == ["file_format"]


def test_records_in_a_sheet_named_like_ours_are_not_lost(pool):
    def split(book):
        rest = book.create_sheet("Findings")
        rest.append(HEADER)
        rest.append(["0101", 2024, "003", "05", "all", 5, None, None])

    (fault,) = answer(pool, workbook(split)).faults
    assert "Findings" in fault.detail


def test_damaged_bytes_are_answered(pool):
    chance = random.Random(1)
    for _ in range(40):
        data = bytearray(workbook())
        for _ in range(chance.choice([1, 5, 50])):
            data[chance.randrange(len(data))] = chance.randrange(256)
        answer(pool, bytes(data))


@pytest.mark.skipif(not CORPORA.exists(), reason="the corpora of odd files are not on this machine")
def test_odd_files_of_others_are_answered(pool):
    for path in sorted(path for path in CORPORA.rglob("*") if path.is_file()):
        answer(pool, path.read_bytes())
