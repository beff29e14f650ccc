"""Delimited text, read strictly.

Belongs here: UTF-8 text -> records, each checked for its number of fields.
Does not belong here: encodings (`decoding`), quotes (`quoting`), what columns mean (`layout_mapping`), any guessing.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from ingest.decoding import as_utf8, unzipped
from ingest.quoting import Marks, is_regular, marks_of, swallowed_rows
from ingest.reading import RawRecords, Unreadable
from ingest.records import sorted_records

LONGEST_FIELD = 1 << 20


def read_csv(data: bytes, form: dict[str, Any]) -> RawRecords:
    """Read delimited text.

    Args:
        data: the file's bytes, gzipped or not.
        form: the layout's `file` entry: `encoding`, `delimiter`, `preamble_rows`, `footer_pattern`.

    Raises:
        Unreadable: the bytes, quotes or line ends are no delimited text; the first fault is named with its row.
            Records out of form stand in the result's `refusal`, because a wrong header explains them better.
    """
    text = as_utf8(unzipped(data), form.get("encoding"))
    if b"\n" not in text:
        text = text.replace(b"\r", b"\n")
    text = text.rstrip(b"\r\n")
    delimiter = form.get("delimiter", ",")
    marks = marks_of(text, delimiter.encode())
    raw = _recorded(text, marks, delimiter, form)
    if raw.refusal is None and (row := swallowed_rows(text, marks, delimiter.encode(), len(raw.header))):
        raw.refusal = Unreadable(
            "file_quotes", "A quoted field holds whole records: quotes seem to stand too many.", row
        )
    return raw


def _recorded(text: bytes, marks: Marks, delimiter: str, form: dict[str, Any]) -> RawRecords:
    if not form.get("preamble_rows") and not form.get("footer_pattern"):
        raw = _regular(text, marks, delimiter)
        if raw is not None:
            return raw
    return sorted_records(_records(text.decode(), delimiter), form)


def _regular(text: bytes, marks: Marks, delimiter: str) -> RawRecords | None:
    """Read text whose every line is a record of as many fields as the first: nearly every file, at full speed."""
    first = int(marks.line_ends[0]) if len(marks.line_ends) else len(text)
    header = next((record for _, record in _records(text[:first].decode(), delimiter)), [])
    if first == len(text) or not header or not is_regular(marks, len(text), len(header), LONGEST_FIELD):
        return None
    names = [str(i) for i in range(len(header))]
    table = arrow_csv.read_csv(
        pa.BufferReader(pa.py_buffer(text).slice(first + 1)),
        arrow_csv.ReadOptions(use_threads=False, block_size=min(len(text) + 1, (1 << 31) - 1), column_names=names),
        arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=marks.has_quoted_line_ends, ignore_empty_lines=False),
        arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), null_values=[""], strings_can_be_null=True),
    )  # fmt: skip
    if table.num_rows != len(marks.line_ends):
        return None
    columns = [column.combine_chunks() for column in table.columns]
    if not text.isascii() or text.find(b" ", first) > 0 or text.find(b"\t", first) > 0:
        columns = [_trimmed(column) for column in columns]
    if any(column.null_count == len(column) for column in columns[:1]) or _has_blank_record(columns):
        return None
    return RawRecords([name.strip() for name in header], columns, np.arange(2, table.num_rows + 2))


def _trimmed(column: pa.Array) -> pa.Array:
    cells = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.equal(cells, ""), pa.scalar(None, pa.string()), cells)


def _has_blank_record(columns: list[pa.Array]) -> bool:
    empty = None
    for column in sorted(columns, key=lambda c: c.null_count):
        if column.null_count == 0:
            return False
        empty = column.is_null() if empty is None else pc.and_(empty, column.is_null())
    return bool(pc.any(empty).as_py())


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (row number as a spreadsheet counts, fields); a quoted line break does not count."""
    csv.field_size_limit(LONGEST_FIELD)
    # Lines end at LF only: `quoting` has seen that no CR stands alone.
    reader = csv.reader(io.StringIO(text, newline="\n"), delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as problem:
            edit = "file_size" if "field larger" in str(problem) else "file_quotes"
            raise Unreadable(edit, f"{str(problem).capitalize()}.", number) from problem
        yield number, record
