"""The survey as files: one CSV in the survey's layout, one workbook with the tie-out beside it.

Belongs here: sheets and CSV. Does not belong here: what stands in them (`survey`).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from expectations.reports.sheet_cells import TextCells
from publish.survey import Survey

MONEY = "#,##0.00;[Red]-#,##0.00"
WHOLE = "#,##0;[Red]-#,##0"


def as_csv(survey: Survey) -> bytes:
    """The file as the survey lays it out."""
    text = io.StringIO()
    writer = csv.DictWriter(text, survey.columns, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(survey.rows)
    return text.getvalue().encode()


def as_workbook(survey: Survey, generation_id: str) -> bytes:
    """Sheets F33, Tie-out, Items and Notes; frozen headers, numbers as numbers, everything else as text."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    put_sheet(
        book,
        "F33",
        survey.columns,
        ([row[name] for name in survey.columns] for row in survey.rows),
        WHOLE,
        "D2",
        [10, 34, 6] + [15] * (len(survey.columns) - 3),
    )
    tied = ("lea_id", "lea_name", "report", "line_name", "amount", "published_amount", "unexplained_amount")
    head = ("LEA", "Name", "Report", "Line", "Amount", "As published in its own table", "Unexplained")
    put_sheet(
        book,
        "Tie-out",
        head,
        ([row[name] for name in tied] for row in survey.tie_out),
        MONEY,
        "A2",
        [10, 30, 18, 62, 20, 30, 14],
    )
    about = ([item, name, group] for item, (name, group) in survey.items.items())
    put_sheet(book, "Items", ("Item", "What it is", "Part of the survey"), about, WHOLE, "A2", [12, 64, 22])
    put_sheet(book, "Notes", ("Notes",), ([line] for line in notes(survey, generation_id)), WHOLE, "A2", [120])
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def notes(survey: Survey, generation_id: str) -> Iterator[str]:
    """What a reader of the file must know."""
    unexplained = sum((abs(row["unexplained_amount"] or Decimal(0)) for row in survey.tie_out), Decimal(0))
    yield f"FY{survey.fiscal_year}, {len(survey.rows)} LEAs, from generation {generation_id}."
    yield "Whole dollars, rounded half up. Totals are the sums of the rounded parts, so that every published identity holds in this file."
    yield f"A total of rounded parts differs from the exact total (table f33) by {survey.moved:,.2f} dollars at most."
    yield "-1 missing (flag M): no ledger of the year, no account of the state's chart that leads to the item, or it stands in no ledger."
    yield "-2 not applicable (flag N): the survey did not ask for it that year, or the chart specifies what the item would take."
    yield "Identification beyond LEAID, NAME and YEAR (county, CBSA, school level) is the Census Bureau's and is left to it."
    yield f"Tie-out, dollars and cents: unexplained in all, over LEAs and reports: {unexplained:,.2f}."
    for item in survey.negative:
        yield f"Below zero: {item}."
    for change in survey.breaks:
        yield f"Break of the federal series in FY{survey.fiscal_year}: {change}."


def put_sheet(
    book, title: str, head: Iterable[str], rows: Iterable[list[Any]], form: str, frozen: str, widths: list[int]
) -> None:
    """Write a sheet: frozen header, numbers as numbers in `form`, everything else as text; columns as wide as `widths`."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(title)
    sheet.freeze_panes = frozen
    for place, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    cells = TextCells(sheet)
    sheet.append([cells.text(name, bold=True) for name in head])
    for row in rows:
        made = []
        for value in row:
            if isinstance(value, int | Decimal):
                cell = WriteOnlyCell(sheet, value)
                cell.number_format = form
                made.append(cell)
            else:
                made.append(None if value is None else cells.text(str(value)))
        sheet.append(made)
