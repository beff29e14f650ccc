"""Rows as an extract shows them: figures rounded half up once, in an order that never changes, text that no spreadsheet runs.

Belongs here: what stands in a cell. Does not belong here: files (`package`, `workbook`).
"""

from __future__ import annotations

import io

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from publish.content_hash import quoted
from publish.extracts.catalogue import Column, Table

# What a spreadsheet takes for a formula, also behind spaces and control characters, and in the wide forms of East Asian keyboards.
RUNS = r"^[\s\x00-\x20\x{00A0}\x{FEFF}\x{200B}]*[=+\-@\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}|%]|^[\t\r\n]"
GUARD = "'"


def select_rows(con: duckdb.DuckDBPyConnection, table: Table, where: str = "true") -> pa.Table:
    """The rows of a table in the order of its key, rounded. `where`: SQL over its columns."""
    cells = ", ".join(f"{_rounded(column)} as {quoted(column.name)}" for column in table.columns)
    order = ", ".join(quoted(name) for name in (*table.keys, *table.names))
    return con.execute(f"select {cells} from {quoted(table.name)} where {where} order by {order}").to_arrow_table()


def _rounded(column: Column) -> str:
    """Eight decimals first: a half cent is a half cent, whatever the floating sum makes of it."""
    name = quoted(column.name)
    if column.data_type in ("DOUBLE", "FLOAT"):
        decimals = 8 if column.decimals is None else column.decimals
        return f"cast(round(cast({name} as decimal(38,{max(8, decimals)})), {decimals}) as decimal(38,{decimals}))"
    if column.data_type.startswith("TIMESTAMP"):
        return f"strftime({name}, '%Y-%m-%dT%H:%M:%SZ')"
    return name


def as_csv(rows: pa.Table) -> bytes:
    """The rows as CSV, UTF-8, with a header; text that would run begins with an apostrophe."""
    guarded = rows
    for place, field in enumerate(rows.schema):
        if pa.types.is_string(field.type):
            guarded = guarded.set_column(place, field.name, _guarded(rows.column(place)))
    out = io.BytesIO()
    csv.write_csv(guarded, out, csv.WriteOptions(include_header=True, quoting_style="needed"))
    return out.getvalue()


def _guarded(text: pa.ChunkedArray) -> pa.ChunkedArray:
    runs = pc.match_substring_regex(text, RUNS)
    return pc.if_else(pc.fill_null(runs, False), pc.binary_join_element_wise(GUARD, text, ""), text)


def guard(text: str) -> str:
    """One cell, as `as_csv` writes it."""
    return _guarded(pa.chunked_array([[text]]))[0].as_py()
