"""What a release changes against the one before it: figures, rows, what is hidden and what no longer is.

Belongs here: comparing two public generations. Does not belong here: whether one may be released (`disclosure`), restatements of
restricted ones (`restatements`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from publish.content_hash import columns_of, quoted
from publish.disclosure.columns import NOTE
from publish.extracts.catalogue import Table
from publish.facts import sql_path

NOT_WHAT = ("data_as_of", NOTE)


@dataclass(frozen=True)
class Change:
    """A cell that differs. `kind`: changed, added (a row), removed (a row), hidden, shown."""

    table_name: str
    key: str
    column_name: str
    kind: str
    previous_value: str
    current_value: str


def changes_between(previous: Path | None, current: Path, tables: Sequence[Table]) -> Iterator[Change]:
    """Every cell that differs between two generations' folders, table by table; none where there is no release before."""
    if previous is None:
        return
    with duckdb.connect() as con:
        for table in tables:
            files = [folder / "marts" / f"{table.name}.parquet" for folder in (previous, current)]
            if all(path.is_file() for path in files):
                yield from _of_table(con, table, *files)


def _of_table(con: duckdb.DuckDBPyConnection, table: Table, previous: Path, current: Path) -> Iterator[Change]:
    for name, path in (("before", previous), ("now", current)):
        con.execute(f"create or replace view {name} as from '{sql_path(path)}'")
    before, now = ({column.name for column in columns_of(con, name)} for name in ("before", "now"))
    keys = [key for key in table.keys if key in before & now]
    if not keys:
        return
    on = " and ".join(f"b.{quoted(key)} is not distinct from n.{quoted(key)}" for key in keys)
    key = " || ', ' || ".join(
        f"'{name}=' || coalesce(cast(coalesce(n.{quoted(name)}, b.{quoted(name)}) as varchar), '')" for name in keys
    )
    con.execute(
        f"create or replace temp table pairs as select {key} as key, b, n from (select *, true as is_there from before) as b "
        f"full join (select *, true as is_there from now) as n on {on}"
    )
    gone = con.execute(
        "select key, b.is_there is null from pairs where b.is_there is null or n.is_there is null order by 1"
    ).fetchall()
    for row, is_new in gone:
        yield Change(table.name, row, "", "added" if is_new else "removed", "", "")
    for column in sorted((before & now) - set(keys) - set(NOT_WHAT)):
        yield from _of_column(con, table, column, NOTE in before, NOTE in now)


def _of_column(con: duckdb.DuckDBPyConnection, table: Table, column: str, had: bool, has: bool) -> Iterator[Change]:
    was, is_now = (
        f"list_contains(list_transform(string_split(coalesce({side}.{NOTE}, ''), ';'), lambda one: split_part(trim(one), ':', 1)), '{column}')"
        if there else "false"
        for side, there in (("b", had), ("n", has))
    )  # fmt: skip
    name = quoted(column)
    found = con.execute(
        f"select key, {was}, {is_now}, coalesce(cast(b.{name} as varchar), ''), coalesce(cast(n.{name} as varchar), '') from pairs "
        f"where b.is_there and n.is_there and (b.{name} is distinct from n.{name} or {was} <> {is_now}) order by 1"
    ).fetchall()
    for key, was_hidden, is_hidden, old, new in found:
        kind = "hidden" if is_hidden and not was_hidden else "shown" if was_hidden and not is_hidden else "changed"
        # What is hidden now must not stand here as what it was.
        yield Change(table.name, key, column, kind, "" if is_hidden else old, new)


def summary_of(changes: Sequence[Change], has_previous: bool) -> list[str]:
    """The changes in counts, table by table, for a person who decides."""
    if not has_previous:
        return ["There is no release before this one."]
    if not changes:
        return ["No figure differs from the release before."]
    counted = Counter((one.table_name, one.kind) for one in changes)
    words = {"added": "rows added", "removed": "rows removed", "changed": "cells changed", "hidden": "cells hidden now", "shown": "cells no longer hidden"}  # fmt: skip
    found = []
    for table in sorted({one.table_name for one in changes}):
        parts = [f"{counted[table, kind]:,} {text}" for kind, text in words.items() if counted[table, kind]]
        found.append(f"{table}: {', '.join(parts)}")
    return found
