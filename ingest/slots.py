"""Slots, and what stands in them: statuses derived from events, never stored.

Pure functions: no database, no clock. A submission's status is its last standing event; `superseded` is an accepted submission
with a later accepted version, or a certified one with a later certified version (a certified version stands until another is
certified). A suspended submission stays `suspended`, whatever comes later: `is_replaced` says that something did.

Belongs here: what a slot is, the default reporting periods, statuses and flags as of a time or position.
Does not belong here: reading events (`registry`), which version a mart takes (dbt's staging).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ingest.audit import Event
    from ingest.registry_submissions import SubmissionRow

SEVERAL_LEAS = "*"
"""The lea_id of a file that holds several LEAs: its rows say whose they are."""

STATUS_OF = {
    "received": "received",
    "regate_requested": None,  # asks for a verdict, and changes nothing until it comes
    "accepted": "accepted",
    "suspended": "suspended",
    "certified": "certified",
    "reopened": "accepted",
    "withdrawn": "withdrawn",
    "purged": "purged",
}
STANDING_EVENTS = tuple(STATUS_OF)
STANDS = ("accepted", "certified")

DEFAULT_PERIOD = {
    "ledger": "actual_unaudited",
    "staff": "fall",
    "membership": "fall",
    "sections": "fall",
    "outcomes": "final",
}
"""The period meant where a submitter names none: nobody's file is an audit or a year-end by default."""


class Slot(NamedTuple):
    """What one submission replaces as a whole."""

    lea_id: str
    collection: str
    fiscal_year: int
    reporting_period: str


@dataclass(frozen=True)
class Standing:
    """Where one submission stands, as of the moment asked for."""

    submission_id: str
    status: str
    since: datetime
    by: str
    is_late: bool = False
    is_reopened: bool = False
    is_waived: bool = False
    is_replaced: bool = False


def standings(
    submissions: Iterable[SubmissionRow],
    events: Iterable[Event],
    *,
    as_of: datetime | None = None,
    position: int | None = None,
    due_on: Mapping[tuple[str, int, str], date] | None = None,
) -> dict[str, Standing]:
    """The standing of every submission that existed then.

    `events` come in order of position; those after `as_of` or `position` do not exist. `due_on` is the calendar by
    (collection, fiscal_year, reporting_period); without it nothing is late.
    """
    happened = [
        one for one in events if (as_of is None or one.at <= as_of) and (position is None or one.position <= position)
    ]
    own: dict[str, list[Event]] = defaultdict(list)
    for one in happened:
        if one.submission_id is not None:
            own[one.submission_id].append(one)
    present = [row for row in submissions if row.submission_id in own]
    status = {row.submission_id: _last_status(own[row.submission_id]) for row in present}
    later = _latest_standing(present, status)
    return {
        row.submission_id: _standing(row, own[row.submission_id], status, later[row.slot], due_on or {})
        for row in present
    }


def _last_status(events: Iterable[Event]) -> Event:
    return [one for one in events if STATUS_OF.get(one.event_type)][-1]


def _latest_standing(submissions: Iterable[SubmissionRow], status: Mapping[str, Event]) -> dict[Slot, dict[str, int]]:
    """Per slot the highest version that is accepted or certified, and the highest certified."""
    highest: dict[Slot, dict[str, int]] = defaultdict(lambda: {"accepted": 0, "certified": 0})
    for row in submissions:
        reached = STATUS_OF[status[row.submission_id].event_type]
        for level in {"accepted": ["accepted"], "certified": ["accepted", "certified"]}.get(reached, []):
            highest[row.slot][level] = max(highest[row.slot][level], row.version)
    return highest


def _standing(
    row: SubmissionRow, events: list[Event], status: Mapping[str, Event], highest: Mapping[str, int], due_on: Mapping
) -> Standing:
    deciding = status[row.submission_id]
    reached = STATUS_OF[deciding.event_type]
    is_superseded = reached in STANDS and highest[reached] > row.version
    kinds = {one.event_type for one in events}
    due = due_on.get((row.collection, row.fiscal_year, row.reporting_period))
    arrived = row.stated_received_at or row.received_at
    return Standing(
        submission_id=row.submission_id,
        status="superseded" if is_superseded else reached,
        since=deciding.at,
        by=deciding.by,
        is_late=due is not None and arrived.date() > due,
        is_reopened=deciding.event_type == "reopened",
        is_waived="waived" in kinds,
        is_replaced=highest["accepted"] > row.version,
    )
