"""The generation's own DuckDB file: analyst tables and dimensions as tables, facts as views over Parquet, every
column commented.

A fact view names its files relative to the generation's folder (`facts/fct_ledger/2025-….parquet`), so the folder
may be moved, copied or restored elsewhere. Whoever opens the file tells DuckDB where the folder is: `SET
file_search_path = '<folder>'`. `sql_door` does so; so does a BI tool's connection setting of that name; a plain
`duckdb` started inside the folder needs nothing. Reading is `sql_door`'s business.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from publish.content_hash import literal, quoted
from publish.facts import FactPlan, sql_path

TARGET = "generation_file"


@dataclass
class Descriptions:
    """What a table and its columns mean, in the words of the dbt models."""

    table: str = ""
    columns: dict[str, str] = field(default_factory=dict)


def write_table(con: duckdb.DuckDBPyConnection, relation: str, table: str, parquet: Path) -> None:
    """Copy one table into the new file, and into Parquet beside it."""
    con.execute(f"create table {TARGET}.marts.{quoted(table)} as from {relation}")
    con.execute(f"copy {TARGET}.marts.{quoted(table)} to '{sql_path(parquet)}' (format parquet, compression zstd)")


def write_fact_view(con: duckdb.DuckDBPyConnection, table: str, plan: FactPlan) -> None:
    """Define a fact as a view over its slices, named relative to the generation's folder."""
    files = ", ".join(f"'{sql_path(Path('facts') / part.file)}'" for part in plan.slices)
    columns = ", ".join(column.quoted for column in plan.columns)
    con.execute(f"create view {TARGET}.marts.{quoted(table)} as select {columns} from read_parquet([{files}])")


def write_comments(
    con: duckdb.DuckDBPyConnection, table: str, kind: str, words: Descriptions, columns: list[str]
) -> None:
    """Give a table and its columns their descriptions."""
    target = f"{TARGET}.marts.{quoted(table)}"
    if words.table:
        con.execute(f"comment on {kind} {target} is {literal(words.table)}")
    for column in columns:
        if text := words.columns.get(column):
            con.execute(f"comment on column {target}.{quoted(column)} is {literal(text)}")


def read_descriptions(
    con: duckdb.DuckDBPyConnection, catalog: str, dbt_manifest: Path | None
) -> dict[str, Descriptions]:
    """Per table: dbt's manifest where given, else the comments dbt left in the build file."""
    words: dict[str, Descriptions] = {}
    own = "database_name = ? and schema_name = 'marts' and comment is not null"
    for listing, name in (("duckdb_tables()", "table_name"), ("duckdb_views()", "view_name")):
        for table, comment in con.execute(f"select {name}, comment from {listing} where {own}", [catalog]).fetchall():
            words.setdefault(table, Descriptions()).table = comment
    for table, column, comment in con.execute(
        f"select table_name, column_name, comment from duckdb_columns() where {own}", [catalog]
    ).fetchall():
        words.setdefault(table, Descriptions()).columns[column] = comment
    if dbt_manifest:
        words.update(_from_manifest(json.loads(Path(dbt_manifest).read_text(encoding="utf-8"))))
    return words


def _from_manifest(manifest: Mapping) -> dict[str, Descriptions]:
    return {
        node["alias"]: Descriptions(
            node.get("description", "").strip(),
            {name: column.get("description", "").strip() for name, column in node["columns"].items()},
        )
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] == "marts" and node.get("description")
    }
