"""The door for somebody who may read of some LEAs: the query runs over copies of their rows, and nothing else is there.

Belongs here: those copies. Does not belong here: who may read what (`ingest.access`), the door for the agency (`sql_door`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from ingest.access import EVERYBODYS, Reader
from publish.content_hash import literal, quoted
from publish.extracts.catalogue import levels_of, said_of
from publish.facts import is_fact, sql_path
from publish.shelves import WAREHOUSE


@contextmanager
def open_own(folder: Path, marts: Path, reader: Reader, query: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A locked-down connection in which the tables of a generation that the query names hold the reader's rows alone.

    There are the tables of an LEA's own extract, the facts, and those of no LEA; one that compares LEAs is unknown, as if it did not exist.
    `marts`: the models' own folder, which says which is which.

    Raises:
        duckdb.Error: the query cannot be read, or reaches for files.
    """
    with duckdb.connect(config={"enable_external_access": False}) as bare:
        named = {name.rpartition(".")[2].strip('"').lower() for name in bare.get_table_names(query)}
    with duckdb.connect(config={"python_enable_replacements": False}) as con:
        con.execute("set autoinstall_known_extensions = false")
        con.execute("create schema marts")
        con.execute(f"attach '{sql_path(folder / WAREHOUSE)}' as warehouse (read_only)")
        con.execute(f"set file_search_path = '{sql_path(folder)}'")
        own = ", ".join(literal(lea_id) for lea_id in sorted(reader.lea_ids))
        for table, columns in con.execute(
            "select table_name, list(column_name) from duckdb_columns() "
            "where database_name = 'warehouse' and schema_name = 'marts' group by 1 order by 1"
        ).fetchall():
            has_lea = "lea_id" in columns and (
                is_fact(table) or "lea" in levels_of(said_of(marts, table)[0], set(columns))
            )
            if table.lower() in named and (has_lea or table in EVERYBODYS):
                where = f"lea_id in ({own})" if has_lea else "true"
                con.execute(f"create table marts.{quoted(table)} as from warehouse.marts.{quoted(table)} where {where}")
        con.execute("detach warehouse")
        con.execute("use memory.marts")
        for name, value in (
            ("file_search_path", "''"),
            ("enable_external_access", "false"),
            ("lock_configuration", "true"),
        ):
            con.execute(f"set {name} = {value}")
        yield con
