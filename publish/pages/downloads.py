"""A picture's data to take away: links that hold the data themselves, so that they work without a network.

Belongs here: CSV and JSON of a picture, unrounded, with a word for what is not there. Does not belong here: what is shown (`cells`).
"""

from __future__ import annotations

import base64
import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from expectations.reports.visible import csv_cell
from publish.pages.catalogue import Chart
from publish.pages.cells import Cell

Cells = Mapping[str, Cell]


def csv_text(chart: Chart, lea_id: str, rows: Sequence[tuple[int, Cells]]) -> str:
    """The rows as CSV, numbers whole; beside each number its status. No cell that a spreadsheet would run."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    records = list(_records(chart, lea_id, rows))
    writer.writerow(records[0] if records else ["lea_id", "fiscal_year"])
    writer.writerows([csv_cell(_plain(value)) for value in record.values()] for record in records)
    return text.getvalue()


def json_text(chart: Chart, lea_id: str, rows: Sequence[tuple[int, Cells]]) -> str:
    """The same as a list of objects, with what the picture says of itself."""
    said = {"title": chart.title, "unit": chart.unit, "source": chart.table, "definition": chart.definition}
    records = [{name: _number(value) for name, value in one.items()} for one in _records(chart, lea_id, rows)]
    return json.dumps(said | {"rows": records}, ensure_ascii=False)


def data_link(kind: str, text: str) -> str:
    """A link that holds its file. A spreadsheet program needs the mark at the beginning to read CSV as UTF-8."""
    marked = ("\ufeff" if kind == "text/csv" else "") + text
    return f"data:{kind};charset=utf-8;base64,{base64.b64encode(marked.encode()).decode()}"


def _records(chart: Chart, lea_id: str, rows: Sequence[tuple[int, Cells]]) -> Iterator[dict[str, object]]:
    for year, cells in rows:
        record: dict[str, object] = {"lea_id": lea_id, "fiscal_year": year}
        for column in chart.columns:
            cell = cells[column.name]
            record[column.name] = cell.value
            if column.is_number:
                record[f"{column.name}_status"] = cell.kind
        yield record


def _plain(value: object) -> object:
    return "" if value is None else str(value) if isinstance(value, date | Decimal) else value


def _number(value: object) -> object:
    """Numbers stay numbers: a binary one has more digits than any amount of a district."""
    return float(value) if isinstance(value, Decimal) else str(value) if isinstance(value, date) else value
