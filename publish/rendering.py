"""Query results as text: a table for eyes, CSV and JSON for programs. Money is never turned into a float on its way.

CSV: NULL is an empty cell, booleans `true`/`false`, a header row. JSON: a list with one object a line; a decimal is
written as a number with all its digits (`12.50`), a value JSON has no form for (date, time, uuid) as text, an
infinite or undefined number as null.
"""

import csv
import io
import json
import math
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import duckdb

INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
NUMERIC = ("DECIMAL", "DOUBLE", "FLOAT", *INTEGERS, *(f"U{name}" for name in INTEGERS))
BATCH = 5000
TABLE_ROWS = 1000
TABLE_CELL = 60


def render(result: duckdb.DuckDBPyConnection, format: str) -> Iterator[str]:
    """Give a result piece by piece, as table, CSV or JSON."""
    names = [column[0] for column in result.description]
    numeric = [str(column[1]).startswith(NUMERIC) for column in result.description]
    if format == "csv":
        return _csv(names, _batches(result))
    if format == "json":
        return _json(names, _batches(result))
    if names == ["explain_key", "explain_value"]:
        return iter([row[1] for row in result.fetchall()])
    return _table(names, numeric, result.fetchmany(TABLE_ROWS + 1))


def _batches(result: duckdb.DuckDBPyConnection) -> Iterator[list[tuple]]:
    while rows := result.fetchmany(BATCH):
        yield rows


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, (list, dict)):
        return _json_value(value)
    return str(value)


def _csv(names: Sequence[str], batches: Iterator[list[tuple]]) -> Iterator[str]:
    yield _csv_lines([names])
    for rows in batches:
        yield _csv_lines([[_text(value) for value in row] for row in rows])


def _csv_lines(rows: Sequence[Sequence[str]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue()


def _json(names: Sequence[str], batches: Iterator[list[tuple]]) -> Iterator[str]:
    start = "[\n"
    for rows in batches:
        yield start + ",\n".join(_json_value(dict(zip(names, row, strict=True))) for row in rows)
        start = ",\n"
    yield "[]\n" if start == "[\n" else "\n]\n"


def _json_value(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else "null"
    if isinstance(value, dict):
        return (
            "{"
            + ", ".join(
                f"{json.dumps(str(key), ensure_ascii=False)}: {_json_value(item)}" for key, item in value.items()
            )
            + "}"
        )
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_json_value(item) for item in value) + "]"
    return json.dumps(value if value is None or isinstance(value, (bool, int)) else str(value), ensure_ascii=False)


def _table(names: Sequence[str], numeric: Sequence[bool], rows: list[tuple]) -> Iterator[str]:
    """Numbers to the right, NULL as a dash, long text cut with an ellipsis."""
    cells = [[_cell(value) for value in row] for row in rows[:TABLE_ROWS]]
    widths = [max(map(len, column)) for column in zip(names, *cells, strict=True)]

    def line(values: Sequence[str]) -> str:
        padded = [v.rjust(w) if right else v.ljust(w) for v, w, right in zip(values, widths, numeric, strict=True)]
        return "  ".join(padded).rstrip() + "\n"

    yield line(names)
    yield "  ".join("-" * width for width in widths) + "\n"
    yield from map(line, cells)
    if len(rows) > TABLE_ROWS:
        yield f"(the first {TABLE_ROWS:,} rows; --format csv gives all)\n"
    else:
        yield f"({len(rows):,} row{'' if len(rows) == 1 else 's'})\n"


def _cell(value: Any) -> str:
    text = "-" if value is None else " ".join(_text(value).split())
    return text if len(text) <= TABLE_CELL else text[: TABLE_CELL - 1] + "…"
