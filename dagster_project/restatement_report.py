"""Restatements in words: counts by measure and reason, then the largest, each with the submissions that caused it.

Belongs here: the lines that the night's report and `edfin diff` print. Does not belong here: comparing (`publish`).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import duckdb

from publish.differences import ORDER

LARGEST = 5
SHORT_ID = 12
REASONS = ("data", "boundary", "reference", "code")
HEAD = ["measure", "LEA", "FY", "before", "now", "difference", "change", "reason", "rank", "submissions"]


def summary_lines(con: duckdb.DuckDBPyConnection, condition: str = "true", values: dict | None = None) -> Iterator[str]:
    """How many figures, of how many LEAs and years; then a line a measure, counted by reason."""
    restated = f"(select * from restated where {condition})"
    count, leas = con.execute(
        f"select count(*), count(distinct (lea_id, fiscal_year)) from {restated}", values
    ).fetchone()
    yield f"Restatements: {count:,} figures of {leas:,} LEA-years"
    if not count:
        return
    counted = ", ".join(f"count(*) filter (where reason_code = '{reason}')" for reason in REASONS)
    rows = con.execute(
        f"select measure, {counted}, count(*) as n from {restated} group by 1 order by n desc, 1", values
    ).fetchall()
    yield from table(["measure", *REASONS, "all"], rows)


def largest_lines(
    con: duckdb.DuckDBPyConnection, limit: int | None = LARGEST, condition: str = "true", values: dict | None = None
) -> Iterator[str]:
    """The restatements by their relative change, the largest first."""
    end = f"limit {limit}" if limit else ""
    rows = con.execute(
        f"""select measure, lea_id, fiscal_year, previous_value, current_value, difference_value, change_rate, reason_code,
            previous_rank, current_rank, previous_submission_ids, current_submission_ids
        from restated where {condition} order by {ORDER} {end}""",
        values,
    ).fetchall()
    yield from table(HEAD, [_cells(*row) for row in rows])


def _cells(measure, lea_id, year, before, now, difference, rate, reason, rank, new_rank, old_ids, new_ids) -> list[str]:
    change = "" if rate is None else f"{rate:+.2%}"
    ranks = f"{rank} → {new_rank or 'none'}"
    moved = " → ".join([_short(old_ids), _short(new_ids)]) if old_ids or new_ids else ""
    return [
        measure,
        lea_id,
        str(year),
        _figure(before),
        _figure(now),
        _figure(difference),
        change,
        reason,
        ranks,
        moved,
    ]


def _figure(value: Decimal | None) -> str:
    """All digits that say something, and cents in any case."""
    if value is None:
        return "none"
    shown = value.normalize()
    return f"{value:,.2f}" if shown.as_tuple().exponent > -2 else f"{shown:,f}"


def _short(ids: str | None) -> str:
    return ", ".join(one[:SHORT_ID] for one in ids.split("|")) if ids else "none"


def table(head: list[str], rows: list) -> Iterator[str]:
    """Columns in line: the first to the left, the others to the right."""
    texts = [head, *[[f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row] for row in rows]]
    widths = [max(len(row[i]) for row in texts) for i in range(len(head))]
    for number, row in enumerate(texts):
        cells = [cell.rjust(w) if i else cell.ljust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True))]
        yield "  " + "  ".join(cells).rstrip()
        if number == 0:
            yield "  " + "  ".join("-" * w for w in widths)
