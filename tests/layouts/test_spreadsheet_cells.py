"""Numbers that a spreadsheet keeps where codes stand, percentages, and formulas, through a layout that says what to do with them.

Belongs here: typed cells of a workbook. Does not belong here: texts (`test_layout_forms`), damaged workbooks (`tests/hostile`).
"""

import io
import zipfile

import openpyxl
import pytest
from exports import COLUMNS, HEADER

OBJECT = {"from": "Obj", "pad": 3}
PADDED = COLUMNS | {
    "fund_code": {"from": "Fund", "pad": 3},
    "object_code": OBJECT,
    "account_class": COLUMNS["account_class"] | {"pad": 3},
}


def workbook(*rows, percent: str = "", form: str = "0.00%", formula: tuple[str, str] = ("", "")) -> bytes:
    """A workbook of these rows; `percent` is a cell shown as a percentage, `formula` a cell and the XML of its formula and result."""
    book = openpyxl.Workbook()
    for row in (HEADER, *rows):
        book.active.append(row)
    if percent:
        book.active[percent].number_format = form
    out = io.BytesIO()
    book.save(out)
    cell, xml = formula
    return with_cell(out.getvalue(), cell, xml) if cell else out.getvalue()


def with_cell(data: bytes, cell: str, xml: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            part = old.read(entry).decode()
            if entry.filename.endswith("sheet1.xml"):
                start = part.index(f'<c r="{cell}"')
                stop = part.index("</c>", start)
                part = part[:start] + f'<c r="{cell}">{xml}' + part[stop:]
            new.writestr(entry.filename, part)
    return out.getvalue()


def test_a_code_in_a_numeric_cell_is_read_where_the_layout_pads_it(through):
    result = through(workbook(["n", 7, "F", 110, 1.5]), columns=PADDED)
    assert not result.faults and (result.rows[0]["fund_code"], result.rows[0]["object_code"]) == ("007", "110")


def test_a_code_in_a_numeric_cell_is_refused_where_the_layout_does_not(through):
    result = through(workbook(["n", 7, "F", 110, 1.5]), columns=PADDED | {"fund_code": "Fund"})
    assert [(f.edit, f.row_number, f.column_name, f.value) for f in result.faults] == [
        ("file_code_as_number", 2, "fund_code", "7")
    ]


@pytest.mark.parametrize(
    ("form", "is_percent"),
    [("0.00%", True), ("0%", True), ('#,##0.0 %;-0"x"', True), ('0.00" % of all"', False), ("0.00", False)],
)
def test_an_amount_shown_as_a_percentage_is_refused(through, form, is_percent):
    result = through(workbook(["n", 7, "F", 110, 5], ["n", 7, "F", 110, 0.12], percent="E3", form=form), columns=PADDED)
    found = [(f.edit, f.row_number, f.column_name) for f in result.faults]
    assert found == ([("file_cell", 3, "amount")] if is_percent else [])
    assert "number format" in result.faults[0].detail if is_percent else True


def test_an_empty_cell_of_percent_format_says_nothing(through):
    assert not through(workbook(["n", 7, "F", 110, 5], ["n", 7, "F", 110, None], percent="E3"), columns=PADDED).faults


FORMULA = ("E2", "<f>10+20</f><v>30</v>")


def test_results_of_formulas_are_read_only_where_the_layout_says_so(through):
    data = workbook(["n", 7, "F", 110, 1], formula=FORMULA)
    assert [f.edit for f in through(data, columns=PADDED).faults] == ["file_cell"]
    taken = through(data, columns=PADDED, file={"formulas": "cached"})
    assert not taken.faults and taken.rows[0]["amount"] == "30"


@pytest.mark.parametrize("xml", ["<f>10+20</f>", '<f t="shared" si="0"/>'])
def test_a_formula_without_a_result_is_refused(through, xml):
    result = through(workbook(["n", 7, "F", 110, 1], formula=("E2", xml)), columns=PADDED, file={"formulas": "cached"})
    assert [f.row_number for f in result.faults] == [2] and "without its result" in result.faults[0].detail
