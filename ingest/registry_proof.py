"""Proving the registry: the chain holds, and the rows it covers say what the chain remembers.

Belongs here: comparing tables with the payloads of their events.
Does not belong here: the chain itself (`audit`), repairs (there are none: restore a backup).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, RowMapping, case, func, select

from ingest import audit, registry_findings, registry_purge
from ingest import registry_tables as tables
from ingest.registry_submissions import received_payload
from ingest.verdicts import RawFile


def problems(connection: Connection, anchors: Iterable[tuple[int, str]]) -> Iterator[str]:
    """One sentence a problem. `anchors` are hashes by position that were written down outside the registry."""
    told = {one.position: one for one in audit.read(connection)}
    yield from audit.broken_links(connection, registry_purge.blanked_links(told))
    yield from _missed_anchors(connection, anchors)
    yield from _changed_submissions(connection, told)
    yield from _changed_verdicts(connection, told)
    yield from _changed_findings(connection, told)
    yield from _changed_counts(connection)
    yield from _changed_raw_files(connection, told)


def _missed_anchors(connection: Connection, anchors: Iterable[tuple[int, str]]) -> Iterator[str]:
    """A chain rewritten from some event on, or cut off at its end, still links; receipts given out do not fit it any more."""
    known = dict(connection.execute(select(tables.event.c.position, tables.event.c.hash)).all())
    for position, value in sorted(anchors):
        if known.get(position) != value:
            yield f"event {position} is {'not the one' if position in known else 'gone, though it is the one'} a receipt was given for"


def _changed_submissions(connection: Connection, told: Mapping[int, audit.Event]) -> Iterator[str]:
    seen = set()
    for row in connection.execute(select(tables.submission)).mappings():
        seen.add(row["event_position"])
        event = told.get(row["event_position"])
        if event is None or event.submission_id != row["submission_id"] or event.payload != received_payload(row):
            yield f"submission {row['submission_id']} is not what its event {row['event_position']} says"
    received = (one for one in told.values() if one.event_type == "received")
    yield from (f"the submission of event {one.position} is gone" for one in received if one.position not in seen)


def _changed_verdicts(connection: Connection, told: Mapping[int, audit.Event]) -> Iterator[str]:
    seen = set()
    for row in connection.execute(select(tables.verdict)).mappings():
        seen.add(row["event_position"])
        event = told.get(row["event_position"])
        if event is None or not _verdict_agrees(row, event):
            yield f"the verdict on submission {row['submission_id']} is not what its event {row['event_position']} says"
    judged = (one for one in told.values() if one.event_type in ("accepted", "suspended"))
    yield from (f"the verdict of event {one.position} is gone" for one in judged if one.position not in seen)


def _verdict_agrees(row: RowMapping, event: audit.Event) -> bool:
    counts = ("reference_version", "layout", "record_count", "row_count", "excluded_count", "suspended_count")
    return (row["submission_id"], row["verdict"]) == (event.submission_id, event.event_type) and all(
        row[name] == event.payload.get(name) for name in counts
    )


def _changed_findings(connection: Connection, told: Mapping[int, audit.Event]) -> Iterator[str]:
    expected = {one.position: one.payload["findings_hash"] for one in told.values() if "findings_hash" in one.payload}
    expected |= registry_purge.blanked_findings(told)
    query = select(tables.finding).order_by(tables.finding.c.event_position, tables.finding.c.finding_number)
    rows = connection.execute(query.execution_options(yield_per=10_000)).mappings()
    empty = registry_findings.findings_hash([])
    found: dict[int, str] = {}
    for position, group in groupby(rows, key=lambda row: row["event_position"]):
        found[position] = registry_findings.findings_hash(group)
    for position in expected.keys() | found.keys():
        if found.get(position, empty) != expected.get(position):
            yield f"the findings of event {position} were changed after they were written"


def _changed_counts(connection: Connection) -> Iterator[str]:
    """Counts are derived from the findings, which the chain covers."""
    finding, event, count = tables.finding.c, tables.event.c, tables.finding_count.c
    waived = func.sum(case((finding.is_waived, 1), else_=0))
    summed = (
        select(finding.event_position, finding.edit_id, finding.severity, event.submission_id, func.count(), waived)
        .join(tables.event, event.position == finding.event_position)
        .group_by(finding.event_position, finding.edit_id, finding.severity, event.submission_id)
    )
    names = (count.event_position, count.edit_id, count.severity, count.submission_id)
    kept = select(*names, count.finding_count, count.waived_count)
    differing = {tuple(row) for row in connection.execute(summed)} ^ {tuple(row) for row in connection.execute(kept)}
    for position in sorted({row[0] for row in differing}):
        yield f"the counts of the findings of event {position} were changed after they were written"


def _changed_raw_files(connection: Connection, told: Mapping[int, audit.Event]) -> Iterator[str]:
    expected = [(one.position, file) for one in told.values() for file in one.payload.get("raw_files", [])]
    names = [field.name for field in fields(RawFile)]
    found: list[tuple[int, dict[str, Any]]] = [
        (row["event_position"], {name: row[name] for name in names})
        for row in connection.execute(select(tables.raw_file)).mappings()
    ]
    for position, file in [one for one in found if one not in expected] + [one for one in expected if one not in found]:
        yield f"raw file {file['collection']}/{file['file_name']} is not what event {position} says"
