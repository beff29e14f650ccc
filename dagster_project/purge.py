"""A purge from first to last: the order of its steps, under the night's lock, and what may still hold something afterwards.

Belongs here: the order, the home's work folders, what is told at the end.
Does not belong here: what a step does in registry, raw and landing (`ingest.purge`), options (`cli_purge`).
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import psutil
from filelock import FileLock, Timeout

from dagster_project.house import House
from dagster_project.steps import LOCK
from ingest.lifecycle import standing_of
from ingest.new_files import NEW_FILES
from ingest.purge import Purging, purge_landing, purge_raw, purge_registry
from ingest.refusals import Refusal
from ingest.registry_submissions import SubmissionRow
from ingest.slots import SEVERAL_LEAS
from publish.holdings import Held, holding
from publish.retention import discard
from publish.shelves import Shelf

REMOVED = "generations_removed"


@dataclass
class Purged:
    """What this call did, and the generations that still hold rows."""

    submissions: list[str] = field(default_factory=list)
    raw_files: list[str] = field(default_factory=list)
    bytes_were_there: bool = False
    removed: list[str] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)


def purge(
    house: House,
    rows: Sequence[SubmissionRow],
    reason: str,
    by: str,
    with_generations: bool,
    say: Callable[[str], None],
) -> Purged:
    """Do what is still missing of the purge of these submissions, all of the same bytes.

    Raises:
        Refusal: a night or a rebuild is at work in this home.
    """
    try:
        with FileLock(house.home / LOCK, timeout=0):
            _refuse_rebuilds(house)
            return _steps(house, rows, reason, by, with_generations, say)
    except Timeout as problem:
        raise Refusal("A night is running in this home; wait for it to end, then purge.") from problem


def _steps(house: House, rows, reason: str, by: str, with_generations: bool, say: Callable[[str], None]) -> Purged:
    done = Purged()
    purging = Purging(house.registry, house.landing, house.settings.raw_folder, house.contracts, rows, reason, by)
    say("the event, findings and explanations")
    done.submissions = purge_registry(purging, house.home / "reference")
    say("rows in raw")
    done.raw_files = purge_raw(purging)
    say("bytes in landing")
    done.bytes_were_there = purge_landing(purging)
    say("build and work folders")
    _clear_work(house)
    say("free pages of the registry")
    house.registry.forget()
    say("generations")
    ids = [row.submission_id for row in rows]
    done.held = holding(house.home, ids)
    if with_generations:
        done.removed = [one.generation_id for one in done.held if one.is_free]
        _remove(house, done.removed, ids, reason, by)
        done.held = [one for one in done.held if not one.is_free]
    return done


def _remove(house: House, generations: list[str], ids: list[str], reason: str, by: str) -> None:
    if generations:
        told = {"generations": generations, "submissions": ids, "reason": f"purge: {reason.strip()}"}
        house.registry.append(REMOVED, None, by, told)
        discard(Shelf(house.home), generations)


def _refuse_rebuilds(house: House) -> None:
    """A rebuild at work has read rows that would come back with its generation."""
    for path in (house.home / "work").glob("rebuild-*"):
        pid = path.name.rpartition("-")[2]
        if pid.isdigit() and psutil.pid_exists(int(pid)):
            raise Refusal(f"A rebuild is running in this home (process {pid}); wait for it to end, then purge.")


def _clear_work(house: House) -> None:
    """The next night builds from nothing without them; spilled rows and abandoned rebuilds are of use to nobody."""
    for folder in ("_events", NEW_FILES):
        shutil.rmtree(house.settings.raw_folder / folder, ignore_errors=True)
    for path in [*house.build_folder.glob("warehouse.duckdb*"), *(house.home / "work").glob("*")]:
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def left_in_slots(house: House, rows: Sequence[SubmissionRow]) -> Iterator[str]:
    """What counts in each slot from the next night on, one sentence a slot."""
    for slot in dict.fromkeys(row.slot for row in rows if row.lea_id != SEVERAL_LEAS):
        versions = [
            (one.version, one.submission_id)
            for one in house.registry.slot_submissions(slot)
            if standing_of(house.registry, one).status in ("accepted", "certified")
        ]
        name = " ".join(map(str, slot))
        if versions:
            version, submission_id = max(versions)
            yield (
                f"{name}: version {version} ({submission_id[:12]}) counts from the next night on; "
                "withdraw it if nothing should."
            )
        else:
            yield f"{name}: no accepted version is left until the LEA sends a corrected file."


def may_still_hold(house: House, rows: Sequence[SubmissionRow]) -> Iterator[str]:
    """Places that a purge does not touch, each with what is there."""
    first = min(row.received_at for row in rows)
    nights = [path for path in (house.home / "runs").glob("*") if path.stat().st_mtime >= first.timestamp()]
    if nights:
        yield f"{len(nights)} nights' logs since it came ({house.home / 'runs'}, {house.home / 'dagster'}): they hold counts and messages, no rows"
    for path in (house.home / "sample").rglob("*"):
        is_alike = path.is_file() and path.stat().st_size == rows[0].size_bytes
        if is_alike and hashlib.sha256(path.read_bytes()).hexdigest() == rows[0].sha256:
            yield f"{path}: the same bytes"
    purges = house.registry.purges()
    if any(purges[row.submission_id].payload["blanked_events"] for row in rows):
        yield "the generations before, in column explanations of submission_quality: what was said of its warnings"
    if house.registry.engine.dialect.name == "postgresql":
        yield "PostgreSQL's write-ahead log and replicas, until the server has written over them"
    yield f"the name of the file as sent ({', '.join(sorted({row.file_name for row in rows}))}), which stays in the record"
    yield "backups of this home, files that `edfin findings -o` and `edfin sql` wrote, and the sender's own copies"
