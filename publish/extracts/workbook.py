"""An extract as one workbook: a sheet a table, a dictionary, what changed; text is text and never a formula.

Belongs here: sheets and their looks. Does not belong here: what stands in the cells (`rows`), their XML (`sheet_rows`).
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime

import pyarrow as pa
import xlsxwriter

from publish.extracts.catalogue import Table
from publish.extracts.changes import COLUMNS, WORDS
from publish.extracts.sheet_rows import FIRST, with_rows

MOST_ROWS = 200_000
"""Rows of a sheet; Excel has a million, and a book of that size opens nowhere quickly."""
HEADER_HEIGHT = 32
DICTIONARY = ("Table", "Column", "What it is", "Unit", "Type", "Key")
Tables = Sequence[tuple[Table, pa.Table]]


def as_workbook(title: Sequence[str], tables: Tables, changes: pa.Table, created: datetime) -> bytes:
    """The workbook's bytes. `title`: lines of the first sheet; `created`: when, so that equal extracts are equal files."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": created, "title": title[0]})
        sheets = Sheets(book)
        sheets.put("Read me", ("About this extract",), _texts([[line] for line in title], 1), [110])
        for table, rows in tables:
            sheets.put(
                table.name[:31],
                table.names,
                rows.slice(0, MOST_ROWS),
                _widths(rows),
                sheets.forms(table, rows),
                len(table.keys),
            )
        sheets.put("Dictionary", DICTIONARY, _texts(_dictionary(tables), len(DICTIONARY)), [28, 40, 100, 30, 16, 6])
        head = [name.replace("_", " ").capitalize() for name in COLUMNS]
        sheets.put("What changed", head, changes.slice(0, MOST_ROWS), [28, 10, 60, 34, 22, 22])
    return with_rows(out.getvalue(), sheets.rows)


class Sheets:
    """The sheets of one book, their looks, and the rows that are put in afterwards."""

    def __init__(self, book: xlsxwriter.Workbook):
        self.book = book
        self.head = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#DCE6F1", "bottom": 1, "num_format": "@"}
        )
        self.text = book.add_format({"num_format": "@"})
        self.numbers: dict[str, object] = {}
        self.rows: dict[str, pa.Table] = {}

    def put(
        self,
        name: str,
        head: Sequence[str],
        rows: pa.Table,
        widths: Sequence[int],
        forms: Sequence = (),
        frozen: int = 0,
    ) -> None:
        """A sheet with a frozen header and a filter; `frozen`: how many columns stay in sight (two at most)."""
        sheet = self.book.add_worksheet(name)
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width)
        sheet.freeze_panes(1, min(frozen, 2))
        sheet.set_row(0, HEADER_HEIGHT)
        # On paper: all columns on the width of a page, the header on each.
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        for place, title in enumerate(head):
            sheet.write_string(0, place, title, self.head)
            sheet.write_blank(FIRST - 1, place, None, forms[place] if forms else self.text)
        if rows.num_rows:
            sheet.autofilter(0, 0, rows.num_rows, len(head) - 1)
        self.rows[f"xl/worksheets/sheet{len(self.rows) + 1}.xml"] = rows

    def forms(self, table: Table, rows: pa.Table) -> list:
        """The looks of a table's columns: thousands apart, decimals by unit; a year is no amount."""
        found = []
        for column, field in zip(table.columns, rows.schema, strict=True):
            if not (
                pa.types.is_decimal(field.type) or pa.types.is_integer(field.type) or pa.types.is_floating(field.type)
            ):
                found.append(self.text)
                continue
            scale = field.type.scale if pa.types.is_decimal(field.type) else 0
            decimals = min(6, scale if column.decimals is None else column.decimals)
            found.append(
                self._number(
                    "0" if column.name.endswith("_year") else "#,##0" + ("." + "0" * decimals if decimals else "")
                )
            )
        return found

    def _number(self, form: str):
        if form not in self.numbers:
            self.numbers[form] = self.book.add_format({"num_format": f"{form};[Red]-{form}"})
        return self.numbers[form]


def _texts(rows: Sequence[Sequence[str]], width: int) -> pa.Table:
    return pa.table({str(place): pa.array([row[place] for row in rows], pa.string()) for place in range(width)})


def _dictionary(tables: Tables) -> list[list[str]]:
    found = []
    for table, _ in tables:
        found.append([table.name, "", table.description, "", "", ""])
        for column in table.columns:
            key = "key" if column.name in table.keys else ""
            found.append([table.name, column.name, column.description, column.unit, column.data_type.lower(), key])
    return found + [["What changed", name, words, "", "varchar", ""] for name, words in WORDS.items()]


def _widths(rows: pa.Table) -> list[int]:
    found = []
    for name, cells in zip(rows.column_names, rows.columns, strict=True):
        longest = max((len(str(cell)) for cell in cells.slice(0, 40).to_pylist() if cell is not None), default=0)
        found.append(max(9, min(44, max(longest + 3, min(len(name), 18) + 2))))
    return found
