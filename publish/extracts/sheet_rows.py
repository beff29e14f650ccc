"""Rows of a sheet as its XML, a column at a time: a workbook of thirty thousand cells takes a tenth of a second instead of one.

The library that makes the book (XlsxWriter) writes headers, looks, widths and one row of empty cells in each sheet; the rows put in its
place here take their looks from it. Text is an inline string: nothing in it can become a formula.

Belongs here: that XML. Does not belong here: sheets and looks (`workbook`).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

FIRST = 2
"""The row of empty cells, and the first of rows."""
_PATTERN = re.compile(rf'<row r="{FIRST}"[^>]*>.*?</row>|<row r="{FIRST}"[^>]*/>', re.DOTALL)
_STYLE = re.compile(rf'<c r="([A-Z]+){FIRST}"(?: s="(\d+)")?')
# What XML cannot hold; and what a reader would take for the code of a character.
_UNWRITABLE = "[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F\\x{FFFE}\\x{FFFF}]"
_ESCAPE = "_(x[0-9A-Fa-f]{4}_)"
LONGEST = 32_000


def with_rows(book: bytes, rows: Mapping[str, pa.Table]) -> bytes:
    """The book with rows in its sheets. `rows`: by the path of the sheet in the file."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(book)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as target,
    ):
        for member in source.infolist():
            data = source.read(member)
            if member.filename in rows:
                data = _filled(data.decode(), rows[member.filename]).encode()
            target.writestr(member, data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _filled(sheet: str, rows: pa.Table) -> str:
    pattern = _PATTERN.search(sheet)
    if not pattern:
        return sheet
    styles = dict(_STYLE.findall(pattern.group()))
    body = _rows(rows, list(styles.items()))
    last = f"{list(styles)[-1]}{max(1, rows.num_rows + FIRST - 1)}"
    sheet = sheet[: pattern.start()] + body + sheet[pattern.end() :]
    return re.sub(r'<dimension ref="[^"]*"/>', f'<dimension ref="A1:{last}"/>', sheet, count=1)


def _rows(rows: pa.Table, styles: list[tuple[str, str]]) -> str:
    if not rows.num_rows:
        return ""
    numbers = pc.cast(pa.array(range(FIRST, FIRST + rows.num_rows), pa.int32()), pa.string())
    cells = [_cells(rows.column(place), letter, style, numbers) for place, (letter, style) in enumerate(styles)]
    lines = pc.binary_join_element_wise('<row r="', numbers, '">', *cells, "</row>", "")
    return "".join(lines.to_pylist())


def _cells(column: pa.ChunkedArray, letter: str, style: str, numbers: pa.Array) -> pa.Array:
    """Every cell of a column; an empty one is no cell."""
    values = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    kind, looks = values.type, f' s="{style}"' if style else ""
    is_number = pa.types.is_integer(kind) or pa.types.is_decimal(kind) or pa.types.is_floating(kind)
    text, form, (start, end) = pc.cast(values, pa.string()), "", ("<v>", "</v>")
    if not is_number:
        # Flags are words too: LibreOffice would make a formula, =TRUE(), of each.
        text, form, (start, end) = _escaped(text), ' t="inlineStr"', ('<is><t xml:space="preserve">', "</t></is>")
    made = pc.binary_join_element_wise(f'<c r="{letter}', numbers, f'"{looks}{form}>{start}', text, f"{end}</c>", "")
    return pc.fill_null(made, "")


def _escaped(text: pa.Array) -> pa.Array:
    found = pc.utf8_slice_codeunits(text, 0, LONGEST)
    found = pc.replace_substring_regex(found, _ESCAPE, "_x005F_\\1")
    found = pc.replace_substring_regex(found, _UNWRITABLE, "\ufffd")
    for sign, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        found = pc.replace_substring(found, sign, name)
    return pc.replace_substring(found, "\r", "&#13;")
