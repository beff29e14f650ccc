"""Pupils as cells and sums: schools make what their LEA serves, that and pupils elsewhere make its own count, LEAs make the state.

Belongs here: reading them, from the generation to be released and from releases before. Does not belong here: choosing (`hiding`).
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import duckdb

from ingest.refusals import Refusal
from publish.disclosure.hiding import Cell, Counts, Released, Sum
from publish.disclosure.records import read_record
from publish.facts import sql_path

TABLES = ("school_spending", "district_spending", "district_per_pupil")
SCHOOLS = "select fiscal_year, lea_id, school_id, membership_count from school_spending where school_id is not null"
LEAS = "select fiscal_year, lea_id, fall_membership_count from district_spending"
SERVED = "select fiscal_year, lea_id, any_value(denominator_count) from district_per_pupil where denominator_def_id = 'served_membership' group by all"


def counts_of(con: duckdb.DuckDBPyConnection) -> Counts:
    """The counts of a generation, opened at its tables; the state's own totals are taken as known to everybody."""
    read = _Read(con)
    return Counts(
        read.values, read.sums, frozenset(read.unshown), frozenset(cell for cell in read.values if cell[0] == "state")
    )


def released(restricted: Path) -> Released:
    """An earlier release, by the generation it came from: its counts as they were, and what it hid of them.

    Raises:
        Refusal: that generation or its record is gone, so that nobody can tell what the release and the next one give away together.
    """
    record = read_record(restricted)
    if not all((restricted / "marts" / f"{name}.parquet").is_file() for name in TABLES):
        raise Refusal(
            f"Release {restricted.name} came from a generation that is kept no longer, and what it hid cannot be guarded without it: "
            f"build it again with `edfin rebuild --as-of` its moment `--cut certified`."
        )
    with duckdb.connect() as con:
        for name in TABLES:
            con.execute(f"create view {name} as from '{sql_path(restricted / 'marts' / f'{name}.parquet')}'")
        return record.over(counts_of(con))


class _Read:
    """Values, cells that stand in no table, and sums, as the tables have them."""

    def __init__(self, con: duckdb.DuckDBPyConnection):
        self.values: dict[Cell, int] = {}
        self.unshown: set[Cell] = set()
        self.sums: list[Sum] = []
        schools: dict[tuple, list[Cell]] = defaultdict(list)
        leas: dict[int, list[Cell]] = defaultdict(list)
        for year, lea_id, school_id, count in con.execute(SCHOOLS).fetchall():
            if self._put(cell := ("school", year, lea_id, school_id), count):
                schools[year, lea_id].append(cell)
        for year, lea_id, count in con.execute(LEAS).fetchall():
            if self._put(cell := ("fall", year, lea_id), count):
                leas[year].append(cell)
        for year, lea_id, count in con.execute(SERVED).fetchall():
            self._put(("served", year, lea_id), count)
        for (year, lea_id), cells in schools.items():
            served = ("served", year, lea_id)
            self.values[served] = sum(self.values[cell] for cell in cells)
            self.sums.append(Sum(served, tuple(cells)))
            self._add_elsewhere(("fall", year, lea_id), served)
        for year, cells in leas.items():
            self.values["state", year] = sum(self.values[cell] for cell in cells)
            self.sums.append(Sum(("state", year), tuple(cells)))

    def _put(self, cell: Cell, count: int | None) -> bool:
        if count is not None:
            self.values[cell] = int(count)
        return count is not None

    def _add_elsewhere(self, own: Cell, served: Cell) -> None:
        """An LEA's own count is what it serves and its pupils elsewhere; where it is less, what it serves holds others'."""
        if own not in self.values:
            return
        more = self.values[own] - self.values[served]
        if more == 0:
            self.sums.append(Sum(own, (served,)))
            return
        cell = ("elsewhere", *own[1:])
        self.values[cell] = abs(more)
        self.unshown.add(cell)
        self.sums.append(Sum(own, (served, cell)) if more > 0 else Sum(served, (own, cell)))
