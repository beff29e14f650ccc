"""Every structural edit with a file that breaks it, and the forms of files that are taken as they are.

Belongs here: bytes -> records or one structural fault. Does not belong here: edits of contracts (`tests/gate`), layouts of one's own (`tests/layouts`).
"""

import datetime
import gzip
import io

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest import decoding
from ingest.contracts import contracts
from ingest.layouts import Layout
from ingest.reader import Task, read
from ingest.reading import STRUCTURAL
from ingest.settings import project_folder

MEMBERSHIP = contracts(project_folder() / "dbt" / "models" / "sources")["membership"]
HEADER = ["LEA ID", "Fiscal Year", "School ID", "Grade Code", "Student Group", "Fall Membership Count", "ADM", "ADA"]
ROWS = [["0101", "2024", "001", "05", "all", "100", "", ""], ["0101", "2024", "002", "06", "all", "30", "", ""]]
TEXT = "\n".join(",".join(row) for row in [HEADER, *ROWS]) + "\n"
PLAIN = TEXT.encode()


def task(layout: str = "", **layouts: Layout) -> Task:
    return Task(MEMBERSHIP, layouts, layout, "0101", 2024)


def workbook(rows: list[list], **other_sheets: list[list]) -> bytes:
    """An xlsx of one sheet, and of more where they are given."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for name, cells in other_sheets.items():
        sheet = book.create_sheet(name)
        for row in cells:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def parquet(columns: dict[str, list]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


CELLS = {name: [row[i] or None for row in ROWS] for i, name in enumerate(HEADER)}
COUNTS = {**CELLS, "Fiscal Year": [2024, 2024], "Fall Membership Count": [100, 30]}
TYPED_ROWS = [[row[0], 2024, *row[2:5], int(row[5]), None, None] for row in ROWS]
NULLS = pa.array([None, None], pa.string())

TAKEN = {
    "plain": PLAIN,
    "gzip": gzip.compress(PLAIN),
    "utf-8 with BOM": b"\xef\xbb\xbf" + PLAIN,
    "utf-16 little endian with BOM": b"\xff\xfe" + TEXT.encode("utf-16-le"),
    "utf-16 big endian with BOM": b"\xfe\xff" + TEXT.encode("utf-16-be"),
    "CRLF": PLAIN.replace(b"\n", b"\r\n"),
    "CR only": PLAIN.replace(b"\n", b"\r"),
    "no line end at the end": PLAIN.rstrip(b"\n"),
    "header folded": PLAIN.replace(b"LEA ID", b"lea_id").replace(b"School ID", b" SCHOOL  Id "),
    "blanks around cells": PLAIN.replace(b"001", b" 001  "),
    "every cell quoted": "\n".join(",".join(f'"{c}"' for c in row) for row in [HEADER, *ROWS]).encode(),
    "columns in another order": "\n".join(",".join(reversed(row)) for row in [HEADER, *ROWS]).encode(),
    "xlsx": workbook([HEADER, *TYPED_ROWS]),
    "xlsx with an empty second sheet": workbook([HEADER, *TYPED_ROWS], Sheet2=[]),
    "parquet": parquet({**COUNTS, "ADM": NULLS, "ADA": NULLS}),
}  # fmt: skip


@pytest.mark.parametrize("name", TAKEN)
def test_forms_of_one_file_give_one_reading(name):
    (reading,) = read(TAKEN[name], task())
    assert not reading.faults
    rows = reading.table.to_pylist()
    assert [(r["row_number"], r["lea_id"], r["fiscal_year"], r["school_id"], r["grade_code"], r["fall_membership_count"], r["adm"]) for r in rows] == [
        (2, "0101", "2024", "001", "05", "100", None), (3, "0101", "2024", "002", "06", "30", None),
    ]  # fmt: skip
    assert reading.record_count == 2


def swapped(old: str, new: str) -> bytes:
    assert old in TEXT
    return TEXT.replace(old, new).encode()


ROW_3 = ",".join(ROWS[1])
REFUSED = [
    ("no bytes", b"", "file_empty", None),
    ("header only", TEXT.splitlines()[0].encode() + b"\n", "file_empty", None),
    ("blank lines only", b"\n\n\n", "file_empty", None),
    ("workbook with a header only", workbook([HEADER]), "file_empty", None),
    ("Parquet without rows", parquet({name: pa.array([], pa.string()) for name in HEADER}), "file_empty", None),
    ("quote not closed", swapped("0101,2024,002", '"0101,2024,002'), "file_quotes", 3),
    ("text after a quote", swapped("002", '"0"02'), "file_quotes", 3),
    ("NUL", swapped("002", "0\x0002"), "file_control_characters", 3),
    ("bell", swapped("002", "0\x0702"), "file_control_characters", 3),
    ("one field too few", swapped(ROW_3, ROW_3[:-1]), "file_field_count", 3),
    ("a delimiter at the end", swapped(ROW_3, ROW_3 + ","), "file_field_count", 3),
    ("one field too few under a wrong header", swapped(ROW_3, ROW_3[:-1]).replace(b"Grade Code", b"Grade"), "file_header", 1),
    ("workbook cell outside the header", workbook([HEADER, TYPED_ROWS[0], [*TYPED_ROWS[1], "remark"]]), "file_field_count", 3),
    ("column missing", "\n".join(line.rpartition(",")[0] for line in TEXT.splitlines()).encode(), "file_header", 1),
    ("column unknown", "\n".join(f"{line},{'Remarks' if not i else ''}" for i, line in enumerate(TEXT.splitlines())).encode(), "file_header", 1),
    ("column twice", "\n".join(f"{line},{'ADA' if not i else ''}" for i, line in enumerate(TEXT.splitlines())).encode(), "file_header", 1),
    ("column without a name", "\n".join(f"{line}," for line in TEXT.splitlines()).encode(), "file_header", 1),
    ("no header", (ROW_3 + "\n" + ROW_3 + "\n").encode(), "file_header", 1),
    ("latin-1 undeclared", swapped("all,30", "é,30").decode().encode("latin-1"), "file_encoding", 3),
    ("a picture", b"\x89PNG\r\n\x1a\n" + bytes(range(200)), "file_format", None),
    ("lone CR in a line", swapped("002", "0\r02"), "file_line_ends", None),
    ("damaged gzip", gzip.compress(PLAIN * 50)[:-12], "file_format", None),
    ("damaged workbook", b"PK\x03\x04" + b"no zip at all", "file_format", None),
    ("damaged Parquet", b"PAR1" + b"nothing", "file_format", None),
    ("Parquet with a list", parquet({**CELLS, "ADA": [["x"], ["y"]]}), "file_format", None),
    ("two filled sheets", workbook([HEADER, *TYPED_ROWS], More=[HEADER, *TYPED_ROWS]), "file_format", None),
    ("field longer than a mebibyte", swapped("002", '"' + "0" * (1 << 20) + '2"'), "file_size", 3),
    ("quote inside a field", swapped("all,30", 'a"ll",30'), "file_quotes", 3),
    ("an old workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "file_format", None),
    ("a web page", b"<html><table></table></html>", "file_format", None),
    ("semicolons", PLAIN.replace(b",", b";"), "file_header", 1),
    ("header twice", PLAIN + PLAIN, "file_repeated_header", 4),
    ("a row of totals", PLAIN + b"Total,,,,,130,,\n", "file_total_row", 4),
    ("a code without its zeros", PLAIN + b"".join(b"0101,2024,00%d,05,all,1,,\n" % i for i in range(3, 8)) + b"0101,2024,9,05,all,1,,\n", "lost_zeros", 9),
    ("an error value", swapped("002", "#REF!"), "file_cell", 3),
    ("two stray quotes that swallow a record", swapped("05,all,100,,\n0101,2024,002,06,all,30", '05,"all,100,,\n0101,2024,002,06,all",30'), "file_quotes", 2),
    ("the same around a doubled quote", swapped("05,all,100,,\n0101,2024,002,06,all,30", '05,"all""x,100,,\n0101,2024,002,06,all",30'), "file_quotes", 2),
    ("unknown layout", PLAIN, "file_layout", None),
    ("codes as numbers", workbook([HEADER, *[[101, *row[1:]] for row in TYPED_ROWS]]), "file_code_as_number", 2),
    ("codes as dates", workbook([HEADER, TYPED_ROWS[0], [*TYPED_ROWS[1][:3], datetime.date(2024, 5, 1), *TYPED_ROWS[1][4:]]]), "file_code_as_number", 3),
    ("codes as integers in Parquet", parquet({**COUNTS, "School ID": [1, 2], "ADM": NULLS, "ADA": NULLS}), "file_code_as_number", 2),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "edit", "row_number"), REFUSED, ids=[case[0] for case in REFUSED])
def test_a_broken_file_is_refused_with_its_edit_and_row(name, data, edit, row_number):
    (reading,) = read(data, task("no_such_layout" if edit == "file_layout" else ""))
    assert [fault.edit for fault in reading.faults] == [edit]
    (fault,) = reading.faults
    assert fault.row_number == row_number or (row_number is None and edit == "file_line_ends")
    assert fault.detail and "Traceback" not in fault.detail
    if edit not in ("file_code_as_number", "file_repeated_header", "file_total_row", "file_cell", "lost_zeros"):
        assert reading.table is None


def test_every_structural_edit_has_its_file():
    # `type` needs the columns' types, which the gate knows (tests/gate); `file_footer` a layout, `file_control` a stated total (tests/layouts).
    assert {case[2] for case in REFUSED} == set(STRUCTURAL) - {"type", "file_footer", "file_control", "file_sums"}


@pytest.mark.parametrize(
    "data", [swapped(ROW_3, ROW_3 + ",secret"), workbook([HEADER, TYPED_ROWS[0], [*TYPED_ROWS[1], "secret"]])]
)
def test_a_record_out_of_form_is_not_quoted(data):
    (fault,) = read(data, task())[0].faults
    assert fault.edit == "file_field_count" and fault.value is None
    assert "secret" not in fault.detail and "002" not in fault.detail


def test_a_header_fault_says_what_differs():
    data = PLAIN.replace(b"Grade Code", b"Grade")
    (fault,) = read(data, task())[0].faults
    assert "missing Grade Code" in fault.detail and "unknown Grade" in fault.detail


def test_row_numbers_are_a_spreadsheets():
    lines = TEXT.splitlines()
    quoted = lines[1].replace(",all,", ',"a\nll",')
    (reading,) = read("\n".join([lines[0], "", quoted, "", lines[2]]).encode(), task())
    assert reading.table.column("row_number").to_pylist() == [3, 5]
    (book,) = read(workbook([HEADER, TYPED_ROWS[0], [], TYPED_ROWS[1]]), task())
    assert book.table.column("row_number").to_pylist() == [2, 4]


def test_an_unpacked_file_over_the_limit_is_refused(monkeypatch):
    monkeypatch.setattr(decoding, "MAX_TEXT_BYTES", 100)
    assert [fault.edit for fault in read(gzip.compress(PLAIN), task())[0].faults] == ["file_size"]


def test_declared_encoding_and_delimiter_are_used():
    columns = {column.name: {"from": column.header} for column in MEMBERSHIP.columns}
    form = {"encoding": "latin-1", "delimiter": ";"}
    layout = Layout("latin", "membership", header=tuple(HEADER), columns=columns, file=form)
    data = TEXT.replace(",", ";").replace("all;30", "é;30").encode("latin-1")
    (reading,) = read(data, task("latin", latin=layout))
    assert not reading.faults
    assert reading.table.column("student_group").to_pylist() == ["all", "é"]


def test_records_of_a_refused_file_are_counted():
    assert read(swapped(ROW_3, ROW_3 + ","), task())[0].record_count == 2
    assert read(b"", task())[0].record_count == 0


def test_spreadsheet_numbers_keep_their_cents():
    rows = [[*row[:6], 0.1 + 0.2, 12345.675] for row in TYPED_ROWS]
    (reading,) = read(workbook([HEADER, *rows]), task())
    assert reading.table.column("adm").to_pylist() == ["0.3", "0.3"]
    assert reading.table.column("ada").to_pylist() == ["12345.675", "12345.675"]


def test_a_file_without_a_header_is_not_quoted():
    staff = contracts(project_folder() / "dbt" / "models" / "sources")["staff"]
    (fault,) = read(b"0101,2024,SID-4711,001\n0101,2024,SID-4712,001\n", Task(staff, {}, "", "0101", 2024))[0].faults
    assert fault.edit == "file_header" and "no header" in fault.detail
    assert "SID-4711" not in f"{fault.detail} {fault.value}"
