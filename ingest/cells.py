"""A district's file as bare cells, for the workbook that shows it back: `python -m ingest.cells`.

Untrusted bytes are read in a process of its own, with a worker's limits; what the strict reader refuses is read here as far as it
goes, because a refused file is the one whose district wants to see where. Nothing read here reaches a verdict or the warehouse.

Belongs here: bytes -> rows of text with the row numbers a spreadsheet shows.
Does not belong here: judging (`reader`, `gate`), writing workbooks (`expectations.reports.workbook`).
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import gzip
import io
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from ingest.confinement import allow_for, environment, grow
from ingest.reader_parquet import TEMPLATE_SHEETS, text_of
from ingest.workbook_package import check_package
from ingest.worker import arrow_bytes, limit_self, load_libraries, receive, send

WALL_SECONDS = 300
LARGEST_FIELD = 1 << 20


@dataclass(frozen=True)
class Cells:
    """Rows of a file: (row number, texts), the preamble and the header included; blank rows are left out."""

    rows: list[tuple[int, list[str]]]
    header_row: int

    @property
    def header(self) -> list[str]:
        return next((cells for number, cells in self.rows if number == self.header_row), [])


def read_cells(data: bytes, form: dict[str, Any]) -> Cells | None:
    """Read a file's cells in a limited process; None where it cannot be read as cells at all.

    Args:
        data: the file's bytes.
        form: the layout's `file` entry, or nothing.
    """
    message = io.BytesIO()
    send(message, {"form": form}, data)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "ingest.cells"], input=message.getvalue(), stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, env=environment(), start_new_session=True, timeout=WALL_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return None
    answer = receive(io.BytesIO(done.stdout))
    if answer is None or not answer[1]:
        return None
    table = pa.ipc.open_stream(answer[1]).read_all()
    rows = list(zip(table["row_number"].to_pylist(), table["cells"].to_pylist(), strict=True))
    start = form.get("preamble_rows", 0)
    header_row = next((number for number, cells in rows if number > start and any(cells)), 0)
    return Cells(rows, header_row)


def main() -> None:
    """Answer one request: the rows as an Arrow table, or nothing where there are none."""
    load_libraries()
    limit_self()
    message = receive(sys.stdin.buffer)
    if message is None:
        return
    head, data = message
    allow_for(data)
    grow(data, len(data))
    rows: list[tuple[int, list[str]]] = []
    # A file that breaks off somewhere is shown up to there.
    with contextlib.suppress(Exception):
        for row in _rows(data, head["form"]):
            rows.append(row)
    table = pa.table(
        {
            "row_number": pa.array([number for number, _ in rows], pa.int64()),
            "cells": pa.array([cells for _, cells in rows], pa.list_(pa.string())),
        }
    )
    send(sys.stdout.buffer, {}, arrow_bytes(table if rows else None))


def _rows(data: bytes, form: dict[str, Any]) -> Iterator[tuple[int, list[str]]]:
    if data[:4] == b"PAR1":
        return _parquet_rows(data)
    if data[:4] == b"PK\x03\x04":
        return _xlsx_rows(data, form)
    return _csv_rows(data, form)


def _parquet_rows(data: bytes) -> Iterator[tuple[int, list[str]]]:
    import pyarrow.parquet as pq

    table = pq.read_table(pa.BufferReader(data))
    yield 1, list(table.column_names)
    columns = [column.to_pylist() for column in table.columns]
    for number, row in enumerate(zip(*columns, strict=True), 2):
        yield number, [text_of(cell) or "" for cell in row]


def _xlsx_rows(data: bytes, form: dict[str, Any]) -> Iterator[tuple[int, list[str]]]:
    import python_calamine

    check_package(data)
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    shown = [s.name for s in book.sheets_metadata if s.visible == python_calamine.SheetVisibleEnum.Visible]
    own = [name for name in shown if name not in TEMPLATE_SHEETS]
    sheet = book.get_sheet_by_name(form.get("sheet") or own[0])
    for number, row in enumerate(sheet.to_python(skip_empty_area=False), 1):
        cells = [text_of(cell) or "" for cell in row]
        if any(cells):
            yield number, cells


def _csv_rows(data: bytes, form: dict[str, Any]) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(LARGEST_FIELD)
    text = _decoded(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data, form.get("encoding", "utf-8"))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    records = csv.reader(io.StringIO(text, newline="\n"), delimiter=form.get("delimiter", ","))
    for number, record in enumerate(records, 1):
        if record:
            yield number, record


def _decoded(data: bytes, encoding: str) -> str:
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace")
    return data.decode(encoding, "replace")


if __name__ == "__main__":
    main()
