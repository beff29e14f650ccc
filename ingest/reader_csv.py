"""Delimited text, read strictly.

Belongs here: UTF-8 text -> records, each checked for its number of fields.
Does not belong here: encodings (`decoding`), quotes (`quoting`), what columns mean (`layout_mapping`), any guessing.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from ingest.decoding import as_utf8, unzipped
from ingest.quoting import Sifted, sift
from ingest.reading import RawRecords, Unreadable
from ingest.records import sorted_records

LONGEST_FIELD = 1 << 20
# So many lines that are no records of the header's width are not gone through one by one, if most of the file is such lines.
MOST_UNEVEN = 200_000
_BLOCK = 8 << 20


def read_csv(
    data: bytes, form: dict[str, Any], may_grow: Callable[[int, int], None] = lambda size, columns: None
) -> RawRecords:
    """Read delimited text.

    Args:
        data: the file's bytes, gzipped or not.
        form: the layout's `file` entry: `encoding`, `delimiter`, `preamble_rows`, `footer_pattern`.
        may_grow: told the size of the text and its columns once most of it is known to be records: only then does it take memory by its size.

    Raises:
        Unreadable: the bytes, quotes or line ends are no delimited text; the first fault is named with its row.
            Records out of form stand in the result's `refusal`, because a wrong header explains them better.
    """
    text = as_utf8(unzipped(data), form.get("encoding"))
    if b"\n" not in text:
        text = text.replace(b"\r", b"\n")
    delimiter = form.get("delimiter", ",")
    end = _end(text)
    sifted = sift(text, end, delimiter.encode(), _width(text, delimiter, form))
    if sifted.longest_field > LONGEST_FIELD:
        raise Unreadable("file_size", f"A field is longer than {LONGEST_FIELD:,} bytes.", sifted.longest_field_row)
    if not form.get("preamble_rows") and sifted.uneven + sifted.hollow > max(MOST_UNEVEN, sifted.records // 2):
        return _uneven(text, sifted, delimiter)
    may_grow(end, sifted.fields)
    raw = _recorded(text, end, sifted, delimiter, form)
    if raw.refusal is None and sifted.swallowed_row:
        raw.refusal = Unreadable(
            "file_quotes", "A quoted field holds whole records: quotes seem to stand too many.", sifted.swallowed_row
        )
    return raw


def _end(text: bytes) -> int:
    """Where the last record ends, without line ends behind it."""
    end = len(text)
    while end:
        start = max(end - _BLOCK, 0)
        kept = len(text[start:end].rstrip(b"\r\n"))
        end = start + kept
        if kept:
            break
    return end


def _width(text: bytes, delimiter: str, form: dict[str, Any]) -> int:
    """How many fields the header has where a layout declares lines above it; 0 where it is the first."""
    if not (above := form.get("preamble_rows", 0)):
        return 0
    below = (row for number, row in _records(text, delimiter) if number > above and any(cell.strip() for cell in row))
    return len(next(below, []))


def _uneven(text: bytes, sifted: Sifted, delimiter: str) -> RawRecords:
    raw = RawRecords(_header(text, sifted, delimiter), [], np.empty(0, np.int64))
    said = f"The header has {sifted.fields} fields; {sifted.uneven:,} of {sifted.records:,} lines have another number"
    said += f" or are empty, {sifted.hollow:,} hold delimiters alone."
    raw.refusal = Unreadable("file_field_count", said, sifted.first_uneven_row or None)
    return raw


def _header(text: bytes, sifted: Sifted, delimiter: str) -> list[str]:
    first = next((record for _, record in _records(text[sifted.header_start : sifted.header_end], delimiter)), [])
    return [name.strip() for name in first]


def _recorded(text: bytes, end: int, sifted: Sifted, delimiter: str, form: dict[str, Any]) -> RawRecords:
    if not form.get("preamble_rows") and not form.get("footer_pattern"):
        raw = _regular(text, end, sifted, delimiter)
        if raw is not None:
            return raw
    return sorted_records(_records(text if end == len(text) else text[:end], delimiter), form)


def _regular(text: bytes, end: int, sifted: Sifted, delimiter: str) -> RawRecords | None:
    """Read text whose every line is a record of as many fields as the first: nearly every file, at full speed."""
    header = _header(text, sifted, delimiter)
    if sifted.uneven or sifted.records < 2 or not any(header):
        return None
    names = [str(i) for i in range(len(header))]
    table = arrow_csv.read_csv(
        pa.BufferReader(pa.py_buffer(text).slice(sifted.header_end + 1, end - sifted.header_end - 1)),
        arrow_csv.ReadOptions(use_threads=False, block_size=min(_BLOCK, end + 1), column_names=names),
        arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=sifted.has_quoted_line_ends, ignore_empty_lines=False),
        arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), null_values=[""], strings_can_be_null=True),
    )  # fmt: skip
    if table.num_rows != sifted.records - 1:
        return None
    columns = [column.combine_chunks() for column in table.columns]
    if (
        sifted.has_quoted_line_ends
        or not text.isascii()
        or text.find(b" ", sifted.header_end) > 0
        or text.find(b"\t", sifted.header_end) > 0
    ):
        columns = [_trimmed(column) for column in columns]
    first = sifted.header_row + 1
    raw = RawRecords(header, columns, np.arange(first, first + table.num_rows), header_row=sifted.header_row)
    blank = _blank_records(columns)
    return raw if blank is None else _without(raw, blank)


def _trimmed(column: pa.Array) -> pa.Array:
    cells = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.equal(cells, ""), pa.scalar(None, pa.string()), cells)


def _blank_records(columns: list[pa.Array]) -> np.ndarray | None:
    """Which records hold delimiters and blanks alone; None where none does."""
    empty = None
    for column in sorted(columns, key=lambda c: c.null_count):
        if column.null_count == 0:
            return None
        empty = column.is_null() if empty is None else pc.and_(empty, column.is_null())
    return empty.to_numpy(zero_copy_only=False) if pc.any(empty).as_py() else None


def _without(raw: RawRecords, blank: np.ndarray) -> RawRecords:
    if blank.all():
        raise Unreadable("file_empty", "The file has a header and no record.")
    kept = pa.array(~blank)
    columns = [column.filter(kept) for column in raw.columns]
    # A line of blanks alone is a blank line, as in `sorted_records`.
    blanks = raw.row_numbers[blank].tolist() if len(columns) > 1 else []
    return RawRecords(raw.header, columns, raw.row_numbers[~blank], blank_rows=blanks, header_row=raw.header_row)


def _records(text: bytes, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (row number as a spreadsheet counts, fields); a quoted line break does not count."""
    csv.field_size_limit(LONGEST_FIELD)
    # Lines end at LF only: `quoting` has seen that no CR stands alone.
    lines = io.TextIOWrapper(io.BytesIO(text), encoding="utf-8", newline="\n")
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
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
