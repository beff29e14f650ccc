"""The template: filled in with a spreadsheet program and sent as it is, the gate reads it.

Belongs here: the workbook of each collection, and its round trip. Does not belong here: the reader's own rules (`tests/reader`).
"""

import csv

import openpyxl
import pytest
from mistakes import SLOT

COLLECTIONS = ("ledger", "staff", "membership", "sections", "outcomes")


@pytest.fixture(scope="module")
def ledger(home):
    home.ok("template", "ledger", "--fiscal-year", "2024", "--lea", "0007", "-o", "template.xlsx")
    return home.path / "template.xlsx"


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_each_collection_has_a_header(home, collection):
    header = home.ok("template", collection, "--fiscal-year", "2024").strip().split(",")
    assert {"LEA ID", "Fiscal Year"} <= set(header)


def test_header_locked_body_open_codes_as_text(ledger):
    sheet = openpyxl.load_workbook(ledger)["ledger"]
    assert sheet.protection.sheet and sheet.freeze_panes == "A2"
    assert all(cell.protection.locked for cell in sheet[1])
    assert not any(sheet.column_dimensions[cell.column_letter].protection.locked for cell in sheet[1])
    formats = {cell.value: sheet.column_dimensions[cell.column_letter].number_format for cell in sheet[1]}
    assert formats["Fund Code"] == "@" and formats["Amount"] == "0.00"


def test_drop_downs_hold_the_codes_of_the_year(ledger):
    book = openpyxl.load_workbook(ledger)
    sheet = book["ledger"]
    letters = {cell.value: cell.column_letter for cell in sheet[1]}
    lists = {str(one.sqref).partition("2:")[0]: one.formula1 for one in sheet.data_validations.dataValidation}
    for header, code in (("Account Class", "opening_balance"), ("Fund Code", "010"), ("School ID", "001")):
        place = lists[letters[header]].partition("!")[2].replace("$", "")
        assert code in [cell.value for (cell,) in book["Codes"][place]], header


def test_layout_and_remedies_are_explained(ledger):
    book = openpyxl.load_workbook(ledger)
    layout = {row[0]: row for row in book["Record layout"].iter_rows(min_row=3, values_only=True)}
    assert set(layout) == {cell.value for cell in book["ledger"][1]}
    assert "fund in the state's chart" in layout["Fund Code"][1] and layout["Amount"][3] == "never empty"
    fixes = {row[0]: row for row in book["How to fix"].iter_rows(min_row=3, values_only=True)}
    assert fixes["ledger_026"][5].startswith("Write the amount as")


def test_the_filled_template_is_accepted(home, ledger):
    with (home.path / "sample/0007/2024/ledger_actual_unaudited_1.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    book = openpyxl.load_workbook(ledger)
    sheet = book["ledger"]
    typed = {"Fiscal Year": int, "Amount": float}
    for number, row in enumerate(rows, 2):
        for place, cell in enumerate(sheet[1], 1):
            if text := row.get(cell.value):
                sheet.cell(number, place).value = typed.get(cell.value, str)(text)
    book.save(home.path / "filled.xlsx")
    done = home.run("check", "filled.xlsx", *SLOT)
    assert done.returncode == 0, done.stdout
    assert f"accepted, {len(rows):,} rows" in done.stdout and "fatal" not in done.stdout
