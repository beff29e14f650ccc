"""Which old generations nobody needs any more. Nothing is deleted unless asked for twice (`delete=True`).

Kept whatever their age: the current one, the last 30 that were current, every candidate or rebuild younger than 90
days, and everything the public shelf's history or the caller names. Fact files go when no generation links to them.
"""

import json
import os
import shutil
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from publish.manifests import Manifest
from publish.pointers import history
from publish.shelves import Shelf, sweep_abandoned

KEEP_PUBLISHED = 30
KEEP_CANDIDATES = timedelta(days=90)


def prune(home: Path, keep: Iterable[str] = (), now: datetime | None = None, delete: bool = False) -> list[str]:
    """The ids that may go, oldest first; with `delete`, they are gone afterwards."""
    shelf = Shelf(home)
    kept = {*keep, shelf.current_id(), *_last_published(shelf)}
    released = _named_in(Shelf(home, "public"))
    going = [
        generation_id
        for generation_id in shelf.complete_ids()
        if generation_id not in kept and generation_id not in released and not _is_young(shelf, generation_id, now)
    ]
    if delete:
        discard(shelf, going)
    return going


def discard(shelf: Shelf, going: Iterable[str]) -> None:
    """Delete generations, and the facts that no other links to. A kill leaves a folder that the next run removes."""
    for generation_id in going:
        folder = shelf.folder(generation_id)
        doomed = folder.rename(folder.with_name(f"{folder.name}.tmp-{os.getpid()}"))
        shutil.rmtree(doomed)
    sweep_abandoned(shelf.root)
    for path in shelf.facts.glob("*/*.parquet"):
        if path.stat().st_nlink == 1:
            path.unlink()


def is_named_in_release(home: Path, generation_id: str) -> bool:
    """Whether a release may have come from this generation."""
    return generation_id in _named_in(Shelf(home, "public"))


def _last_published(shelf: Shelf) -> list[str]:
    in_order = list(dict.fromkeys(entry.generation_id for entry in reversed(history(shelf))))
    return in_order[:KEEP_PUBLISHED]


def _is_young(shelf: Shelf, generation_id: str, now: datetime | None) -> bool:
    was_current = any(entry.generation_id == generation_id for entry in history(shelf))
    as_of = datetime.fromisoformat(Manifest.read(shelf.folder(generation_id)).as_of)
    return not was_current and (now or datetime.now(UTC)) - as_of < KEEP_CANDIDATES


def _named_in(public: Shelf) -> str:
    """All text in which a release may name the generation it came from."""
    manifests = [json.dumps(path.read_text(encoding="utf-8")) for path in public.generations.glob("*/*.json")]
    past = [public.history.read_text(encoding="utf-8")] if public.history.exists() else []
    return "\n".join(manifests + past)
