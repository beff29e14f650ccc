"""The workbook: the district's own file, failing cells marked, and no formula.

Belongs here: what a spreadsheet program finds in it. Does not belong here: the page.
"""

import re
import zipfile

import openpyxl
import pytest
from mistakes import EVIL, SLOT


@pytest.fixture(scope="module")
def book(spoiled):
    return openpyxl.load_workbook(spoiled.workbook)


def test_the_file_stands_there_as_it_was_sent(spoiled, book):
    sheet = book["Your file"]
    assert book.sheetnames == ["Findings", "Your file"]
    cells = [[cell.value or "" for cell in row] for row in sheet.iter_rows(max_col=len(spoiled.header))]
    assert cells == spoiled.bad


def test_each_failing_cell_is_filled_and_says_why(spoiled, book):
    sheet = book["Your file"]
    for finding in spoiled.answer["findings"]:
        if finding["row_number"]:
            column = [name.lower().replace(" ", "_") for name in spoiled.header].index(finding["column_name"])
            cell = sheet.cell(finding["row_number"], column + 1)
            assert cell.fill.fill_type == "solid"
            assert finding["edit_id"] in cell.comment.text and finding["fix"] in cell.comment.text
    assert sheet["A2"].fill.fill_type is None


def test_no_cell_can_run(spoiled, book):
    sheets = [name for name in zipfile.ZipFile(spoiled.workbook).namelist() if "worksheets/sheet" in name]
    assert all(b"<f>" not in zipfile.ZipFile(spoiled.workbook).read(name) for name in sheets)
    cells = [cell for sheet in book for row in sheet for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"} and {cell.number_format for cell in cells} == {"@"}
    evil = [cell for cell in cells if cell.value == EVIL]
    assert evil and all(cell.quotePrefix for cell in evil)


def test_findings_are_listed_with_links_to_their_cells(spoiled, book):
    sheet = book["Findings"]
    # One id and nothing else; the line of edits that were not evaluated names many.
    listed = [row for row in sheet.iter_rows() if re.fullmatch(r"ledger_\w+", str(row[1].value))]
    assert len(listed) == len(spoiled.answer["findings"])
    linked = {row[2].value: row[2].hyperlink.location for row in listed if row[2].hyperlink}
    assert linked["202"].startswith("'Your file'!") and linked["202"].endswith("202")


def test_the_mended_workbook_is_read_as_a_file(spoiled):
    """Mending the report's own workbook and sending that is what people do."""
    done = spoiled.home.run("check", "bad.xlsx", *SLOT, "--format", "json")
    assert done.returncode == 1
    assert len(spoiled.answer["findings"]) == done.stdout.count('"edit_id"')


def test_a_file_that_cannot_be_read_has_its_findings_only(spoiled):
    (spoiled.home.path / "torn.xlsx").write_bytes(spoiled.workbook.read_bytes()[:3000])
    assert spoiled.home.run("check", "torn.xlsx", *SLOT, "--report", "torn_report.xlsx").returncode == 1
    assert openpyxl.load_workbook(spoiled.home.path / "torn_report.xlsx").sheetnames == ["Findings"]
