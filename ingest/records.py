"""Rows of cells told apart: header, records, blank rows, footer lines, rows out of form.

Belongs here: what a row is. Does not belong here: bytes (`reader_csv`, `reader_xlsx`), what columns mean (`layout_mapping`).
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa

from ingest.reading import RawRecords, Unreadable

# Rows are kept as Python's lists no longer than this: lists cost many times their text.
_AT_A_TIME = 20_000
_TOLD = 20


def sorted_records(rows: Iterable[tuple[int, list[str]]], form: dict[str, Any]) -> RawRecords:
    """Tell records from blank rows and footer lines; stop at the first row that is out of form.

    Args:
        rows: (row number, cells) from the top, the preamble included.
        form: the layout's `file` entry: `preamble_rows`, `footer_pattern`.

    Raises:
        Unreadable: no header, or no record below it.
    """
    filled = ((n, row) for n, row in rows if n > form.get("preamble_rows", 0) and row)
    number, header = next(((n, row) for n, row in filled if any(cell.strip() for cell in row)), (0, None))
    if header is None:
        raise Unreadable("file_empty", "The file has no header.")
    raw = RawRecords([name.strip() for name in header], [], np.empty(0, np.int64), header_row=number)
    records, numbers, parts = [], [], []
    footer = re.compile(form["footer_pattern"]) if form.get("footer_pattern") else None
    for number, row in filled:
        if footer and footer.search(row[0]):
            raw.footer_rows.append(number)
            raw.footer_cells.append(row)
        elif not any(cell.strip() for cell in row):
            # A line of blanks alone is a blank line; delimiters without values are a record that says nothing.
            raw.blank_rows += [number] if len(row) > 1 else []
        elif raw.footer_rows:
            said = f"The footer begins in row {raw.footer_rows[0]}, this record stands below it."
            raw.refusal = raw.refusal or Unreadable("file_footer", said, number)
        elif len(row) != len(header):
            said = f"The header has {len(header)} fields, this record has {len(row)}."
            raw.refusal = raw.refusal or Unreadable("file_field_count", said, number)
        else:
            records.append(row)
            numbers.append(number)
        if raw.refusal:
            return _with_the_others(raw, filled, len(header), footer)
        if len(records) == _AT_A_TIME:
            parts.append(_columns(records))
            records = []
    parts += [_columns(records)] if records else []
    if not parts:
        raise Unreadable("file_empty", "The file has a header and no record.")
    raw.columns = [pa.concat_arrays(column) for column in zip(*parts, strict=True)]
    raw.row_numbers = np.array(numbers, np.int64)
    return raw


def _with_the_others(
    raw: RawRecords, rest: Iterable[tuple[int, list[str]]], width: int, footer: re.Pattern | None
) -> RawRecords:
    """Say how many more records are out of form, so that they are mended together."""
    others, is_last = [], True
    with contextlib.suppress(Unreadable):  # what breaks off further down is told once this is mended
        for number, row in rest:
            is_last = False
            if len(row) != width and any(cell.strip() for cell in row) and not (footer and footer.search(row[0])):
                others.append(number)
    if raw.refusal is None or raw.refusal.fault.edit != "file_field_count":
        return raw
    said, number = raw.refusal.fault.detail, raw.refusal.fault.row_number
    if others:
        more = f" and {len(others) - _TOLD:,} more" if len(others) > _TOLD else ""
        raw.refusal = Unreadable(
            "file_field_count",
            f"{said} So have rows {', '.join(map(str, others[:_TOLD]))}{more} another number.",
            number,
        )
    elif is_last:
        cut = f"{said} It is the last record: the file seems to be cut off; export the whole file again."
        raw.refusal = Unreadable("file_field_count", cut, number)
    return raw


def _columns(records: list[list[str]]) -> list[pa.Array]:
    return [pa.array([cell.strip() or None for cell in cells], pa.string()) for cells in zip(*records, strict=True)]
