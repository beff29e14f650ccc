"""Recording what the gate said: verdict events and raw files, in the caller's one transaction.

Belongs here: how verdicts become rows, which raw files count.
Does not belong here: findings (`registry_findings`), reaching a verdict, deriving a status.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, select

from ingest import audit, registry_findings
from ingest import registry_tables as tables
from ingest.refusals import SystemFailure
from ingest.verdicts import ACCEPTED, RawFile, Verdict

BATCH = "batch_recorded"
REPLACED = "raw_file_replaced"


def record(
    connection: Connection,
    verdicts: Sequence[Verdict],
    raw_files: Sequence[RawFile],
    by: str,
    at: datetime,
    reference_version: str,
) -> list[audit.Head]:
    """Record a batch of verdicts and the raw files their rows are in."""
    _refuse_second_acceptance(connection, verdicts)
    known = set(raw_files_ever(connection))
    raw_files = [file for file in raw_files if file not in known]
    news = [
        audit.NewEvent(one.verdict, one.submission_id, by, at, payload_of(one, reference_version)) for one in verdicts
    ]
    if raw_files:
        news.append(audit.NewEvent(BATCH, None, by, at, {"raw_files": [asdict(file) for file in raw_files]}))
    links = audit.append(connection, news)
    placed = list(zip(verdicts, (link.position for link in links), strict=False))
    _insert(connection, tables.verdict, (_verdict_row(one, position, reference_version) for one, position in placed))
    registry_findings.insert(connection, [(one.submission_id, one.findings, position) for one, position in placed])
    _insert(connection, tables.raw_file, (asdict(file) | {"event_position": links[-1].position} for file in raw_files))
    return links


def _refuse_second_acceptance(connection: Connection, verdicts: Sequence[Verdict]) -> None:
    """Rows accepted twice would count twice. It happens where two nights judge the same submission."""
    accepted = select(tables.verdict.c.submission_id).where(tables.verdict.c.verdict == ACCEPTED)
    already = set(connection.scalars(accepted)) & {one.submission_id for one in verdicts}
    if already:
        raise SystemFailure(f"Submission {min(already)} was accepted meanwhile by somebody else: run the night again.")


def payload_of(verdict: Verdict, reference_version: str) -> dict[str, Any]:
    """What the chain remembers of a verdict."""
    amounts = verdict.amounts
    return {
        "reference_version": reference_version,
        "layout": verdict.layout,
        "record_count": verdict.record_count,
        "row_count": verdict.row_count,
        "excluded_count": verdict.excluded_count,
        "suspended_count": verdict.suspended_count,
        "accepted_amount": _text(amounts.accepted),
        "excluded_amount": _text(amounts.excluded),
        "suspended_amount": _text(amounts.suspended),
        "unreadable_count": amounts.unreadable_count,
        "excluded": [
            {"reason": one.reason, "count": one.count, "amount": _text(one.amount)} for one in verdict.excluded
        ],
        **registry_findings.told(verdict.findings),
    }


def raw_files(connection: Connection) -> list[RawFile]:
    """Raw files that count: recorded, and not replaced since."""
    replaced = {
        (one.payload["collection"], one.payload["file_name"]) for one in audit.read(connection, event_types=[REPLACED])
    }
    return [file for file in raw_files_ever(connection) if (file.collection, file.file_name) not in replaced]


def raw_files_ever(connection: Connection) -> list[RawFile]:
    """Every raw file recorded, in order."""
    columns = [tables.raw_file.c[field.name] for field in fields(RawFile)]
    rows = connection.execute(select(*columns).order_by(tables.raw_file.c.event_position, tables.raw_file.c.file_name))
    return [RawFile(*row) for row in rows]


def replace_raw_file(
    connection: Connection, old: RawFile, new: RawFile | None, by: str, at: datetime, reason: str
) -> audit.Head:
    """A purge rewrote a raw file without some rows (`new`), or dropped it."""
    payload = {
        "collection": old.collection,
        "file_name": old.file_name,
        "reason": reason,
        "raw_files": [asdict(new)] if new else [],
    }
    (link,) = audit.append(connection, [audit.NewEvent(REPLACED, None, by, at, payload)])
    _insert(connection, tables.raw_file, [asdict(new) | {"event_position": link.position}] if new else [])
    return link


def _verdict_row(verdict: Verdict, position: int, reference_version: str) -> dict[str, Any]:
    counts = ("submission_id", "verdict", "layout", "record_count", "row_count", "excluded_count", "suspended_count")
    return {name: getattr(verdict, name) for name in counts} | {
        "event_position": position,
        "reference_version": reference_version,
    }


def _text(amount: object) -> str | None:
    return None if amount is None else str(amount)


def _insert(connection: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    waiting = list(rows)
    if waiting:
        connection.execute(table.insert(), waiting)
