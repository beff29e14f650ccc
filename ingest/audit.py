"""The audit chain: every event carries the hash of the one before it, from the first on.

An event's hash is sha256(prev_hash + canonical JSON of the event); the first follows 64 zeros. What events say about other tables
(a submission's fields, a verdict's findings, raw files) is in their payload, so the chain covers those tables too.

Belongs here: linking events, appending them, proving the chain.
Does not belong here: which events there are and when they happen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, String, select, type_coerce

from ingest.registry_tables import event, utc_text

GENESIS = "0" * 64


@dataclass(frozen=True)
class Head:
    """The last link. `position` 0 and `GENESIS` before the first event."""

    position: int
    hash: str


@dataclass(frozen=True)
class NewEvent:
    """An event before it has a place in the chain."""

    event_type: str
    submission_id: str | None
    by: str
    at: datetime
    payload: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Event:
    """An event in its place."""

    position: int
    event_type: str
    submission_id: str | None
    at: datetime
    by: str
    payload: dict[str, Any]
    prev_hash: str
    hash: str


def now() -> datetime:
    """The real clock, UTC."""
    return datetime.now(UTC)


def canonical(value: object) -> str:
    """One text for one value: keys sorted, no blanks, no escapes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def link(prev_hash: str, row: dict[str, Any]) -> str:
    """The hash of an event row that follows `prev_hash`."""
    said = {
        "position": row["position"],
        "event_type": row["event_type"],
        "submission_id": row["submission_id"],
        "at": utc_text(row["at"]),
        "by": row["by_whom"],
        "payload": payload_of(row),
    }
    return hashlib.sha256((prev_hash + canonical(said)).encode()).hexdigest()


def payload_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """The payload of an event's row."""
    return json.loads(row["payload"])


def head(connection: Connection) -> Head:
    """The last link of the chain."""
    row = connection.execute(select(event.c.position, event.c.hash).order_by(event.c.position.desc()).limit(1)).first()
    return Head(*row) if row else Head(0, GENESIS)


def append(connection: Connection, news: Iterable[NewEvent]) -> list[Head]:
    """Add events at the end of the chain; the caller holds the writer's lock. Returns the new links in order.

    Times never go back, also where the clock does: "the events up to `at`" must hold every event up to that position.
    """
    last, rows, links = head(connection), [], []
    latest = connection.scalar(select(event.c.at).where(event.c.position == last.position))
    for new in news:
        latest = max(_utc(new.at), latest) if latest else _utc(new.at)
        row = {
            "position": last.position + 1,
            "event_type": new.event_type,
            "submission_id": new.submission_id,
            "at": latest,
            "by_whom": new.by,
            "payload": canonical(new.payload),
        }
        row |= {"prev_hash": last.hash, "hash": link(last.hash, row)}
        last = Head(row["position"], row["hash"])
        rows.append(row)
        links.append(last)
    if rows:
        connection.execute(event.insert(), rows)
    return links


def _utc(moment: datetime) -> datetime:
    return datetime.fromisoformat(utc_text(moment))


def read(
    connection: Connection, *, after: int = 0, event_types: Sequence[str] = (), submission_id: str | None = None
) -> Iterator[Event]:
    """Events in order of position."""
    query = select(event).where(event.c.position > after).order_by(event.c.position)
    if event_types:
        query = query.where(event.c.event_type.in_(event_types))
    if submission_id is not None:
        query = query.where(event.c.submission_id == submission_id)
    for row in connection.execute(query):
        yield _event(row)


def last(connection: Connection, event_type: str) -> Event | None:
    """The latest event of a kind."""
    row = connection.execute(
        select(event).where(event.c.event_type == event_type).order_by(event.c.position.desc()).limit(1)
    ).first()
    return _event(row) if row else None


def _event(row: Row) -> Event:
    return Event(
        row.position,
        row.event_type,
        row.submission_id,
        row.at,
        row.by_whom,
        json.loads(row.payload),
        row.prev_hash,
        row.hash,
    )


def broken_links(connection: Connection, blanked: Mapping[int, str]) -> Iterator[str]:
    """What is wrong with the chain of events; nothing if it holds.

    `blanked` are the links of events whose text a purge took away: the chain still follows the link they had before.
    """
    last = Head(0, GENESIS)
    # The moment as it is written too: another spelling of the same one is a change.
    written = type_coerce(event.c.at, String).label("at_text")
    for row in connection.execute(select(event, written).order_by(event.c.position)).mappings():
        if row["position"] != last.position + 1:
            yield f"event {last.position + 1} is missing: event {row['position']} follows {last.position}"
        if row["prev_hash"] != last.hash:
            yield f"event {row['position']} does not follow the event before it"
        is_linked = link(row["prev_hash"], row) == blanked.get(row["position"], row["hash"])
        if not is_linked or row["at_text"] != utc_text(row["at"]):
            yield f"event {row['position']} ({row['event_type']}) was changed after it was written"
        last = Head(row["position"], row["hash"])
