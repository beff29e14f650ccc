"""Parquet and xlsx: typed cells, turned back into the text a district would have written.

Belongs here: cell values -> text. Does not belong here: delimited text, meaning of columns.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Context, Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from ingest.decoding import CONTROL, FREE_BYTES, MAX_RATIO
from ingest.reading import RawRecords, Unreadable
from ingest.records import sorted_records
from ingest.workbook_package import check_package, check_sheet, percent_cells

# What a spreadsheet makes of a text that looks like a number, a day, an hour or a duration.
_TYPED = (int, float, Decimal, date, time, timedelta)
_SHEET = Context(prec=15)
# Sheets that edfin's own workbooks (the template, the report) carry beside the records; nobody's records stand there.
TEMPLATE_SHEETS = ("Findings", "Record layout", "How to fix", "Codes")


def read_parquet(data: bytes, may_grow: Callable[[int, int], None] = lambda size, columns: None) -> RawRecords:
    """Read a Parquet file; its first row is row 2.

    Raises:
        Unreadable: not a Parquet file, no rows, or a nested column.
    """
    import pyarrow.parquet as pq

    try:
        metadata = pq.ParquetFile(pa.BufferReader(data)).metadata
        _check_size(metadata, len(data))
        may_grow(len(data), metadata.num_columns)
        # In this thread alone: starting others takes address space, and a limit met there would look like a broken file.
        table = pq.read_table(pa.BufferReader(data), use_threads=False, pre_buffer=False)
    except MemoryError:
        raise
    except (pa.ArrowException, OSError) as problem:
        raise Unreadable("file_format", f"Not a readable Parquet file ({problem}).") from problem
    if table.num_rows == 0:
        raise Unreadable("file_empty", "The file holds no rows.")
    for column in table.schema:
        if not _is_readable(column.type):
            said = (
                f"Column {column.name} is of type {column.type}: give text, whole numbers, decimals, doubles or dates."
            )
            raise Unreadable("file_format", said, column=column.name)
    try:
        table.validate(full=True)
        cells = [table.column(i).to_pylist() for i in range(table.num_columns)]
    except (pa.ArrowException, ValueError, OverflowError) as problem:
        raise Unreadable(
            "file_format", f"A value of the Parquet file is out of range or no text ({problem})."
        ) from problem
    return _as_text(table.column_names, cells, list(range(2, table.num_rows + 2)))


def read_xlsx(
    data: bytes, form: dict[str, Any], may_grow: Callable[[int, int], None] = lambda size, columns: None
) -> RawRecords:
    """Read the first (or the layout's) sheet of an xlsx workbook.

    Raises:
        Unreadable: not a workbook, an empty sheet, a cell outside the header's columns.
    """
    import python_calamine

    package = check_package(data)
    may_grow(len(data), 1)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        shown = [s.name for s in book.sheets_metadata if s.visible == python_calamine.SheetVisibleEnum.Visible]
        visible = [name for name in shown if name not in TEMPLATE_SHEETS] or shown
        if not visible:
            raise Unreadable("file_format", "The workbook shows no sheet: show the one with the records.")
        sheet = form.get("sheet") or visible[0]
        rows, filled = _rows_and_filled(book, sheet, visible)
        # Records in a sheet that is named like one of ours are records all the same.
        filled += [name for name in set(shown) - set(visible) if _begins_alike(book, name, rows)]
    except (MemoryError, Unreadable):
        raise
    except Exception as problem:  # calamine raises several kinds, all meaning the same to a district
        raise Unreadable("file_format", f"Not a readable xlsx workbook ({problem}).") from problem
    if len(filled) > 1 and not form.get("sheet"):
        # Records of a sheet nobody reads would be lost in silence.
        raise Unreadable(
            "file_format", f"Several sheets hold cells ({', '.join(filled)}): keep the one with the records."
        )
    xml = package.sheets.get(sheet, b"")
    if not xml:
        raise Unreadable(
            "file_format", f"Sheet {sheet} stands under another name in the workbook's package: save it again."
        )
    check_sheet(xml, takes_results=form.get("formulas") == "cached")
    _refuse_hidden_records(book, rows)
    raw = _recorded(rows, form)
    raw.percent_cells = percent_cells(xml, package.styles)
    return raw


def _rows_and_filled(book: Any, sheet: str, visible: list[str]) -> tuple[list[list[Any]], list[str]]:
    """The rows of one sheet, and which of the visible ones hold cells; one sheet at a time is in memory."""
    rows: list[list[Any]] = []
    filled = []
    for name in dict.fromkeys([sheet, *visible]):
        one = book.get_sheet_by_name(name)
        if name == sheet:
            rows = one.to_python(skip_empty_area=False)
        if one.height and name in visible:
            filled.append(name)
    return rows, filled


def _begins_alike(book: Any, name: str, rows: list[list[Any]]) -> bool:
    first = book.get_sheet_by_name(name).to_python(nrows=1)
    return bool(first and rows) and [cell for cell in first[0] if cell != ""] == [
        cell for cell in rows[0] if cell != ""
    ]


def _refuse_hidden_records(book: Any, rows: list[list[Any]]) -> None:
    """A hidden sheet with the same first row would be read by another program."""
    import python_calamine

    for s in book.sheets_metadata:
        if s.visible != python_calamine.SheetVisibleEnum.Visible and s.typ == python_calamine.SheetTypeEnum.WorkSheet:
            hidden = book.get_sheet_by_name(s.name).to_python(nrows=1)
            if hidden and rows and hidden[0] == rows[0][: len(hidden[0])]:
                raise Unreadable(
                    "file_format", f"Hidden sheet {s.name} holds the same columns: delete it, or send it alone."
                )


def _recorded(rows: list[list[Any]], form: dict[str, Any]) -> RawRecords:
    """Cells as text, sorted as the lines of a CSV file are; a row as wide as the header or filled farther."""
    texts = [(number, [text_of(cell) or "" for cell in row]) for number, row in enumerate(rows, 1)]
    start = form.get("preamble_rows", 0)
    header = next((cells for number, cells in texts if number > start and any(cells)), [])
    width = max((i + 1 for i, cell in enumerate(header) if cell), default=0)
    # Cells without value beyond the header are formatting; a row without any is none.
    cut = [(n, cells[:width] if not any(cells[width:]) else cells) for n, cells in texts if any(cells)]
    for number, cells in cut:
        if found := CONTROL.search("\n".join(cells)):
            raise Unreadable("file_control_characters", f"Character U+{ord(found.group()):04X}.", number)
    raw = sorted_records([(n, cells + [""] * (width - len(cells))) for n, cells in cut], form)
    places = {number: place for place, number in enumerate(raw.row_numbers.tolist())}
    for number, row in enumerate(rows, 1):
        if number in places:
            for index, cell in enumerate(row[:width]):
                if isinstance(cell, _TYPED):
                    raw.numeric_cells.setdefault(index, []).append(places[number])
    return raw


def _check_size(metadata: Any, size: int) -> None:
    groups = [metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups)]
    limit = max(FREE_BYTES, MAX_RATIO * size)
    # A column of one value packs into nothing; its cells still have to be held.
    if sum(groups) > limit or metadata.num_rows * metadata.num_columns > limit:
        raise Unreadable(
            "file_size", f"{metadata.num_rows:,} rows in {size:,} bytes: more than a table of this size holds."
        )


def _is_readable(kind: pa.DataType) -> bool:
    """Types whose values have one text. Half and single floats hold no cents; a time zone makes two days of one."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    is_number = pa.types.is_integer(kind) or pa.types.is_decimal(kind) or pa.types.is_float64(kind)
    is_date = pa.types.is_date(kind) or (pa.types.is_timestamp(kind) and kind.tz is None)
    return is_text or is_number or is_date or pa.types.is_boolean(kind) or pa.types.is_null(kind)


def _as_text(header: list[str], columns: list[list[Any]], row_numbers: list[int]) -> RawRecords:
    numeric = {
        index: [i for i, cell in enumerate(column) if isinstance(cell, _TYPED)] for index, column in enumerate(columns)
    }
    texts = [pa.array([text_of(cell) for cell in column], pa.string()) for column in columns]
    return RawRecords(
        list(header), texts, np.array(row_numbers, np.int64), {i: cells for i, cells in numeric.items() if cells}
    )


def text_of(cell: Any) -> str | None:
    """Give the text of a typed cell: shortest round-trip decimals, ISO dates, Y and N."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "Y" if cell else "N"
    if isinstance(cell, float):
        return _plain(cell) if math.isfinite(cell) else {"nan": "NaN"}.get(str(cell), str(cell))
    if isinstance(cell, Decimal):
        return _fixed(cell)
    if isinstance(cell, datetime):
        midnight = (cell.hour, cell.minute, cell.second, cell.microsecond) == (0, 0, 0, 0)
        return cell.date().isoformat() if midnight else cell.isoformat(sep=" ")
    return str(cell).strip() or None


def _plain(number: float) -> str:
    exact = Decimal(repr(number))
    if len(exact.as_tuple().digits) > _SHEET.prec:
        # A spreadsheet shows fifteen digits: 0.12249999999999998 is its 0.35 * 0.35, and everywhere written 0.1225.
        shown = _SHEET.plus(exact).normalize()
        exact = shown if len(shown.as_tuple().digits) <= _SHEET.prec - 4 else exact
    cents = exact.quantize(Decimal("0.01")) if abs(exact) < Decimal(10) ** 13 else exact
    # A spreadsheet's 0.1 + 0.2 is thirty cents; anything farther from a cent stays as it is and is judged.
    text = format(cents if abs(exact - cents) < Decimal("0.000001") else exact, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _fixed(number: Decimal) -> str:
    """Money of scale 2 as it stands; a wider scale without the zeros that fill it."""
    text = format(number, "f")
    if not number.is_finite() or "." not in text or len(text.rpartition(".")[2]) < 3:
        return text
    return "0" if number == 0 else text.rstrip("0").rstrip(".")
