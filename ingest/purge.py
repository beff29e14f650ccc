"""Purging a misdirected file: its bytes, its rows and what was quoted of it go; its hash, its counts and its history stay.

The event comes first, so that nothing counts any more whose deletion has begun; every step may be done again, and does what is
still missing. The caller holds the night's lock.

Belongs here: who is purged together, the steps in registry, raw and landing, and what is said of a purged submission.
Does not belong here: generations and work folders (`publish`, `dagster_project`), blanking itself (`registry_purge`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.audit import Event
from ingest.contracts import Contract
from ingest.landing import Landing
from ingest.layouts import read_layouts
from ingest.raw import submissions_in, sweep_uncommitted, write_without
from ingest.refusals import Refusal
from ingest.registry import Registry
from ingest.registry_submissions import SubmissionRow
from ingest.registry_tables import utc_text

BLANK_REASON = 'A reason is needed: --reason "…". It stays in the record.'


@dataclass(frozen=True)
class Purging:
    """What a purge works with."""

    registry: Registry
    landing: Landing
    raw_folder: Path
    contracts: Mapping[str, Contract]
    rows: Sequence[SubmissionRow]
    reason: str
    by: str


def copies(registry: Registry, row: SubmissionRow) -> list[SubmissionRow]:
    """The other submissions of the same bytes that were not purged yet."""
    gone = registry.purges()
    same = registry.submissions_of_bytes(row.sha256)
    return [one for one in same if one.submission_id not in {row.submission_id, *gone}]


def going(registry: Registry, row: SubmissionRow, all_copies: bool) -> list[SubmissionRow]:
    """The submissions that one purge takes: all of the same bytes, for bytes are there for all or for none.

    Raises:
        Refusal: there are others, and nobody said that they go too.
    """
    others = copies(registry, row)
    if others and not all_copies:
        listed = "; ".join(f"{one.submission_id[:12]} ({named(one)})" for one in others[:10])
        more = f" and {len(others) - 10} more" if len(others) > 10 else ""
        raise Refusal(
            f"The same bytes are also in {listed}{more}. They cannot be destroyed for one and kept for another: "
            "say --all-copies to purge all of them."
        )
    gone = registry.purges()
    same = registry.submissions_of_bytes(row.sha256)
    return [one for one in same if one.submission_id == row.submission_id or one.submission_id in gone or all_copies]


def named(row: SubmissionRow) -> str:
    """A submission in a sentence."""
    return f"{row.lea_id} {row.collection} {row.fiscal_year} {row.reporting_period}, version {row.version}"


def purge_registry(purging: Purging, references: Path) -> list[str]:
    """Record the purge, and blank what findings and explanations quoted; returns the ids purged by this call.

    Raises:
        Refusal: no reason, or the same bytes came again meanwhile.
    """
    if not purging.reason.strip():
        raise Refusal(BLANK_REASON)
    columns = _column_names(purging, references)
    return purging.registry.purge(purging.rows, columns, purging.by, purging.reason.strip())


def _column_names(purging: Purging, references: Path) -> set[str]:
    """Every name that the contracts, or the layouts of then, give a column: no file's own word is among them."""
    judged = [
        event.payload["reference_version"]
        for row in purging.rows
        for event in purging.registry.events(submission_id=row.submission_id, event_types=("accepted", "suspended"))
    ]
    names: set[str] = set()
    for contract in purging.contracts.values():
        names |= {*contract.column_names, *contract.headers.values()}
    for version in filter(None, set(judged)):
        for layout in read_layouts(references / version / "layouts").values():
            names |= {*layout.header, *layout.derive}
    return names


def purge_raw(purging: Purging) -> list[str]:
    """Write every raw file again that holds rows of a purged submission; returns the names of the files that went."""
    folder, registry = purging.raw_folder, purging.registry
    leaving = {row.submission_id for row in purging.rows}
    places = {(row.collection, row.fiscal_year) for row in purging.rows}
    sweep_uncommitted(folder, registry.raw_files())
    replaced = []
    for file in registry.raw_files():
        if (file.collection, file.fiscal_year) in places and submissions_in(folder, file) & leaving:
            new = write_without(purging.contracts[file.collection], folder, file, leaving)
            registry.replace_raw_file(file, new, purging.by, f"purge: {purging.reason.strip()}")
            replaced.append(file.file_name)
    sweep_uncommitted(folder, registry.raw_files())
    return replaced


def purge_landing(purging: Purging) -> bool:
    """Destroy the bytes and leave their tombstone, and mark the receipts; False where the bytes were gone already."""
    events = purging.registry.purges()
    first = min((events[row.submission_id] for row in purging.rows), key=lambda event: event.position)
    sha256 = purging.rows[0].sha256
    was_there = purging.landing.has(sha256)
    if was_there or not purging.landing.is_purged(sha256):
        said = {"at": utc_text(first.at), "by": first.by, "reason": first.payload["reason"]}
        purging.landing.purge(sha256, **said)
    for row in purging.rows:
        event = events[row.submission_id]
        mark = {"purged_at": utc_text(event.at), "purged_by": event.by, "purge_event_position": event.position}
        purging.landing.mark_receipt(sha256, row.submission_id, **mark)
    return was_there


def refuse_if_purged(registry: Registry, row: SubmissionRow, what: str) -> None:
    """Nothing is decided or told about a submission of which nothing is left.

    Raises:
        Refusal: it was purged.
    """
    if purge := registry.purges().get(row.submission_id):
        raise Refusal(
            f"Submission {row.submission_id} was {said_of(purge)}: nothing of it is left to be {what}. "
            "Submit a corrected file for its slot."
        )


def said_of(purge: Event) -> str:
    """When, by whom and why, in a sentence that begins before it."""
    return f"purged on {utc_text(purge.at)[:10]} by {purge.by} ({purge.payload['reason']})"
