"""What people decide about a submission once it was judged: explain, certify, reopen, withdraw, waive, ask for another verdict.

Each is a guard and one event; a guard that says no says what to do instead.

Belongs here: the guards, and what each event remembers.
Does not belong here: statuses (`slots`), what an explanation covers (`explanations`), taking bytes away (`purge`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from operator import attrgetter

from expectations.findings import Finding
from ingest.audit import Event, now
from ingest.explanations import EXPLAINED, covers, unexplained
from ingest.purge import refuse_if_purged
from ingest.refusals import Refusal
from ingest.registry import Registry
from ingest.registry_submissions import SubmissionRow
from ingest.slots import Standing, standings

REOPEN_CODES = ("error_correction", "accounting_change", "entity_change", "audit", "late_data")
"""Why a certified submission may be opened again; the first three are those of GASB Statement 100."""
LISTED = 10


def standing_of(registry: Registry, row: SubmissionRow) -> Standing:
    """Where one submission stands now."""
    rows = registry.slot_submissions(row.slot)
    events = [event for one in rows for event in registry.events(submission_id=one.submission_id)]
    return standings(rows, sorted(events, key=attrgetter("position")))[row.submission_id]


def explain(
    registry: Registry, row: SubmissionRow, edit_id: str, text: str, by: str, row_number: int | None, item: str | None
) -> int:
    """Record why findings of an edit are true; returns how many it covers.

    Raises:
        Refusal: nothing of that kind was found, it is fatal, or there is no text.
    """
    refuse_if_purged(registry, row, "explained")
    if not text.strip():
        raise Refusal('An explanation needs its text: --text "…".')
    of_edit = [one for one in registry.findings(row.submission_id) if one.edit_id == edit_id]
    meant = [
        one
        for one in of_edit
        if (row_number is None or one.row_number == row_number) and (item is None or one.item_key == item)
    ]
    if not meant:
        raise Refusal(_nothing_there(registry, row, edit_id, of_edit))
    if meant[0].severity == "fatal":
        raise Refusal(f"{edit_id} is fatal: correct the file and submit it again, or ask the agency for a waiver.")
    is_whole = row_number is None and item is None
    payload = {"edit_id": edit_id, "row_number": row_number, "item_key": item, "reason": text.strip()}
    payload |= {"observed": meant[0].value, "finding_count": len(meant)} | covers(meant, is_whole)
    registry.append(EXPLAINED, row.submission_id, by, payload)
    return len(meant)


def text_of_last_year(registry: Registry, row: SubmissionRow, edit_id: str) -> str:
    """What the same LEA said about the same edit most recently in an earlier fiscal year; empty if nothing."""
    earlier = [
        one
        for one in registry.submissions()
        if (one.lea_id, one.collection) == (row.lea_id, row.collection) and one.fiscal_year < row.fiscal_year
    ]
    said = [
        (one.fiscal_year, event.position, event.payload["reason"])
        for one in earlier
        for event in registry.events(submission_id=one.submission_id, event_types=(EXPLAINED,))
        if event.payload["edit_id"] == edit_id and "reason" in event.payload
    ]
    return max(said)[2] if said else ""


def open_warnings(registry: Registry, row: SubmissionRow) -> list[Finding]:
    """The warnings of a submission that are neither explained nor waived."""
    events = registry.events(submission_id=row.submission_id)
    said = [event.payload for event in events if event.event_type == EXPLAINED]
    warnings = [one for one in registry.findings(row.submission_id) if one.severity == "warning" and not one.is_waived]
    return [one for one in unexplained(warnings, said) if not any(_is_waived_by(event, one) for event in events)]


def certify(registry: Registry, row: SubmissionRow, by: str) -> None:
    """Record that a named person stands for an accepted submission.

    Raises:
        Refusal: it is not the accepted one, no night has reviewed it, or warnings stand open.
    """
    refuse_if_purged(registry, row, "certified")
    standing = standing_of(registry, row)
    if standing.status != "accepted":
        raise Refusal(f"Submission {row.submission_id} is {standing.status}: only an accepted one can be certified.")
    accepted = registry.events(submission_id=row.submission_id, event_types=("accepted",))[-1]
    if accepted.position > registry.reviewed_position():
        raise Refusal("No night has compared it with other files and years yet: run `edfin nightly`, then certify.")
    if waiting := open_warnings(registry, row):
        raise Refusal(_waiting(registry, row, waiting))
    said = registry.events(submission_id=row.submission_id, event_types=(EXPLAINED,))
    registry.append("certified", row.submission_id, by, {"sha256": row.sha256, "explanations": len(said)})


def reopen(registry: Registry, row: SubmissionRow, code: str, reason: str, by: str) -> None:
    """Take a certification back; the submission is accepted again."""
    _need_status(registry, row, ("certified",), "reopened")
    registry.append("reopened", row.submission_id, by, {"reason_code": code, "reason": _reason(reason)})


def withdraw(
    registry: Registry, row: SubmissionRow, reason: str, by: str, falls_back: bool, whole_slot: bool
) -> list[str]:
    """Take a submission, or all of its slot, out of use; returns the ids withdrawn.

    Raises:
        Refusal: it is certified, or an earlier version would count again and nobody said whether it should.
    """
    _need_status(registry, row, ("received", "suspended", "accepted", "superseded"), "withdrawn")
    others = [one for one in registry.slot_submissions(row.slot) if one.submission_id != row.submission_id]
    usable = [one for one in others if standing_of(registry, one).status in ("accepted", "superseded", "certified")]
    counts = standing_of(registry, row).status == "accepted"
    if usable and counts and not (falls_back or whole_slot):
        last = max(usable, key=attrgetter("version"))
        raise Refusal(
            f"Version {last.version} ({last.submission_id[:12]}) of this slot would count again: "
            "say --fall-back if it should, --whole-slot if nothing should."
        )
    going = [*(usable if whole_slot else []), row]
    for one in going:
        _need_status(registry, one, ("received", "suspended", "accepted", "superseded"), "withdrawn")
    for one in sorted(going, key=attrgetter("version")):
        registry.append("withdrawn", one.submission_id, by, {"reason": _reason(reason), "falls_back": falls_back})
    return [one.submission_id for one in going]


def regate(registry: Registry, row: SubmissionRow, by: str) -> None:
    """Ask for another verdict in the next night. What was accepted is never judged again: its rows are in raw."""
    _need_status(registry, row, ("suspended",), "judged again")
    registry.append("regate_requested", row.submission_id, by, {})


def waive(
    registry: Registry, row: SubmissionRow, edit_id: str, rows: tuple[int | None, int | None], effect: str, reason: str,
    by: str, until: date,
) -> None:  # fmt: skip
    """Record that an edit is overlooked on rows of this file; it counts from the next reference version on.

    Raises:
        Refusal: nothing of that kind was found, it cannot be overlooked, or the waiver has ended already.
    """
    refuse_if_purged(registry, row, "waived")
    of_edit = [one for one in registry.findings(row.submission_id) if one.edit_id == edit_id]
    if not of_edit:
        raise Refusal(_nothing_there(registry, row, edit_id, of_edit))
    if until < now().date():
        raise Refusal(f"{until} has passed: a waiver needs a day to come as its end.")
    if effect == "accept" and (edit_id.endswith("_type") or "_file_" in edit_id):
        raise Refusal(f"{edit_id} says that something cannot be read: it cannot be accepted, only left out (exclude).")
    if (later := _accepted_after(registry, row)) is not None:
        raise Refusal(
            f"Version {later.version} of this slot is accepted: a waiver of version {row.version}, which is suspended, would change nothing."
        )
    if effect == "exclude" and (rows[0] is None or standing_of(registry, row).status != "suspended"):
        raise Refusal("Rows are left out of a suspended submission, by their numbers: --rows 17 or --rows 17-23.")
    payload = {"sha256": row.sha256, "edit_id": edit_id, "row_from": rows[0], "row_to": rows[1], "effect": effect}
    payload |= {"reason": _reason(reason), "by": by, "until": until.isoformat(), "source": "edfin waive"}
    registry.append("waived", row.submission_id, by, payload)


def _accepted_after(registry: Registry, row: SubmissionRow) -> SubmissionRow | None:
    """A later version of a suspended submission's slot that counts, or nothing."""
    if standing_of(registry, row).status != "suspended":
        return None
    later = (one for one in registry.slot_submissions(row.slot) if one.version > row.version)
    return next((one for one in later if standing_of(registry, one).status in ("accepted", "certified")), None)


def _is_waived_by(event: Event, finding: Finding) -> bool:
    said = event.payload
    if event.event_type != "waived" or said["edit_id"] != finding.edit_id or said["until"] < now().date().isoformat():
        return False
    low, high = int(said["row_from"] or 0), int(said["row_to"] or said["row_from"] or 10**12)
    return low <= (finding.row_number or 0) <= high


def _need_status(registry: Registry, row: SubmissionRow, wanted: Sequence[str], what: str) -> None:
    refuse_if_purged(registry, row, what)
    status = standing_of(registry, row).status
    if status not in wanted:
        hint = " Reopen it first." if status == "certified" else ""
        raise Refusal(
            f"Submission {row.submission_id} is {status}; to be {what} it must be {' or '.join(wanted)}.{hint}"
        )


def _reason(text: str) -> str:
    if not text.strip():
        raise Refusal('A reason is needed: --reason "…". It stays in the record.')
    return text.strip()


def _nothing_there(registry: Registry, row: SubmissionRow, edit_id: str, of_edit: Sequence[Finding]) -> str:
    if of_edit:
        places = ", ".join(f"row {one.row_number}" if one.row_number else str(one.item_key) for one in of_edit[:LISTED])
        return f"{edit_id} was not found there; it was found at {places}{' …' if len(of_edit) > LISTED else ''}."
    known = sorted({one.edit_id for one in registry.findings(row.submission_id)})
    return f"{edit_id} found nothing in this submission; {', '.join(known[:LISTED]) or 'no edit'} did."


def _waiting(registry: Registry, row: SubmissionRow, waiting: Sequence[Finding]) -> str:
    counts = Counter(one.edit_id for one in waiting)
    edits = "; ".join(f"{edit_id} ({count:,})" for edit_id, count in counts.most_common(LISTED))
    first = waiting[0].edit_id
    said = text_of_last_year(registry, row, first)
    again = f' Last year it was: "{said}" (--same-as-last-year says so again).' if said else ""
    return (
        f"{len(waiting):,} warnings are neither corrected nor explained: {edits}. Explain an edit with "
        f'`edfin explain-finding {row.submission_id[:12]} {first} --text "…"`, or submit a corrected file.{again}'
    )
