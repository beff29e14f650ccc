"""What differs between any two generations: the same rows as `restatements`, asked on the spot.

Belongs here: naming the two, and the rows and counts of a comparison. Does not belong here: the query
(`restatement_sql`), words (`dagster_project.restatement_report`).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from ingest.refusals import Refusal
from publish.pointers import current_at
from publish.restatement_sql import Side, changed_sql, first_figures_sql, listed_measures
from publish.restatements import RESTATEMENTS
from publish.shelves import Shelf

# As the table has them; the largest change first.
ORDER = "abs(change_rate) desc nulls first, abs(difference_value) desc nulls first, mart, measure, fiscal_year, lea_id"


@dataclass(frozen=True)
class Wanted:
    """Which of the restatements are asked for; None is all."""

    measure: str | None = None
    lea_id: str | None = None

    @property
    def condition(self) -> str:
        return "(measure = $measure or $measure is null) and (lea_id = $lea_id or $lea_id is null)"

    @property
    def values(self) -> dict[str, str | None]:
        return {"measure": self.measure, "lea_id": self.lea_id}


def generation_named(shelf: Shelf, text: str, moment_of: Callable[[str], datetime]) -> str:
    """A generation by its id, the start of it, or a moment at which it was current."""
    if any(known.startswith(text) for known in shelf.complete_ids()):
        return shelf.find(text)
    return current_at(shelf, moment_of(text))


@contextmanager
def compared(
    home: Path, previous_id: str, current_id: str, wanted: Wanted | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the tables `restated` and `first_figure` of the two.

    Raises:
        Refusal: one of them was written before restatements were told, or nobody knows what is wanted.
    """
    shelf = Shelf(home)
    previous, current = Side.stored(shelf, previous_id), Side.stored(shelf, current_id)
    with duckdb.connect() as con:
        changed = changed_sql(con, shelf.home, previous, current)
        if changed is None:
            raise Refusal(
                f"{previous_id} and {current_id} cannot be compared: a table or the list of measures is missing."
            )
        _refuse_unknown(con, shelf, wanted or Wanted(), previous, current)
        con.execute(f"create temp table restated as {_in_order_of_the_table(con, current, changed)}")
        con.execute(f"create temp table first_figure as {first_figures_sql(con, shelf.home, previous, current)}")
        yield con


@contextmanager
def told_by(home: Path, generation_id: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the table `restated`: what a generation tells of itself against the one before."""
    side = Side.stored(Shelf(home), generation_id)
    with duckdb.connect() as con:
        if side.has(RESTATEMENTS):
            con.execute(f"create temp table restated as from {side.table(RESTATEMENTS)} where current_generation_id = ?", [generation_id])  # fmt: skip
        yield con


def _refuse_unknown(
    con: duckdb.DuckDBPyConnection, shelf: Shelf, wanted: Wanted, previous: Side, current: Side
) -> None:
    measures = sorted({measure for _, measure in listed_measures(con, shelf.home, current)})
    if wanted.measure and wanted.measure not in measures:
        raise Refusal(f"{wanted.measure} is no figure of restatement_measure.csv; these are: {', '.join(measures)}")
    leas = f"select lea_id from {previous.table('dim_lea')} union select lea_id from {current.table('dim_lea')}"
    if wanted.lea_id and (wanted.lea_id,) not in con.execute(leas).fetchall():
        raise Refusal(f"No LEA {wanted.lea_id} is in the directory of either generation; ids are text, zeros kept.")


def _in_order_of_the_table(con: duckdb.DuckDBPyConnection, side: Side, query: str) -> str:
    if not side.has(RESTATEMENTS):
        return query
    names = [row[0] for row in con.execute(f"describe select * from {side.table(RESTATEMENTS)}").fetchall()]
    return f"select {', '.join(names)} from ({query})"
