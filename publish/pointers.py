"""Which generation people read: the link `current`, and the history of who moved it and why.

`current` is a symbolic link replaced by one rename, after everything else is on disk; a reader that opened the old
generation keeps it. The history is append-only, written before the link moves: a crash between the two leaves a
sentence too many, never a switch nobody signed. Whether a candidate deserves publication is decided in `judgement`.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from ingest.atomic_files import append_line
from ingest.refusals import Refusal
from publish.manifests import Manifest
from publish.shelves import JUDGEMENT, Shelf, sync


@dataclass(frozen=True)
class Switch:
    """One line of `history.jsonl`. `action`: published (sound), overridden (a person took it), rolled_back; released, withdrawn of
    the public ones. `generation_id` is None where the only release was withdrawn."""

    at: str
    action: str
    generation_id: str | None
    previous_generation_id: str | None
    by: str
    reason: str


@dataclass(frozen=True)
class Listed:
    """`status`: current, published (was current once), candidate (judged and held back), built (never judged)."""

    generation_id: str
    status: str
    as_of: str
    cut: str
    reference_version: str
    code_version: str
    event_position: int
    blocking_reasons: list[str]


def switch(shelf: Shelf, generation_id: str, action: str, by: str, reason: str) -> Switch:
    """Point `current` at a complete generation. Every caller comes through here."""
    with _alone(shelf):
        Manifest.read(shelf.folder(generation_id))
        entry = _told(shelf, generation_id, action, by, reason)
        draft = shelf.root / f"current.tmp-{os.getpid()}"
        draft.unlink(missing_ok=True)
        draft.symlink_to(Path("generations", generation_id))
        draft.replace(shelf.current)
        sync(shelf.root)
    return entry


def take_down(shelf: Shelf, action: str, by: str, reason: str) -> Switch:
    """Leave `current` pointing nowhere: nobody reads anything until the next switch."""
    with _alone(shelf):
        entry = _told(shelf, None, action, by, reason)
        shelf.current.unlink(missing_ok=True)
        sync(shelf.root)
    return entry


def _told(shelf: Shelf, generation_id: str | None, action: str, by: str, reason: str) -> Switch:
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    entry = Switch(now, action, generation_id, shelf.current_id(), by, reason)
    append_line(shelf.history, json.dumps(asdict(entry), ensure_ascii=False))
    return entry


def publish_candidate(home: Path, wanted: str, by: str, reason: str) -> Switch:
    """A named person publishes what the rules held back, and says why."""
    shelf = Shelf(home)
    generation_id = _other_than_current(shelf, wanted)
    if not reason.strip():
        raise Refusal("publishing a candidate needs a reason: it stands in the history")
    return switch(shelf, generation_id, "overridden", by, reason)


def rollback(home: Path, wanted: str, by: str, reason: str = "") -> Switch:
    """Back to a generation that was current before; going forward is `publish_candidate`."""
    shelf = Shelf(home)
    generation_id = _other_than_current(shelf, wanted)
    if generation_id not in {entry.generation_id for entry in history(shelf)}:
        raise Refusal(
            f"{generation_id} was never current; publish it with `edfin publish-candidate {generation_id} --reason …`"
        )
    return switch(shelf, generation_id, "rolled_back", by, reason)


def history(shelf: Shelf) -> list[Switch]:
    """Every switch, oldest first. A line torn by a crash is the one entry whose switch never happened."""
    if not shelf.history.exists():
        return []
    entries = []
    for line in shelf.history.read_text(encoding="utf-8").splitlines():
        try:
            entries.append(Switch(**json.loads(line)))
        except json.JSONDecodeError:
            continue
    return entries


def open_ids(shelf: Shelf) -> set[str]:
    """Of a public shelf the generations that were released and not withdrawn since; a draft that nobody released is none."""
    found: set[str] = set()
    for entry in history(shelf):
        if entry.action == "withdrawn":
            found.discard(entry.previous_generation_id or "")
        if entry.generation_id:
            found.add(entry.generation_id)
    return found


def happened(shelf: Shelf, with_first: bool = False) -> dict[int, tuple[str | None, str]]:
    """The switches that took place, by their line in the history from 1: generation before, generation after.

    A sentence whose link never moved is left out; so is the first switch, which has nothing before it, unless asked for.
    """
    entries = history(shelf)
    after = [*(entry.previous_generation_id for entry in entries[1:]), shelf.current_id()]
    return {
        turn: (entry.previous_generation_id, entry.generation_id)
        for turn, (entry, found) in enumerate(zip(entries, after, strict=False), start=1)
        if entry.generation_id == found and (entry.previous_generation_id or with_first)
    }


def current_at(shelf: Shelf, moment: datetime) -> str:
    """The generation that was current at a moment.

    Raises:
        Refusal: none was, or it is kept no longer.
    """
    past = [entry for entry in history(shelf) if datetime.fromisoformat(entry.at) <= moment]
    if not past:
        raise Refusal(f"no generation was current at {moment:%Y-%m-%dT%H:%M:%SZ}; `edfin generations` lists them")
    generation_id = past[-1].generation_id
    if generation_id not in shelf.complete_ids():
        raise Refusal(
            f"{generation_id}, current then, is kept no longer; `edfin rebuild --as-of` builds its data again"
        )
    return generation_id


def list_generations(home: Path, audience: str = "restricted") -> list[Listed]:
    """Every complete generation, newest first."""
    shelf = Shelf(home, audience)
    current, was_current = shelf.current_id(), {entry.generation_id for entry in history(shelf)}
    found = [_listed(shelf, generation_id, current, was_current) for generation_id in shelf.complete_ids()]
    return sorted(found, key=lambda listed: (listed.as_of, listed.event_position), reverse=True)


def _listed(shelf: Shelf, generation_id: str, current: str | None, was_current: set[str]) -> Listed:
    folder = shelf.folder(generation_id)
    manifest = Manifest.read(folder)
    judgement = folder / JUDGEMENT
    reasons = json.loads(judgement.read_text(encoding="utf-8"))["reasons"] if judgement.exists() else []
    if generation_id == current:
        status = "current"
    elif generation_id in was_current:
        status = "published"
    else:
        status = "candidate" if judgement.exists() else "built"
    return Listed(
        generation_id,
        status,
        manifest.as_of,
        manifest.cut,
        manifest.reference_version,
        manifest.code_version,
        manifest.event_position,
        [reason["message"] for reason in reasons],
    )


def _other_than_current(shelf: Shelf, wanted: str) -> str:
    generation_id = shelf.find(wanted)
    if generation_id == shelf.current_id():
        raise Refusal(f"{generation_id} is already current")
    return generation_id


@contextmanager
def _alone(shelf: Shelf) -> Iterator[None]:
    """One switch at a time, whichever process makes it."""
    with (shelf.root / "switch.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
