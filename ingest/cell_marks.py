"""Cells that hold what a program left in place of a value, and rows that are no records.

Belongs here: marks that every text column is searched for, repeated headers, rows of totals.
Does not belong here: what a column's values must be (contracts), records and fields (`reader_csv`).
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from ingest.contracts import Contract
from ingest.layouts import folded
from ingest.number_forms import decimal_of
from ingest.reading import Fault

# What is wrong with a cell -> the form that shows it. The order is that of the search.
_MARKS = {
    "an error value of a spreadsheet": r"#(?i:[A-Z/0_]+[!?]|N/A|ERROR|DELETED|GETTING_DATA|#{3,})\Z",
    "a number in a spreadsheet's short form, whose digits are lost": r"[0-9](?:\.[0-9]+)?[Ee][+-][0-9]{2,3}\Z",
    "a spreadsheet's formula in place of a value": r"=\s*\S",
    "a word that a program writes where it has no value": r"(?i:null|nan|<na>|\(null\))\Z",
    "a text in apostrophes, which are no quotes": r"'(?:.*'|[0-9]+)\Z",
    "a text in typographic or other quotes, which are none of CSV's": r"[\u201c\u201d\u201e\u00ab\u2018`].*[\u201c\u201d\u00bb\u2019`]\Z",
    "a character that cannot be seen": r".*[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00a0\u2007\u202f]",
    "a tab": r"[^\t]*\t",
    "a backslash before a quote; quotes inside a text are doubled": r'.*\\"',
    "a character lost when the file was saved (U+FFFD)": ".*\ufffd",
}  # fmt: skip
_ANY = re.compile("|".join(f"(?:{form})" for form in _MARKS.values()), re.DOTALL)
_EACH = {said: re.compile(form, re.DOTALL) for said, form in _MARKS.items()}
_SHORT = 40
MOST_MARKED = 1000
"""Rows of one column that are told; a file with more has one cause for all of them."""
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_SPREADSHEET_DATE = re.compile(rf"(?:[0-9]{{1,2}}-{_MONTH}|{_MONTH}-[0-9]{{2}})\Z")
# UTF-8 read as Western text shows a letter of this row before one of that.
_WESTERN = re.compile(
    "[\u00c2-\u00f4][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2122]"
)
_TOTAL = re.compile(
    r"\W*(?:(?:grand|sub|report|sheet|page|overall|final)?[\s-]*totals?|sums?|sum total)\W*\Z", re.IGNORECASE
)


def cell_faults(table: pa.Table, contract: Contract) -> list[Fault]:
    """Find what is no value in the text columns of mapped rows, and rows that are no records: of these the first.

    Args:
        table: `row_number` and the contract's columns, as text.
        contract: the collection.
    """
    row_faults = _repeated_header(table, contract)
    texts = [
        column for column in contract.columns if column.is_text and table.column(column.name).null_count < len(table)
    ]
    values = {column.name: pc.unique(table.column(column.name)).drop_null().to_pylist() for column in texts}
    for column in texts:
        if not row_faults:
            row_faults = _total_row(table, column.name, values[column.name])
    return row_faults + [fault for c in texts for fault in _marked(table, c.name, c.header, values[c.name])]


def _marked(table: pa.Table, name: str, header: str, values: list[str]) -> list[Fault]:
    said = {value: why for value in values if (why := (_why_short if len(value) < _SHORT else _why)(value))}
    dates = [value for value in values if _SPREADSHEET_DATE.match(value)]
    if len(dates) < len(values):
        # A column of nothing but months is one; a month among codes was a code.
        said |= dict.fromkeys(dates, "a date that a spreadsheet made of another value")
    marked = [
        Fault("file_cell", f"{header} holds {said[value]}.", number, name, value)
        for number, value in _where(table, name, list(said))
    ]
    shortened = [value for value in _shortened(values) if value not in said]
    return marked + [
        Fault("lost_zeros", f"{header} is shorter than the other codes of its column.", number, name, value)
        for number, value in _where(table, name, shortened)
    ]


def _where(table: pa.Table, name: str, values: list[str]) -> list[tuple[int, str]]:
    """Row number and value of the cells of a column that hold one of the values, the first thousand."""
    if not values:
        return []
    cells = table.column(name)
    rows = pc.indices_nonzero(pc.is_in(cells, pa.array(values, pa.string()))).to_pylist()[:MOST_MARKED]
    return [(table.column("row_number")[row].as_py(), cells[row].as_py()) for row in rows]


@lru_cache(maxsize=1 << 15)
def _why_short(value: str) -> str | None:
    """The same for the short values that a state's files repeat; long ones are not kept."""
    return _why(value)


def _why(value: str) -> str | None:
    if _ANY.match(value):
        return next(said for said, form in _EACH.items() if form.match(value))
    if not value.isascii() and _WESTERN.search(value) and _was_utf8(value):
        return "letters of UTF-8 text that was opened in another encoding and saved again"
    return None


def _was_utf8(value: str) -> bool:
    """Whether a run of two to four letters, written in a Western encoding, is one letter of UTF-8."""
    for found in _WESTERN.finditer(value):
        for end in range(found.start() + 2, found.start() + 5):
            for encoding in ("cp1252", "latin-1"):
                try:
                    if len(value[found.start() : end].encode(encoding).decode("utf-8")) == 1:
                        return True
                except UnicodeError:
                    continue
    return False


def _shortened(values: list[str]) -> list[str]:
    """Codes of digits whose column has one width and leading zeros, and which are shorter and have none."""
    if not values or not all(v.isascii() and v.isdigit() for v in values):
        return []
    widths = {len(v) for v in values if v[0] == "0" and len(v) > 1}
    short = [v for v in values if widths and len(v) < max(widths)]
    longer = any(len(v) > max(widths, default=0) for v in values)
    return short if len(widths) == 1 and not longer and 4 * len(short) < len(values) else []


def _first_row(cells: pa.ChunkedArray, values: list[str]) -> int:
    return pc.index(pc.is_in(cells, pa.array(values, pa.string())), True).as_py()


def _repeated_header(table: pa.Table, contract: Contract) -> list[Fault]:
    """A record whose filled cells are the names of their own columns."""
    first = next((c for c in contract.columns if table.column(c.name).null_count == 0), None)
    if first is None:
        return []
    same = [v for v in pc.unique(table.column(first.name)).to_pylist() if folded(v) == folded(first.header)]
    if not same:
        return []
    row = _first_row(table.column(first.name), same)
    pairs = [(table.column(c.name)[row].as_py(), c.header) for c in contract.columns]
    filled = [(cell, header) for cell, header in pairs if cell is not None]
    equal = sum(folded(cell) == folded(header) for cell, header in filled)
    if 2 * equal < len(filled) or len(filled) < 2:
        return []
    number = table.column("row_number")[row].as_py()
    return [Fault("file_repeated_header", "This row names the columns once more.", number, first.name, same[0])]


def _total_row(table: pa.Table, name: str, values: list[str]) -> list[Fault]:
    """A record that says total where a column filled everywhere else is empty, or where an amount sums the others."""
    cells = table.column(name)
    words = [v for v in values if len(v) < _SHORT and _is_total(v)]
    if not words:
        return []
    rows = [i for i, v in enumerate(pc.is_in(cells, pa.array(words)).to_pylist()) if v]
    for row in rows[:20]:
        others = [n for n in table.column_names[1:] if n != name]
        lacks = any(table.column(n).null_count <= len(rows) and not table.column(n)[row].is_valid for n in others)
        if lacks or any(_sums_the_others(table.column(n), rows, row) for n in others):
            number = table.column("row_number")[row].as_py()
            return [Fault("file_total_row", "This row is a total of other rows.", number, name, cells[row].as_py())]
    return []


@lru_cache(maxsize=1 << 15)
def _is_total(value: str) -> bool:
    return _TOTAL.match(value) is not None


def _sums_the_others(cells: pa.ChunkedArray, totals: list[int], row: int) -> bool:
    own = decimal_of(cells[row].as_py())
    if not own:
        return False
    before = [decimal_of(v) for i, v in enumerate(cells.to_pylist()[:row]) if i not in totals]
    return len(before) > 1 and sum((n for n in before if n is not None), Decimal(0)) == own
