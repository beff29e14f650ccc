"""Submitting: a district's file comes to landing and gets its receipt.

Belongs here: what is asked of a submission before it is taken (can it be a slot at all?), landing and registering it.
Does not belong here: reading the file, judging it (an LEA nobody knows is the gate's finding), manifests (`manifest`).
"""

from __future__ import annotations

import getpass
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from pathlib import Path

from ingest.addressing import Addressing
from ingest.contracts import contracts
from ingest.controls import Controls
from ingest.landing import Landing
from ingest.layouts import STANDARD
from ingest.reference import gather, name_of
from ingest.refusals import Refusal
from ingest.registry import Registry
from ingest.registry_purge import refuse_purged
from ingest.registry_submissions import Arrival, SubmissionRow
from ingest.registry_tables import utc_text
from ingest.settings import Settings
from ingest.slots import DEFAULT_PERIOD, SEVERAL_LEAS, Slot, standings

FIRST_YEAR, LAST_YEAR = 1990, 2100
AT_ONCE = 50
"""Files registered in one transaction: few enough that nobody waits long, many enough that the disk is not synced for each."""


@dataclass(frozen=True)
class Request:
    """One file somebody wants to submit, as said."""

    path: Path
    lea_id: str
    collection: str
    fiscal_year: str | int
    reporting_period: str = ""
    layout: str = ""
    by: str = ""
    stated_received_at: datetime | None = None
    control_count: str = ""
    control_total: str = ""


class Desk:
    """Takes files for one home; the reference version is named once, when it opens.

    `problems` are what files were refused for, `warnings` what the state does not know of files that were taken: each doubt
    once, with the name of the first file it was about.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        known = contracts(settings.sources_folder)
        self.periods = {name: contract.reporting_periods for name, contract in known.items()}
        self._sums_money = {name for name, contract in known.items() if contract.amount_column}
        self.landing = Landing.open(settings)
        self.registry = Registry.open(settings)
        files = gather(settings, self.registry.waiver_rows())
        self.reference_version = name_of(files)
        self.addressing = Addressing(files)
        self._purged = self.registry.purged_bytes()
        self.problems: list[str] = []
        self.warnings: dict[str, str] = {}

    def submit(self, request: Request) -> SubmissionRow:
        """Land, register and receipt one file.

        Raises:
            Refusal: it cannot be a slot, there is no such file, or its bytes were purged.
        """
        return self.register([self.land(request)])[0]

    def land(self, request: Request) -> Arrival:
        """Keep the bytes; nothing is registered yet, and doing it again costs nothing."""
        slot = slot_of(request, self.periods)
        layout = request.layout.strip() or STANDARD
        self.addressing.check_layout(layout, slot.collection)
        controls = Controls.stated(request.control_count, request.control_total, slot.collection in self._sums_money)
        sha256, size = self.landing.put(request.path)
        refuse_purged(self._purged, sha256)
        for doubt in self.addressing.doubts(slot):
            self.warnings.setdefault(doubt, request.path.name)
        return Arrival(
            slot=slot,
            sha256=sha256,
            size_bytes=size,
            file_name=request.path.name,
            by=request.by or whoever(),
            layout=layout,
            reference_version=self.reference_version,
            stated_received_at=request.stated_received_at,
            control_count=controls.texts[0],
            control_total=controls.texts[1],
        )

    def register(self, arrivals: Iterable[Arrival]) -> list[SubmissionRow]:
        """Register landed files in one transaction, then write their receipts."""
        rows = self.registry.receive_many(arrivals)
        hashes = self.registry.event_hashes([row.event_position for row in rows])
        for row in rows:
            self.landing.write_receipt(receipt(row) | {"event_hash": hashes[row.event_position]})
        return rows

    def status_of(self, row: SubmissionRow) -> str:
        """Where a submission stands that was already there."""
        rows = self.registry.slot_submissions(row.slot)
        events = [event for one in rows for event in self.registry.events(submission_id=one.submission_id)]
        return standings(rows, sorted(events, key=attrgetter("position")))[row.submission_id].status

    def submit_all(self, requests: Iterable[Request]) -> Iterator[SubmissionRow]:
        """Submit many files, a batch to a transaction; what a file is refused for is added to `problems`."""
        waiting: list[Arrival] = []
        for request in requests:
            try:
                waiting.append(self.land(request))
            except Refusal as problem:
                said = str(problem)
                self.problems.append(said if str(request.path) in said else f"{request.path}: {said}")
            if len(waiting) == AT_ONCE:
                yield from self.register(waiting)
                waiting = []
        yield from self.register(waiting)


def submit_file(settings: Settings, request: Request) -> SubmissionRow:
    """Submit one file."""
    return Desk(settings).submit(request)


def slot_of(request: Request, periods: dict[str, tuple[str, ...]]) -> Slot:
    """The slot a request means.

    Raises:
        Refusal: an unknown collection, a period the collection has not, or a year that is none.
    """
    collection = request.collection.strip().lower()
    if collection not in periods:
        raise Refusal(f"collection '{request.collection}' is unknown: choose one of {', '.join(periods)}.")
    period = request.reporting_period.strip().lower() or DEFAULT_PERIOD[collection]
    if period not in periods[collection]:
        allowed = ", ".join(periods[collection])
        raise Refusal(f"reporting period '{period}' is none of {collection}'s: choose one of {allowed}.")
    return Slot(request.lea_id.strip() or SEVERAL_LEAS, collection, _year(request.fiscal_year), period)


def _year(said: str | int) -> int:
    text = str(said).strip()
    if not (text.isascii() and text.isdigit() and FIRST_YEAR <= int(text) <= LAST_YEAR):
        allowed = f"from {FIRST_YEAR} to {LAST_YEAR}"
        raise Refusal(f"fiscal year '{said}' is none: give the year in which it ends, four digits {allowed}.")
    return int(text)


def whoever() -> str:
    """Who submits, where nobody said."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "unknown"


def receipt(row: SubmissionRow) -> dict:
    """What landing keeps beside the bytes: enough to register them again."""
    kept = (
        "submission_id",
        "sha256",
        "size_bytes",
        *Slot._fields,
        "layout",
        "control_count",
        "control_total",
        "version",
        "ordinal",
        "file_name",
        "by",
    )
    times = {
        name: getattr(row, name) and utc_text(getattr(row, name)) for name in ("received_at", "stated_received_at")
    }
    return {name: getattr(row, name) for name in kept} | times | {"event_position": row.event_position}
