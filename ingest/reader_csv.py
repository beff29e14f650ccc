"""Delimited text, read strictly.

Belongs here: bytes -> text -> records, each checked for its number of fields.
Does not belong here: what columns mean (`layout_mapping`), spreadsheets, any guessing.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

from ingest.reading import RawRecords, Unreadable

MAX_TEXT_BYTES = 2 << 30
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufffe\uffff]")
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def read_csv(data: bytes, form: dict[str, Any]) -> RawRecords:
    """Read delimited text.

    Args:
        data: the file's bytes, gzipped or not.
        form: the layout's `file` entry: `encoding`, `delimiter`, `preamble_rows`, `footer_pattern`.

    Raises:
        Unreadable: the bytes, quotes or line ends are no delimited text; the first fault is named with its row.
            Records out of form stand in the result's `refusal`, because a wrong header explains them better.
    """
    csv.field_size_limit(1 << 20)
    text = _decode(_unzipped(data), form.get("encoding", "utf-8"))
    _refuse_control_characters(text)
    records = ((n, r) for n, r in _records(text, form.get("delimiter", ",")) if n > form.get("preamble_rows", 0) and r)
    header = next((record for _, record in records), None)
    if header is None:
        raise Unreadable("file_empty", "The file has no header.")
    raw, rows = _sorted(header, records, form.get("footer_pattern"))
    if not rows and raw.refusal is None:
        raise Unreadable("file_empty", "The file has a header and no record.")
    cells = zip(*rows, strict=True) if rows else ([] for _ in header)
    raw.columns = [[cell.strip() or None for cell in column] for column in cells]
    return raw


def _sorted(
    header: list[str], records: Iterable[tuple[int, list[str]]], footer_pattern: str | None
) -> tuple[RawRecords, list[list[str]]]:
    """Tell records from footer lines; keep the first record that is out of form, without its text."""
    raw, rows = RawRecords(header, [], []), []
    footer = re.compile(footer_pattern) if footer_pattern else None
    for number, record in records:
        if footer and footer.search(record[0]):
            raw.footer_rows.append(number)
        elif raw.footer_rows:
            if any(cell.strip() for cell in record):
                said = f"The footer begins in row {raw.footer_rows[0]}, this record stands below it."
                raw.refusal = raw.refusal or Unreadable("file_footer", said, number)
        elif len(record) != len(header):
            said = f"The header has {len(header)} fields, this record has {len(record)}."
            raw.refusal = raw.refusal or Unreadable("file_field_count", said, number)
        else:
            rows.append(record)
            raw.row_numbers.append(number)
    return raw, rows


def _unzipped(data: bytes) -> bytes:
    if data[:2] != b"\x1f\x8b":
        return data
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            text = stream.read(MAX_TEXT_BYTES + 1)
    except (OSError, EOFError, zlib.error) as problem:
        raise Unreadable("file_format", f"The gzip file is damaged ({problem}).") from problem
    if len(text) > MAX_TEXT_BYTES:
        raise Unreadable("file_size", "The file is larger than 2 GiB when unpacked.")
    return text


def _decode(data: bytes, encoding: str) -> str:
    for bom, name in _BOMS:
        if data.startswith(bom):
            data, encoding = data[len(bom) :], name
            break
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as problem:
        row = data[: problem.start].count(b"\n") + 1
        found = data[problem.start : problem.start + 1].hex()
        raise Unreadable(
            "file_encoding", f"Byte {found} at position {problem.start} is not {encoding}.", row
        ) from problem


def _refuse_control_characters(text: str) -> None:
    found = _CONTROL.search(text)
    if found:
        row = text.count("\n", 0, found.start()) + 1
        raise Unreadable("file_control_characters", f"Character U+{ord(found.group()):04X}.", row)


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (row number as a spreadsheet counts, fields); a quoted line break does not count."""
    if "\n" not in text and "\r" in text:
        text = text.replace("\r", "\n")
    # Lines end at LF only, so that csv refuses a lone CR outside quotes in place of taking it for a line end.
    reader = csv.reader(io.StringIO(text, newline="\n"), delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as problem:
            edit = "file_line_ends" if "new-line" in str(problem) else "file_quotes"
            if "field larger" in str(problem):
                edit = "file_size"
            raise Unreadable(edit, f"{str(problem).capitalize()}.", number) from problem
        yield number, record
