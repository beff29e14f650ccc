"""Restatements: what was published once and is another figure now, from one published generation to the next.

The table is no function of data, reference, code and cut, like every other; it tells what readers were shown. So it is
written when a generation is, from the generations before: the rows the current one carries, the switches it could not
know (a rollback, a candidate taken later), and the new build against the current one. A switch that never happened tells
nothing. A build of the past takes what the generation of that data told.

Belongs here: which pairs are compared, and carrying rows on. Does not belong here: the comparison (`restatement_sql`).
"""

from dataclasses import dataclass

import duckdb

from publish.manifests import History, Manifest
from publish.pointers import happened
from publish.restatement_sql import Side, changed_sql
from publish.shelves import Shelf

RESTATEMENTS = "restatements"
ROWS = "restated_rows"
ORDER = "current_as_of, current_generation_id, mart, measure, fiscal_year, lea_id"
Pair = tuple[str, str]


@dataclass(frozen=True)
class Told:
    """A relation of the connection with the rows, and what they rest on."""

    relation: str
    history: History


def tell_restatements(
    con: duckdb.DuckDBPyConnection, shelf: Shelf, new: Side, layout: str, is_of_past: bool = False
) -> Told:
    """Gather the rows of a generation being written; `layout` is a relation with the columns of the table."""
    con.execute(f"create or replace temp table {ROWS} as from {layout} limit 0")
    ordered = f"(select * from {ROWS} order by {ORDER})"
    if is_of_past:
        base = _of_that_data(shelf, new.manifest)
        if not base:
            return Told(ordered, History())
        then = Side.stored(shelf, base)
        _carry(con, then, None)
        return Told(ordered, History(None, then.manifest.history.switches_told))
    base, switches = shelf.current_id(), happened(shelf)
    if base:
        _carry_on(con, shelf, base, switches)
        _compare(con, shelf, Side.stored(shelf, base), new)
    return Told(ordered, History(base, max(switches, default=0)))


def untold(shelf: Shelf) -> set[str]:
    """Generations of switches that the current one does not tell of yet."""
    base = shelf.current_id()
    if not base:
        return set()
    known = Manifest.read(shelf.folder(base)).history
    told = (known.compared_with, base)
    return {
        one for turn, pair in happened(shelf).items() if turn > known.switches_told and pair != told for one in pair
    }


def _carry_on(con: duckdb.DuckDBPyConnection, shelf: Shelf, base: str, switches: dict[int, Pair]) -> None:
    """What `base` tells of switches that happened, and those that happened since it was written."""
    side = Side.stored(shelf, base)
    history = side.manifest.history
    told = _carry(con, side, set(switches.values())) | {(history.compared_with, base)}
    kept = set(shelf.complete_ids())
    for turn, pair in switches.items():
        if turn > history.switches_told and pair not in told and kept.issuperset(pair):
            _compare(con, shelf, *[Side.stored(shelf, one) for one in pair])
            told.add(pair)


def _carry(con: duckdb.DuckDBPyConnection, base: Side, happened_pairs: set[Pair] | None) -> set[Pair]:
    """Take over the rows of the pairs given, or all; the pairs taken."""
    if not base.has(RESTATEMENTS):
        return set()
    table = base.table(RESTATEMENTS)
    names = "previous_generation_id, current_generation_id"
    pairs = set(con.execute(f"select distinct {names} from {table}").fetchall())
    there = [row[0] for row in con.execute(f"describe select * from {table}").fetchall()]
    wanted = {row[0] for row in con.execute(f"describe {ROWS}").fetchall()}
    columns = ", ".join(name for name in there if name in wanted)
    taken = pairs if happened_pairs is None else pairs & happened_pairs
    for pair in sorted(taken):
        con.execute(f"insert into {ROWS} by name select {columns} from {table} where ({names}) = (?, ?)", pair)
    return taken


def _compare(con: duckdb.DuckDBPyConnection, shelf: Shelf, previous: Side, new: Side) -> None:
    if previous.manifest.generation_id != new.manifest.generation_id and (
        query := changed_sql(con, shelf.home, previous, new)
    ):
        con.execute(f"insert into {ROWS} by name {query}")


def _of_that_data(shelf: Shelf, manifest: Manifest) -> str | None:
    """The generation published last of all that know no later event."""
    kept = set(shelf.complete_ids())
    published = [current for _, current in happened(shelf, with_first=True).values() if current in kept]
    of_then = [one for one in published if Manifest.read(shelf.folder(one)).event_position <= manifest.event_position]
    return of_then[-1] if of_then else None
