"""Files as districts send them: CSV, gzipped CSV, Excel workbook, Parquet; the same bytes every time.

Belongs here: turning a header and rows of text into bytes of one of the four forms.
Does not belong here: what the rows say, or which LEA sends which form.
"""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from collections.abc import Sequence
from decimal import Decimal
from xml.sax.saxutils import escape

import pyarrow as pa
import pyarrow.parquet as pq

Row = Sequence[str]
INTEGERS = {"Fiscal Year", "Fall Membership Count", "Student Count"}
DOLLARS = {"Amount", "Salary Amount", "Benefits Amount"}
EPOCH = (1980, 1, 1, 0, 0, 0)
_CONTENT_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    "</Types>"
)
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="{target}"/>'
    "</Relationships>"
)
_WORKBOOK = (
    '<?xml version="1.0" encoding="UTF-8"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
    '<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>'
)


def content(header: Row, rows: Sequence[Row], form: str) -> bytes:
    """The bytes of a file of the given form: csv, csv.gz, xlsx or parquet."""
    if form == "csv":
        return csv_bytes(header, rows)
    if form == "csv.gz":
        return gzip.compress(csv_bytes(header, rows), compresslevel=6, mtime=0)
    return xlsx_bytes(header, rows) if form == "xlsx" else parquet_bytes(header, rows)


def csv_bytes(header: Row, rows: Sequence[Row]) -> bytes:
    """Comma-separated UTF-8 text; cells are quoted only where they must be."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode()


def parquet_bytes(header: Row, rows: Sequence[Row]) -> bytes:
    """Typed Parquet: codes as text, counts as integers, dollars as decimals, empty cells null."""
    columns = [_column(name, [row[i] for row in rows]) for i, name in enumerate(header)]
    out = io.BytesIO()
    pq.write_table(pa.table(columns, names=list(header)), out, compression="zstd")
    return out.getvalue()


def _column(name: str, cells: list[str]) -> pa.Array:
    if name in INTEGERS:
        return pa.array([int(cell) if cell else None for cell in cells], pa.int64())
    if name in DOLLARS:
        return pa.array([Decimal(cell) if cell else None for cell in cells], pa.decimal128(18, 2))
    return pa.array([cell or None for cell in cells], pa.string())


def xlsx_bytes(header: Row, rows: Sequence[Row]) -> bytes:
    """A one-sheet workbook: codes as text cells (zeros stay), counts and dollars as numbers."""
    numeric = [name in INTEGERS or name in DOLLARS for name in header]
    lines = [_sheet_row(1, header, [False] * len(header))]
    lines += [_sheet_row(number, row, numeric) for number, row in enumerate(rows, start=2)]
    sheet = (
        '<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{''.join(lines)}</sheetData></worksheet>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in (
            ("[Content_Types].xml", _CONTENT_TYPES),
            ("_rels/.rels", _RELATIONS.format(kind="officeDocument", target="xl/workbook.xml")),
            ("xl/workbook.xml", _WORKBOOK),
            ("xl/_rels/workbook.xml.rels", _RELATIONS.format(kind="worksheet", target="worksheets/sheet1.xml")),
            ("xl/worksheets/sheet1.xml", sheet),
        ):
            book.writestr(zipfile.ZipInfo(name, EPOCH), text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _sheet_row(number: int, row: Row, numeric: Sequence[bool]) -> str:
    cells = []
    for index, cell in enumerate(row):
        if not cell:
            continue
        at = f"{_letters(index)}{number}"
        if numeric[index]:
            cells.append(f'<c r="{at}"><v>{cell}</v></c>')
        else:
            cells.append(f'<c r="{at}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>')
    return f'<row r="{number}">{"".join(cells)}</row>'


def _letters(index: int) -> str:
    return chr(65 + index) if index < 26 else chr(64 + index // 26) + chr(65 + index % 26)
