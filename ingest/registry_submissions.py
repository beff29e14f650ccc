"""Receiving: a file becomes a submission of a slot, with a version.

Belongs here: submission ids, versions, what counts as a resend.
Does not belong here: bytes (`landing`), verdicts (`registry_verdicts`), statuses (`slots`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, or_, select

from ingest import audit
from ingest.registry_tables import event, submission, utc_text, verdict
from ingest.slots import STANDING_EVENTS, Slot

SUBMISSION_ID_LENGTH = 24
"""Hexadecimal digits kept of the sha256 of bytes-hash, slot and layout: 96 bits, no collision within any state's lifetime."""

ENDED = ("withdrawn", "purged")


@dataclass(frozen=True)
class Arrival:
    """A file that landed, before it has a version."""

    slot: Slot
    sha256: str
    size_bytes: int
    file_name: str
    by: str
    layout: str = "standard"
    reference_version: str = ""
    stated_received_at: datetime | None = None
    part_of: str | None = None
    control_count: str | None = None
    control_total: str | None = None


@dataclass(frozen=True)
class SubmissionRow:
    """A submission as registered. `is_resend` says that this call found it already there.

    `part_of` is the submission of the file of several LEAs that this one is a part of.
    """

    submission_id: str
    sha256: str
    size_bytes: int
    collection: str
    lea_id: str
    fiscal_year: int
    reporting_period: str
    layout: str
    version: int
    ordinal: int
    file_name: str
    reference_version: str
    received_at: datetime
    stated_received_at: datetime | None
    by: str
    event_position: int
    is_resend: bool = False
    part_of: str | None = None
    control_count: str | None = None
    control_total: str | None = None

    @property
    def controls(self) -> tuple[str, str]:
        """The count of records and the sum of amounts that the sender states, empty where none."""
        return self.control_count or "", self.control_total or ""

    @property
    def slot(self) -> Slot:
        return Slot(self.lea_id, self.collection, self.fiscal_year, self.reporting_period)

    @classmethod
    def from_table(cls, row: Mapping[str, Any]) -> SubmissionRow:
        values = dict(row)
        return cls(by=values.pop("by_whom"), **values)


def submission_id(sha256: str, slot: Slot, layout: str, ordinal: int = 0, is_part: bool = False) -> str:
    """Name a submission by what it is; `ordinal` counts earlier submissions of the same bytes, slot and layout.

    One LEA's part of a file is not the same as the whole file sent for that LEA: it is read otherwise.
    """
    parts = [sha256, *map(str, slot), layout] + ["part"] * is_part + ([str(ordinal)] if ordinal else [])
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:SUBMISSION_ID_LENGTH]


def receive(connection: Connection, arrival: Arrival) -> SubmissionRow:
    """Register one arrival, or find it is a resend of its slot's latest; the caller holds the writer's lock."""
    latest = _latest(connection, arrival.slot)
    if latest and _is_resend(connection, arrival, latest):
        return replace(latest, is_resend=True)
    ordinal = _repeats(connection, arrival) if latest else 0
    fields = {
        "submission_id": submission_id(arrival.sha256, arrival.slot, arrival.layout, ordinal, bool(arrival.part_of)),
        "sha256": arrival.sha256,
        "size_bytes": arrival.size_bytes,
        **arrival.slot._asdict(),
        "layout": arrival.layout,
        "control_count": arrival.control_count or None,
        "control_total": arrival.control_total or None,
        "version": latest.version + 1 if latest else 1,
        "ordinal": ordinal,
        "part_of": arrival.part_of,
        "file_name": arrival.file_name,
        "reference_version": arrival.reference_version,
        "received_at": audit.now(),
        "stated_received_at": arrival.stated_received_at,
        "by_whom": arrival.by,
    }
    news = audit.NewEvent(
        "received", fields["submission_id"], arrival.by, fields["received_at"], received_payload(fields)
    )
    (link,) = audit.append(connection, [news])
    fields["event_position"] = link.position
    connection.execute(submission.insert(), fields)
    return SubmissionRow.from_table(fields)


def received_payload(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What the chain remembers of a submission: everything but the event's own columns."""
    own = ("submission_id", "by_whom", "event_position")
    told = {column.name: fields[column.name] for column in submission.columns if column.name not in own}
    return told | {name: told[name] and utc_text(told[name]) for name in ("received_at", "stated_received_at")}


def _in_slot(slot: Slot) -> list:
    return [submission.c[name] == value for name, value in slot._asdict().items()]


def of_slot(connection: Connection, slot: Slot) -> list[SubmissionRow]:
    """The submissions of one slot, by version."""
    rows = connection.execute(select(submission).where(*_in_slot(slot)).order_by(submission.c.version)).mappings()
    return [SubmissionRow.from_table(row) for row in rows]


def beginning_with(connection: Connection, start: str) -> list[SubmissionRow]:
    """At most two submissions whose id begins so; no more are needed to know it is not one."""
    query = select(submission).where(submission.c.submission_id.startswith(start, autoescape=True)).limit(2)
    return [SubmissionRow.from_table(row) for row in connection.execute(query).mappings()] if start else []


def _latest(connection: Connection, slot: Slot) -> SubmissionRow | None:
    query = select(submission).where(*_in_slot(slot)).order_by(submission.c.version.desc()).limit(1)
    row = connection.execute(query).mappings().first()
    return SubmissionRow.from_table(row) if row else None


def _is_resend(connection: Connection, arrival: Arrival, latest: SubmissionRow) -> bool:
    """Same bytes and layout, judged (or to be judged) by the same reference version, and still standing."""
    known, sent = (
        (one.sha256, one.layout, bool(one.part_of), one.control_count or None, one.control_total or None)
        for one in (latest, arrival)
    )
    if known != sent:
        return False
    judged_by = select(verdict.c.reference_version).where(verdict.c.submission_id == latest.submission_id)
    reference = (
        connection.scalar(judged_by.order_by(verdict.c.event_position.desc()).limit(1)) or latest.reference_version
    )
    ended = select(event.c.position).where(event.c.submission_id == latest.submission_id, event.c.event_type.in_(ENDED))
    return reference == arrival.reference_version and connection.execute(ended.limit(1)).first() is None


def _repeats(connection: Connection, arrival: Arrival) -> int:
    same = [submission.c.sha256 == arrival.sha256, submission.c.layout == arrival.layout, *_in_slot(arrival.slot)]
    same.append(submission.c.part_of.is_not(None) if arrival.part_of else submission.c.part_of.is_(None))
    return connection.scalar(select(func.count()).select_from(submission).where(*same))


def pending(connection: Connection, reference_version: str | None) -> list[SubmissionRow]:
    """Submissions without a verdict, or to be judged again, in order of arrival."""
    latest = (
        select(event.c.submission_id, func.max(event.c.position).label("position"))
        .where(event.c.event_type.in_(STANDING_EVENTS), event.c.submission_id.is_not(None))
        .group_by(event.c.submission_id)
        .subquery()
    )
    wanted = event.c.event_type.in_(("received", "regate_requested"))
    if reference_version is not None:
        wanted = or_(wanted, _suspended_by_another(reference_version))
    query = (
        select(submission)
        .join(latest, latest.c.submission_id == submission.c.submission_id)
        .join(event, event.c.position == latest.c.position)
        .where(wanted, ~exists(_accepted()))
        .order_by(submission.c.event_position)
    )
    return [SubmissionRow.from_table(row) for row in connection.execute(query).mappings()]


def _accepted() -> Select:
    """What was accepted once is never judged again: its rows are in raw."""
    return select(verdict.c.event_position).where(
        verdict.c.submission_id == submission.c.submission_id, verdict.c.verdict == "accepted"
    )


def _suspended_by_another(reference_version: str) -> ColumnElement[bool]:
    """Suspended under another reference version, and no later version of the slot was accepted."""
    later = submission.alias("later")
    same_slot = [later.c[name] == submission.c[name] for name in Slot._fields]
    later_accepted = (
        select(later.c.submission_id)
        .join(verdict, verdict.c.submission_id == later.c.submission_id)
        .where(*same_slot, later.c.version > submission.c.version, verdict.c.verdict == "accepted")
    )
    judged = select(verdict.c.event_position).where(
        verdict.c.event_position == event.c.position, verdict.c.reference_version != reference_version
    )
    return and_(event.c.event_type == "suspended", exists(judged), ~exists(later_accepted))
