"""Which generations hold rows of a submission, after it was purged.

A generation's facts are the only tables with a row a line of a submission; all else in it is sums, counts and names. Facts are
shared between generations, so each file is read once, under its content's name.

Belongs here: looking into facts. Does not belong here: deleting generations (`retention`), what a purge takes (`ingest.purge`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from publish.pointers import list_generations
from publish.retention import is_named_in_release
from publish.shelves import Shelf

AUDIENCES = ("restricted", "public")


@dataclass(frozen=True)
class Held:
    """A generation with rows of what was asked for. `is_free` says that nobody reads it now and no release came from it."""

    audience: str
    generation_id: str
    status: str
    rows: int
    is_free: bool


def holding(home: Path, submission_ids: Collection[str]) -> list[Held]:
    """The generations, newest first, whose facts hold a row of one of the submissions."""
    counted: dict[Path, int] = {}
    return [held for audience in AUDIENCES for held in _on_shelf(home, audience, submission_ids, counted)]


def _on_shelf(home: Path, audience: str, ids: Collection[str], counted: dict[Path, int]) -> Iterator[Held]:
    shelf = Shelf(home, audience)
    for listed in list_generations(home, audience):
        rows = sum(_rows_in(path, ids, counted) for path in (shelf.folder(listed.generation_id) / "facts").glob("*/*"))
        if rows:
            is_free = audience == "restricted" and listed.status != "current"
            is_free = is_free and not is_named_in_release(home, listed.generation_id)
            yield Held(audience, listed.generation_id, listed.status, rows, is_free)


def _rows_in(path: Path, ids: Collection[str], counted: dict[Path, int]) -> int:
    name = Path(path.parent.name, path.name)
    if name not in counted:
        with duckdb.connect() as con:
            columns = {row[0] for row in con.execute("select name from parquet_schema(?)", [str(path)]).fetchall()}
            query = "select count(*) from read_parquet(?) where submission_id = any(?::varchar[])"
            has_ids = "submission_id" in columns
            counted[name] = con.execute(query, [str(path), sorted(ids)]).fetchone()[0] if has_ids else 0
    return counted[name]
