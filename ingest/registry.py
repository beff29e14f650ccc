"""The registry: every submission, event, verdict, finding and raw file, append-only.

    registry = Registry.open(settings)
    row = registry.receive(slot, sha256=…, size_bytes=…, file_name=…, by=…)
    registry.record_verdicts(verdicts, raw_files, by="nightly")

Belongs here: the methods others call, each one transaction. Writers wait for each other; readers never wait.
Does not belong here: SQL of one noun (`registry_submissions`, `registry_verdicts`, `audit`), statuses (`slots`), bytes (`landing`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, select

from ingest import audit, registry_findings, registry_proof, registry_purge, registry_submissions, registry_verdicts
from ingest import registry_tables as tables
from ingest.audit import Event, Head, NewEvent
from ingest.refusals import Refusal
from ingest.registry_connection import connect, reading, writing
from ingest.registry_submissions import Arrival, SubmissionRow
from ingest.settings import Settings
from ingest.slots import Slot
from ingest.verdicts import Finding, RawFile, Verdict

OWN_EVENTS = (
    *("received", "accepted", "suspended", registry_verdicts.BATCH, registry_verdicts.REPLACED),
    *(registry_findings.REVIEWED, registry_findings.REVIEWS, registry_purge.PURGED),
)
"""Events that come with rows of other tables and are written by their own method alone."""


class Registry:
    """One state's registry."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @classmethod
    def open(cls, settings: Settings) -> Registry:
        """Open the registry of this home, creating it on first use."""
        settings.claim_home()
        return cls(connect(settings.registry_url, settings.state))

    def close(self) -> None:
        self.engine.dispose()

    def receive(self, slot: Slot, **arrival: Any) -> SubmissionRow:
        """Register one landed file; see `Arrival` for the keywords."""
        return self.receive_many([Arrival(slot, **arrival)])[0]

    def receive_many(self, arrivals: Iterable[Arrival]) -> list[SubmissionRow]:
        """Register landed files in one transaction, in their order.

        Raises:
            Refusal: bytes that were purged.
        """
        with writing(self.engine) as connection:
            gone = registry_purge.purged_bytes(connection)
            arrivals = list(arrivals)
            for arrival in arrivals:
                registry_purge.refuse_purged(gone, arrival.sha256)
            return [registry_submissions.receive(connection, arrival) for arrival in arrivals]

    def record_verdicts(
        self,
        verdicts: Sequence[Verdict],
        raw_files: Sequence[RawFile],
        by: str,
        at: datetime | None = None,
        reference_version: str | None = None,
    ) -> Head:
        """Record what the gate said, and the raw files that now count, in one transaction.

        `reference_version` is the one the gate read; without it, the one pinned last.
        """
        with writing(self.engine) as connection:
            if reference_version is None:
                reference_version = _pinned(connection) or ""
            registry_verdicts.record(connection, verdicts, raw_files, by, at or audit.now(), reference_version)
            return audit.head(connection)

    def append(
        self,
        event_type: str,
        submission_id: str | None,
        by: str,
        payload: dict[str, Any] | None = None,
        at: datetime | None = None,
    ) -> Head:
        """Record one event: certified, reopened, withdrawn, explained, waived, regate_requested, released, …

        Raises:
            Refusal: no event name, an event with its own method, or an unknown submission.
        """
        if event_type in OWN_EVENTS or not re.fullmatch(r"[a-z][a-z_]*", event_type):
            raise Refusal(f"'{event_type}' is not an event that can be recorded by itself.")
        with writing(self.engine) as connection:
            known = select(tables.submission.c.submission_id).where(tables.submission.c.submission_id == submission_id)
            if submission_id is not None and connection.execute(known).first() is None:
                raise Refusal(f"There is no submission {submission_id}: see `edfin status`.")
            (head,) = audit.append(
                connection, [NewEvent(event_type, submission_id, by, at or audit.now(), payload or {})]
            )
            return head

    def append_if_new(self, event_type: str, by: str, payload: dict[str, Any], key: str) -> bool:
        """Record an event of nobody's submission unless the last one of its kind has the same `key` in its payload."""
        with writing(self.engine) as connection:
            last = audit.last(connection, event_type)
            if last and last.payload.get(key) == payload[key]:
                return False
            audit.append(connection, [NewEvent(event_type, None, by, audit.now(), payload)])
            return True

    def head(self) -> Head:
        """Position and hash of the last event."""
        with reading(self.engine) as connection:
            return audit.head(connection)

    def events(
        self, after: int = 0, event_types: Sequence[str] = (), submission_id: str | None = None, upto: int | None = None
    ) -> list[Event]:
        """Events in order of position."""
        with reading(self.engine) as connection:
            found = audit.read(connection, after=after, event_types=event_types, submission_id=submission_id)
            return [event for event in found if upto is None or event.position <= upto]

    def submissions(self) -> list[SubmissionRow]:
        """Every submission in order of arrival."""
        with reading(self.engine) as connection:
            rows = connection.execute(select(tables.submission).order_by(tables.submission.c.event_position)).mappings()
            return [SubmissionRow.from_table(row) for row in rows]

    def slot_submissions(self, slot: Slot) -> list[SubmissionRow]:
        """The submissions of one slot, by version."""
        with reading(self.engine) as connection:
            return registry_submissions.of_slot(connection, slot)

    def submission(self, submission_id: str) -> SubmissionRow:
        """One submission; the beginning of its id is enough where it is the only one.

        Raises:
            Refusal: none, or several.
        """
        with reading(self.engine) as connection:
            found = registry_submissions.beginning_with(connection, submission_id)
        if len(found) != 1:
            what = "Several submissions begin" if found else "No submission begins"
            raise Refusal(f"{what} with '{submission_id}': see `edfin status --format json` for whole ids.")
        return found[0]

    def pending(self, reference_version: str | None = None) -> list[SubmissionRow]:
        """Submissions to judge: no verdict yet, a regate requested, or (with `reference_version`) suspended by another one."""
        with reading(self.engine) as connection:
            return registry_submissions.pending(connection, reference_version)

    def findings(self, submission_id: str) -> list[Finding]:
        """Every finding of the submission's latest verdict, then those of its latest review."""
        with reading(self.engine) as connection:
            return registry_findings.current(connection, submission_id)

    def findings_counted(self, after: int) -> list[tuple[str, str, int, int]]:
        """What the gate has found since an event: (edit, severity, findings, those waived among them)."""
        with reading(self.engine) as connection:
            return registry_findings.counted(connection, after)

    def record_reviews(self, reviews: Mapping[str, Sequence[Finding]], by: str, position: int | None = None) -> int:
        """Record what the edits on accepted data found, by submission; an empty list where they found nothing.

        `position` is the last event the reviewed build had seen (default: the last there is); what was accepted after it
        awaits its review. Returns how many submissions have another review than before.
        """
        with writing(self.engine) as connection:
            return registry_findings.record_reviews(connection, reviews, by, audit.now(), position)

    def reviewed_position(self) -> int:
        """The event up to which some night's edits on accepted data have looked; 0 before the first."""
        with reading(self.engine) as connection:
            return registry_findings.reviewed_position(connection)

    def raw_files(self) -> list[RawFile]:
        """The raw files that count."""
        with reading(self.engine) as connection:
            return registry_verdicts.raw_files(connection)

    def replace_raw_file(self, old: RawFile, new: RawFile | None, by: str, reason: str) -> Head:
        """A purge wrote `new` in place of `old` (or nothing): from here on `old` does not count."""
        with writing(self.engine) as connection:
            return registry_verdicts.replace_raw_file(connection, old, new, by, audit.now(), reason)

    def submissions_of_bytes(self, sha256: str) -> list[SubmissionRow]:
        """Every submission of the same bytes, in order of arrival."""
        with reading(self.engine) as connection:
            return registry_purge.of_bytes(connection, sha256)

    def purge(self, rows: Iterable[SubmissionRow], columns: Collection[str], by: str, reason: str) -> list[str]:
        """Record the purge of submissions and blank what was quoted of them; returns the ids that were not purged yet.

        `columns` are the contract's and the layouts' own names: a finding keeps no other.
        """
        with writing(self.engine) as connection:
            return registry_purge.record(connection, rows, columns, by, audit.now(), reason)

    def purges(self) -> dict[str, Event]:
        """The purge of each submission that was purged, by its id."""
        with reading(self.engine) as connection:
            return registry_purge.purges(connection)

    def purged_bytes(self) -> dict[str, Event]:
        """The purge by which bytes went, by their sha256."""
        with reading(self.engine) as connection:
            return registry_purge.purged_bytes(connection)

    def forget(self) -> None:
        """Take what was blanked out of the database's free pages and journal."""
        registry_purge.forget(self.engine)

    def pinned_reference(self) -> str | None:
        """The reference version pinned last."""
        with reading(self.engine) as connection:
            return _pinned(connection)

    def waiver_rows(self) -> list[dict[str, Any]]:
        """Payloads of `waived` events, in order: rows of the next reference version."""
        return [event.payload for event in self.events(event_types=("waived",))]

    def verify_chain(self, anchors: Iterable[tuple[int, str]] = ()) -> list[str]:
        """What is wrong with the chain and the rows it covers; empty if nothing. `anchors` are (position, hash) known elsewhere."""
        with reading(self.engine) as connection:
            try:
                return list(registry_proof.problems(connection, anchors))
            except ValueError as problem:
                return [f"an event holds what was never written by edfin: {problem}"]

    def event_hashes(self, positions: Sequence[int]) -> dict[int, str]:
        """Hashes by position, for receipts."""
        with reading(self.engine) as connection:
            query = select(tables.event.c.position, tables.event.c.hash).where(tables.event.c.position.in_(positions))
            return dict(connection.execute(query).all())


def _pinned(connection: Connection) -> str | None:
    last = audit.last(connection, "reference_pinned")
    return last.payload["reference_version"] if last else None
