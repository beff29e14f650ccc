"""What a table of a generation is in PostgreSQL: types, key, words, and the text of its rows for COPY.

Belongs here: SQL worked out from the generation and the models. Does not belong here: running it (`postgresql`), who may
read it (`rights`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import duckdb
import pyarrow.csv
from psycopg import sql

from publish.content_hash import Column, columns_of, quoted
from publish.extracts.catalogue import levels_of, said_of
from publish.facts import is_fact
from publish.warehouse_file import Descriptions, read_descriptions

TYPES = {
    "VARCHAR": "text",
    "BOOLEAN": "boolean",
    "TINYINT": "smallint",
    "UTINYINT": "smallint",
    "SMALLINT": "smallint",
    "USMALLINT": "integer",
    "INTEGER": "integer",
    "UINTEGER": "bigint",
    "BIGINT": "bigint",
    "UBIGINT": "numeric(20,0)",
    "HUGEINT": "numeric(39,0)",
    "UHUGEINT": "numeric(39,0)",
    "FLOAT": "real",
    "DOUBLE": "double precision",
    "DATE": "date",
    "TIME": "time",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP_S": "timestamp",
    "TIMESTAMP_MS": "timestamp",
    "TIMESTAMP_NS": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
    "UUID": "uuid",
    "BLOB": "bytea",
}
"""Of each type of DuckDB that of PostgreSQL. A list of one of these is an array; what is not named here becomes jsonb."""

ROWS_AT_ONCE = 20_000


@dataclass(frozen=True)
class DoorTable:
    """`key`: its columns are unique together; `has_no_null_key`: and never empty. `is_of_lea`: in the extract of an LEA."""

    name: str
    columns: tuple[Column, ...]
    words: Descriptions
    key: tuple[str, ...]
    has_no_null_key: bool
    is_of_lea: bool

    @property
    def has_lea(self) -> bool:
        return any(column.name == "lea_id" for column in self.columns)


def read_door_tables(con: duckdb.DuckDBPyConnection, names: list[str], marts: Path) -> Iterator[DoorTable]:
    """The tables of an opened generation. `marts`: the models' own folder."""
    words = read_descriptions(con, "warehouse", None)
    for name in names:
        columns = tuple(columns_of(con, f"marts.{quoted(name)}"))
        said, declared = said_of(marts, name)
        has_all = {*declared} <= {column.name for column in columns}
        key, has_no_null = _held_key(con, name, declared) if declared and has_all else ((), False)
        is_of_lea = not is_fact(name) and "lea" in levels_of(said, {column.name for column in columns})
        yield DoorTable(name, columns, words.get(name, Descriptions()), key, has_no_null, is_of_lea)


def _held_key(con: duckdb.DuckDBPyConnection, name: str, key: tuple[str, ...]) -> tuple[tuple[str, ...], bool]:
    """The key as the generation holds it: an older one may have had another grain."""
    listed = ", ".join(map(quoted, key))
    repeated, empty = con.execute(
        f"select coalesce(max(n), 0) > 1, coalesce(bool_or({' or '.join(f'{quoted(one)} is null' for one in key)}), false) "
        f"from (select {listed}, count(*) as n from marts.{quoted(name)} group by all)"
    ).fetchone()
    return ((), False) if repeated else (key, not empty)


def pg_type(data_type: str) -> str:
    """The type in PostgreSQL of a type of DuckDB."""
    if data_type in TYPES:
        return TYPES[data_type]
    if match := re.fullmatch(r"DECIMAL\((\d+),\s*(\d+)\)", data_type):
        return f"numeric({match[1]},{match[2]})"
    element = data_type.removesuffix("[]")
    if element != data_type and not element.endswith("]") and (inner := pg_type(element)) != "jsonb":
        return f"{inner}[]"
    return "text" if data_type.startswith("ENUM") else "jsonb"


def table_sql(table: DoorTable, schema: str) -> Iterator[sql.Composed]:
    """The statements that make an empty table with its words. Names in lower case: then TOTALREV unquoted is found here as in DuckDB."""
    relation = sql.Identifier(schema, table.name)
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(column.name.lower()), sql.SQL(pg_type(column.data_type)))
        for column in table.columns
    )
    yield sql.SQL("create table {} ({})").format(relation, columns)
    if table.words.table:
        yield sql.SQL("comment on table {} is {}").format(relation, sql.Literal(table.words.table))
    for column in table.columns:
        if text := table.words.columns.get(column.name):
            named = sql.Identifier(schema, table.name, column.name.lower())
            yield sql.SQL("comment on column {} is {}").format(named, sql.Literal(text))


def key_sql(table: DoorTable, schema: str, server_version: int) -> Iterator[sql.Composed]:
    """The statements that come after the rows: the key (empty equals empty), or what facts are looked up by."""
    relation = sql.Identifier(schema, table.name)
    if table.key:
        kind = "primary key" if table.has_no_null_key else "unique nulls not distinct"
        if server_version < 150000 and not table.has_no_null_key:
            kind = "unique"
        key = sql.SQL(", ").join(map(sql.Identifier, table.key))
        yield sql.SQL("alter table {} add {} ({})").format(relation, sql.SQL(kind), key)
    if table.has_lea and table.key[:1] != ("lea_id",):
        yield sql.SQL("create index on {} (lea_id)").format(relation)


def csv_of(con: duckdb.DuckDBPyConnection, table: DoorTable) -> Iterator[bytes]:
    """The rows as CSV for COPY, in pieces: every value quoted text, NULL alone bare, so that an empty text stays one."""
    cells = ", ".join(f"{_cell_sql(column)} as {column.quoted}" for column in table.columns)
    reader = con.execute(f"select {cells} from marts.{quoted(table.name)}").to_arrow_reader(ROWS_AT_ONCE)
    options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="all_valid")
    for batch in reader:
        piece = BytesIO()
        pyarrow.csv.write_csv(batch, piece, options)
        yield piece.getvalue()


def _cell_sql(column: Column) -> str:
    """One value as text PostgreSQL reads back."""
    name, target = column.quoted, pg_type(column.data_type)
    if target.endswith("[]"):
        item = r"""'"' || replace(replace(item::varchar, '\', '\\'), '"', '\"') || '"'"""
        return f"'{{' || array_to_string(list_transform({name}, lambda item: coalesce({item}, 'NULL')), ',') || '}}'"
    if target == "jsonb":
        return f"to_json({name})::varchar"
    if target == "bytea":
        return rf"'\x' || hex({name})"
    return f"{name}::varchar"
