"""Findings in the registry: those of verdicts, and those of reviews (the edits on accepted data, after each build).

Belongs here: how findings become rows, the hash by which the chain covers them, what a review changes.
Does not belong here: reaching a finding (`gate`, dbt's edits), verdicts (`registry_verdicts`), explanations.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from ingest import audit
from ingest import registry_tables as tables
from ingest.verdicts import Finding

REVIEWED = "reviewed"
"""Event: what the edits on accepted data found of one submission, when that has changed."""
REVIEWS = "reviews_recorded"
"""Event: a build was reviewed; it had seen the events up to the position in the payload."""

FINDING_COLUMNS = (
    *("edit_id", "severity", "row_number", "column_name", "value", "message", "fix", "is_waived"),
    "item_key",
)


def findings_hash(rows: Iterable[Mapping[str, Any]]) -> str:
    """One hash over findings in their order."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(audit.canonical([row[name] for name in FINDING_COLUMNS]).encode() + b"\n")
    return digest.hexdigest()


def told(findings: Sequence[Finding]) -> dict[str, Any]:
    """What the chain remembers of findings: an event's payload has it."""
    return {"finding_count": len(findings), "findings_hash": findings_hash(_rows(findings, 0))}


def insert(connection: Connection, placed: Iterable[tuple[str, Sequence[Finding], int]]) -> None:
    """Keep findings, and their counts by edit, each submission's under the position of its event."""
    listed = list(placed)
    _insert_findings(connection, (row for _, found, position in listed for row in _rows(found, position)))
    counts = [row for submission_id, found, position in listed for row in _counts(submission_id, found, position)]
    if counts:
        connection.execute(tables.finding_count.insert(), counts)


def current(connection: Connection, submission_id: str) -> list[Finding]:
    """The findings of a submission's latest verdict, then those of its latest review."""
    return [
        finding for position in _latest_positions(connection, submission_id) for finding in at(connection, position)
    ]


def counted(connection: Connection, after: int) -> list[tuple[str, str, int, int]]:
    """What the gate has found since a position: (edit, severity, findings, those waived among them)."""
    count, event = tables.finding_count.c, tables.event.c
    query = (
        select(count.edit_id, count.severity, func.sum(count.finding_count), func.sum(count.waived_count))
        .join(tables.event, event.position == count.event_position)
        .where(event.position > after, event.event_type != REVIEWED)
        .group_by(count.edit_id, count.severity)
        .order_by(count.edit_id, count.severity)
    )
    return [
        (edit_id, severity, int(found), int(waived)) for edit_id, severity, found, waived in connection.execute(query)
    ]


def at(connection: Connection, position: int) -> list[Finding]:
    """The findings of one event, in order."""
    columns = [tables.event.c.submission_id, *(tables.finding.c[name] for name in FINDING_COLUMNS)]
    query = select(*columns).join(tables.event, tables.event.c.position == tables.finding.c.event_position)
    ordered = query.where(tables.finding.c.event_position == position).order_by(tables.finding.c.finding_number)
    return [Finding(*row) for row in connection.execute(ordered)]


def record_reviews(
    connection: Connection, reviews: Mapping[str, Sequence[Finding]], by: str, when: datetime, position: int | None
) -> int:
    """Record the reviews that differ from those recorded last, and that the build at `position` was reviewed."""
    latest = {one.submission_id: one.payload["findings_hash"] for one in audit.read(connection, event_types=[REVIEWED])}
    seen = audit.head(connection).position if position is None else position
    nothing = findings_hash([])
    payloads = {name: told(found) for name, found in reviews.items()}
    changed = [name for name in reviews if payloads[name]["findings_hash"] != latest.get(name, nothing)]
    links = audit.append(connection, (audit.NewEvent(REVIEWED, name, by, when, payloads[name]) for name in changed))
    insert(connection, [(name, reviews[name], link.position) for name, link in zip(changed, links, strict=True)])
    if seen > reviewed_position(connection):
        audit.append(connection, [audit.NewEvent(REVIEWS, None, by, when, {"position": seen})])
    return len(changed)


def reviewed_position(connection: Connection) -> int:
    """The position up to which some night's review has seen the events; 0 before the first."""
    last = audit.last(connection, REVIEWS)
    return last.payload["position"] if last else 0


def _latest_positions(connection: Connection, submission_id: str) -> list[int]:
    verdict, event = tables.verdict, tables.event
    judged = select(func.max(verdict.c.event_position)).where(verdict.c.submission_id == submission_id)
    reviewed = select(func.max(event.c.position)).where(
        event.c.submission_id == submission_id, event.c.event_type == REVIEWED
    )
    found = [connection.scalar(judged), connection.scalar(reviewed)]
    return [position for position in found if position is not None]


def _rows(findings: Iterable[Finding], position: int) -> Iterable[dict[str, Any]]:
    for number, one in enumerate(findings, 1):
        yield {
            "event_position": position,
            "finding_number": number,
            "edit_id": one.edit_id,
            "severity": one.severity,
            "row_number": one.row_number,
            "column_name": one.column_name,
            "value": _storable(one.value),
            "message": _storable(one.message),
            "fix": one.fix,
            "is_waived": one.is_waived,
            "item_key": _storable(one.item_key),
        }


def _counts(submission_id: str, findings: Sequence[Finding], position: int) -> Iterable[dict[str, Any]]:
    fired = Counter((one.edit_id, one.severity) for one in findings)
    waived = Counter((one.edit_id, one.severity) for one in findings if one.is_waived)
    for (edit_id, severity), count in fired.items():
        yield {
            "event_position": position,
            "submission_id": submission_id,
            "edit_id": edit_id,
            "severity": severity,
            "finding_count": count,
            "waived_count": waived[edit_id, severity],
        }


def _storable(value: str | None) -> str | None:
    """A district's file may hold what no database takes as text: NUL and lone surrogates become visible."""
    if value is None:
        return None
    return str(value).replace("\x00", "\\x00").encode("utf-8", "backslashreplace").decode()


def _insert_findings(connection: Connection, rows: Iterable[dict[str, Any]]) -> None:
    """There may be hundreds of thousands; PostgreSQL takes them by COPY, which is ten times faster than inserts."""
    if connection.dialect.name != "postgresql":
        waiting = list(rows)
        if waiting:
            connection.execute(tables.finding.insert(), waiting)
        return
    names = tables.finding.columns.keys()
    quoted = ", ".join(f'"{name}"' for name in names)
    cursor = connection.connection.driver_connection.cursor()
    with cursor, cursor.copy(f"copy finding ({quoted}) from stdin") as copy:
        for row in rows:
            copy.write_row([row[name] for name in names])
