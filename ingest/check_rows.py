"""The rows that would be accepted, written for whoever tries a file or a new collection.

Belongs here: one typed Parquet a checked file, the contract's columns after `row_number`. Does not belong here: raw (`raw`);
nothing is pseudonymised, since these rows never leave the disk of whoever has the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol

import duckdb

from expectations.sql_parts import ident
from ingest.contracts import Contract
from ingest.refusals import Refusal
from ingest.verdicts import RawFile


class Named(Protocol):
    """What must be known of a checked file."""

    path: Path
    submission_id: str


def target_names(files: Iterable[Named], folder: Path | None) -> dict[str, Path]:
    """Where each file's rows go, by submission id: `<file name>.parquet`; a second file of that name gets `<name>.2.parquet`.

    What an earlier check left under these names is removed: it would pass for the rows of a file now suspended.

    Raises:
        Refusal: the folder cannot be made or written.
    """
    if folder is None:
        return {}
    targets: dict[str, Path] = {}
    taken: set[str] = set()
    for one in files:
        name, number = f"{one.path.name}.parquet", 1
        while name.casefold() in taken:
            number += 1
            name = f"{one.path.name}.{number}.parquet"
        taken.add(name.casefold())
        targets[one.submission_id] = folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for target in targets.values():
            target.unlink(missing_ok=True)
    except OSError as problem:
        raise Refusal(f"--rows-into {folder}: cannot be written ({problem.strerror}).") from problem
    return targets


def write_each(connection: duckdb.DuckDBPyConnection, contract: Contract, targets: Mapping[str, Path]) -> list[RawFile]:
    """Write the kept rows of the gate's connection, a file each; a gate's `write` that keeps no raw file."""
    if not targets:
        return []
    columns = ", ".join(f"t.{ident(name)}" for name in contract.column_names)
    kept = connection.execute("select submission_id from kept_submissions").fetchall()
    for (submission_id,) in kept:
        target = str(targets[submission_id]).replace("'", "''")
        connection.execute(
            f"copy (select cast(t.row_number as integer) as row_number, {columns} from {ident(contract.collection)} as t "
            f"where t.submission_id = '{submission_id}' and not exists (select 1 from dropped_rows as d "
            f"where d.submission_id = t.submission_id and d.row_number = t.row_number) order by t.row_number) "
            f"to '{target}' (format parquet)"
        )
    return []
