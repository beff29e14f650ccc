"""Certifying many slots at once, as an agency does when a year is closed.

Belongs here: the list of slots and what becomes of each. Does not belong here: the guard of one (`lifecycle`).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path

from ingest.lifecycle import certify
from ingest.refusals import Refusal
from ingest.registry import Registry
from ingest.registry_submissions import SubmissionRow
from ingest.slots import Slot, standings

COLUMNS = ("lea_id", "collection", "fiscal_year", "reporting_period")


@dataclass
class Outcome:
    """Submissions certified now, those that were before, and why slots were not."""

    certified: list[str] = field(default_factory=list)
    already: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def certify_slots(registry: Registry, path: Path, by: str) -> Outcome:
    """Certify the accepted submission of every slot of a CSV; one that cannot be is told and left.

    Raises:
        Refusal: the CSV cannot be read, or a row names no slot.
    """
    slots = list(dict.fromkeys(_slots(path)))
    rows = registry.submissions()
    statuses = standings(rows, registry.events())
    by_slot: dict[Slot, list[SubmissionRow]] = {}
    for row in rows:
        by_slot.setdefault(row.slot, []).append(row)
    outcome = Outcome()
    for slot in slots:
        found = sorted(by_slot.get(slot, []), key=attrgetter("version"), reverse=True)
        open_ones = [row for row in found if statuses[row.submission_id].status == "accepted"]
        if open_ones:
            _certify(registry, open_ones[0], by, outcome)
        elif certified := [row for row in found if statuses[row.submission_id].status == "certified"]:
            outcome.already.append(certified[0].submission_id)
        else:
            outcome.refused.append(
                f"{_named(slot)}: {'nothing of it is accepted' if found else 'nothing was submitted'}."
            )
    return outcome


def _certify(registry: Registry, row: SubmissionRow, by: str, outcome: Outcome) -> None:
    try:
        certify(registry, row, by)
    except Refusal as reason:
        outcome.refused.append(f"{_named(row.slot)}: {reason}")
    else:
        outcome.certified.append(row.submission_id)


def _slots(path: Path) -> Iterator[Slot]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            if missing := [name for name in COLUMNS if name not in (reader.fieldnames or [])]:
                raise Refusal(
                    f"{path}, line 1: column {', '.join(missing)} is missing; a list of slots has {', '.join(COLUMNS)}."
                )
            for number, row in enumerate(reader, 2):
                values = {name: (row[name] or "").strip() for name in COLUMNS}
                if not all(values.values()) or not values["fiscal_year"].isdecimal():
                    raise Refusal(
                        f"{path}, row {number}: a slot needs all of {', '.join(COLUMNS)}, the year as a number. Nothing was certified."
                    )
                yield Slot(
                    values["lea_id"], values["collection"], int(values["fiscal_year"]), values["reporting_period"]
                )
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise Refusal(f"{path}: cannot be read ({problem}).") from problem


def _named(slot: Slot) -> str:
    return f"LEA {slot.lea_id}, {slot.collection} FY{slot.fiscal_year}, {slot.reporting_period}"
