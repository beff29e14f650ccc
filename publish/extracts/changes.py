"""What changed since the last extract: cell by cell, by the key of each table.

Belongs here: comparing rows. Does not belong here: restatements between generations (`publish.restatements`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyarrow as pa

from publish.disclosure.columns import NOTE
from publish.extracts.catalogue import Table

COLUMNS = ("table_name", "change", "key", "column_name", "previous_value", "current_value")
WHEN = ("data_as_of",)
"""Columns that tell when, not what: a row is not changed by them alone."""
WORDS = {
    "table_name": "The table.",
    "change": "added: the row is new; removed: it is gone; changed: the cell says something else.",
    "key": "The row, as column=value pairs of the table's key.",
    "column_name": "The cell's column; empty where a whole row came or went.",
    "previous_value": "What stood there in the extract before; empty where it is hidden now.",
    "current_value": "What stands there now.",
}


def changes_of(table: Table, before: pa.Table | None, now: pa.Table) -> Iterator[tuple[str, ...]]:
    """The changes of one table, in the order of its keys; none where it is there for the first time."""
    if before is None:
        return
    old, new = _by_key(table, before), _by_key(table, now)
    for key in sorted({*old, *new}):
        if key not in new:
            yield table.name, "removed", key, "", "", ""
        elif key not in old:
            yield table.name, "added", key, "", "", ""
        else:
            yield from _cells(table, key, old[key], new[key])


def _cells(table: Table, key: str, old: Mapping, new: Mapping) -> Iterator[tuple[str, ...]]:
    hidden = {one.partition(":")[0] for one in _text(new.get(NOTE)).split(";")}
    for name in table.names:
        if name not in WHEN and name in old and _text(old[name]) != _text(new[name]):
            # What is hidden now must not stand here as what it was.
            was = "" if name in hidden else _text(old[name])
            yield table.name, "changed", key, name, was, _text(new[name])


def _by_key(table: Table, rows: pa.Table) -> dict[str, dict]:
    keys = table.keys or table.names
    found: dict[str, dict] = {}
    for row in rows.to_pylist():
        name = ", ".join(f"{key}={_text(row.get(key))}" for key in keys)
        # Without a key equal rows are told apart by their number.
        while name in found:
            name += " (again)"
        found[name] = row
    return found


def _text(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def as_table(changes: list[tuple[str, ...]]) -> pa.Table:
    """The changes as rows of an extract."""
    return pa.table(
        {name: pa.array([row[place] for row in changes], pa.string()) for place, name in enumerate(COLUMNS)}
    )
