"""What has changed since the build that tonight's continues: LEA-years to build anew, fiscal years to review again.

A slot's version depends on the events of that slot alone, so an LEA-year without an event since then has the rows it had. Edits
on accepted data compare a year with the year before, and the districts of one year with each other: a year is reviewed again if it,
its predecessor or its successor changed, and all are if a first or last year has come or gone.

Belongs here: finding the changes and writing them to `raw/_events/`.
Does not belong here: the other exports (`night_events`), deciding whether a build may be continued (dagster_project).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, select

from ingest import registry_tables as tables
from ingest.night_events import EVENT_TYPES, Run, write_rows
from ingest.registry import Registry
from ingest.registry_connection import reading


@dataclass(frozen=True)
class Changes:
    """LEA-years with an event since the build continued; the years to review, and those their edits look at besides."""

    lea_years: frozenset[tuple[str, int]]
    reviewed_years: frozenset[int]
    compared_years: frozenset[int]
    is_all_reviewed: bool = False

    @property
    def fiscal_years(self) -> frozenset[int]:
        """The years of the changed LEA-years."""
        return frozenset(year for _, year in self.lea_years)


def changes_since(registry: Registry, run: Run, since: int = 0) -> Changes:
    """The changes of the events after `since` that the run may see; with 0, everything."""
    with reading(registry.engine) as connection:
        everything, before = _lea_years(connection, 0, run.event_position), _lea_years(connection, 0, since)
        changed = _lea_years(connection, since, run.event_position)
    years, known = ({year for _, year in pairs} for pairs in (everything, before))
    reviewed = years if years != known else _beside({year for _, year in changed}) & years
    compared = _beside(reviewed) & years
    return Changes(frozenset(changed), frozenset(reviewed), frozenset(compared), years != known)


def export_changes(raw_dir: Path, changes: Changes) -> None:
    """Write `changed_lea_year` and `review_year`, which dbt's models, identities and edits read."""
    pairs = [{"lea_id": lea_id, "fiscal_year": year} for lea_id, year in sorted(changes.lea_years)]
    years = [
        {"fiscal_year": year, "is_reviewed": year in changes.reviewed_years} for year in sorted(changes.compared_years)
    ]
    write_rows(raw_dir, "changed_lea_year", pairs)
    write_rows(raw_dir, "review_year", years)


def _lea_years(connection: Connection, after: int, upto: int) -> set[tuple[str, int]]:
    event, submission = tables.event, tables.submission
    query = (
        select(submission.c.lea_id, submission.c.fiscal_year)
        .join(event, event.c.submission_id == submission.c.submission_id)
        .where(event.c.position > after, event.c.position <= upto, event.c.event_type.in_(EVENT_TYPES))
        .distinct()
    )
    return {(row.lea_id, row.fiscal_year) for row in connection.execute(query)}


def _beside(years: Collection[int]) -> set[int]:
    return {year + step for year in years for step in (-1, 0, 1)}
