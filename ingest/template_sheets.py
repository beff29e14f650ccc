"""The sheets of a template: records to fill in, the record layout, how to fix, and the codes behind the drop-downs.

Belongs here: cells, locks, drop-downs and formats. Does not belong here: which columns and codes (`template`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from expectations.reports.report import Code, Edit
from expectations.reports.sheet_cells import writable
from expectations.reports.wording import SEVERITY
from ingest.contracts import Contract

LAST_ROW = 1_048_576
GREY = "E4E7EB"


@dataclass(frozen=True)
class Field:
    """A column of the template, in words."""

    header: str
    name: str
    data_type: str
    kind: str
    presence: str
    years: str
    meaning: str
    codes: tuple[Code, ...]
    mistakes: str


def write_sheets(
    contract: Contract, fiscal_year: int, fields: Sequence[Field], edits: Iterable[Edit], target: Path
) -> None:
    """Write the workbook. The sheet of records comes first and is named as the collection."""
    from openpyxl import Workbook

    book = Workbook()
    records = book.active
    records.title = contract.collection
    _records_sheet(records, fields)
    _table(
        book.create_sheet("Record layout"),
        [f"{contract.title}, fiscal year {fiscal_year}: what each column holds"],
        ("Column", "Meaning", "Written as", "Filled", "Codes", "Fiscal years", "Mistakes often made"),
        (
            (f.header, f.meaning, f.kind, f.presence, _codes_in_words(f.codes), f.years, f.mistakes)
            for f in fields
        ),
        (22, 60, 26, 18, 40, 14, 40),
    )  # fmt: skip
    _table(
        book.create_sheet("How to fix"),
        [f"{contract.title}: every edit, and what to do when it finds something"],
        ("Edit", "Severity", "What it asks", "Why", "Example of the mistake", "How to fix"),
        ((e.edit_id, SEVERITY[e.severity][0], e.sentence, e.why, e.example, e.fix) for e in edits),
        (14, 22, 50, 50, 40, 60),
    )
    _codes_sheet(book.create_sheet("Codes"), records, fields)
    book.save(target)


def _records_sheet(sheet, fields: Sequence[Field]) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
    from openpyxl.utils import get_column_letter

    line = Border(bottom=Side("thin", color="808080"))
    for place, field in enumerate(fields, 1):
        head = sheet.cell(1, place, writable(field.header))
        head.font, head.border, head.alignment = Font(bold=True), line, Alignment(wrap_text=True, vertical="top")
        head.fill, head.number_format = PatternFill("solid", fgColor=GREY), "@"
        column = sheet.column_dimensions[get_column_letter(place)]
        column.width = max(12, min(len(field.header) + 4, 28))
        # A column's own style holds for every row nobody wrote yet: unlocked, and text where zeros must stay.
        column.protection = Protection(locked=False)
        column.number_format = number_format(field)
    sheet.freeze_panes = "A2"
    sheet.protection.sheet = True
    for freedom in ("formatColumns", "formatRows", "insertRows", "deleteRows", "sort", "autoFilter"):
        setattr(sheet.protection, freedom, False)  # False: not forbidden


def number_format(field: Field) -> str:
    """Numbers are numbers; everything else is text, so that zeros stay and no date is guessed."""
    if field.data_type.startswith("decimal"):
        places = int(field.data_type.rstrip(")").partition(",")[2] or 0)
        return "0." + "0" * places if places else "0"
    return {"integer": "0", "bigint": "0", "double": "General"}.get(field.data_type, "@")


def _codes_in_words(codes: Sequence[Code], most: int = 12) -> str:
    shown = ", ".join(code.shown for code in codes[:most])
    return f"{shown} and {len(codes) - most} more: sheet Codes" if len(codes) > most else shown


def _codes_sheet(sheet, records, fields: Sequence[Field]) -> None:
    """Two columns a list, code and name; each list is the drop-down of its column."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    place = 1
    for number, field in enumerate(fields, 1):
        if not field.codes:
            continue
        letter = get_column_letter(place)
        for row, (code, name) in enumerate([(field.header, "Name"), *((c.shown, c.name) for c in field.codes)], 1):
            for offset, text in enumerate((code, name)):
                _text(sheet.cell(row, place + offset), text, bold=row == 1)
        sheet.column_dimensions[letter].width, sheet.column_dimensions[get_column_letter(place + 1)].width = 18, 44
        # A range of codes cannot be a drop-down: its members are not written anywhere.
        if not any(code.code_to for code in field.codes):
            source = f"Codes!${letter}$2:${letter}${len(field.codes) + 1}"
            rule = DataValidation(type="list", formula1=source, allow_blank=True, showErrorMessage=True)
            rule.errorStyle, rule.errorTitle = "warning", field.header
            rule.error = "This code is not in the list of this fiscal year (sheet Codes)."
            records.add_data_validation(rule)
            column = get_column_letter(number)
            rule.add(f"{column}2:{column}{LAST_ROW}")
        place += 2
    sheet.freeze_panes = "A2"


def _table(
    sheet, opening: Sequence[str], names: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int]
) -> None:
    from openpyxl.utils import get_column_letter

    for row, cells in enumerate([opening, names, *rows], 1):
        for place, text in enumerate(cells, 1):
            _text(sheet.cell(row, place), text, bold=row < 3, wrap=row > 1)
    for place, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "A3"


def _text(cell, text: str, bold: bool = False, wrap: bool = False) -> None:
    """A cell that stays text, whatever it begins with."""
    from openpyxl.styles import Alignment, Font

    cell.value = writable(text)
    cell.data_type, cell.number_format = "s", "@"
    cell.font, cell.alignment = Font(bold=bold), Alignment(wrap_text=wrap, vertical="top")
    cell.quotePrefix = text.startswith(("=", "+", "-", "@"))
