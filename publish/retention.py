"""Which old generations nobody needs any more; swept at the end of a night by the policy of the state.

Kept whatever their age: the current one; what a released generation or the public shelf's history names; what the
restatements have still to tell of. Kept by policy (rows of policy.csv, in days before now): every published one; the last
one of each week, and of each month; both generations of a restatement; what was built and never published. A state without these rows keeps everything. Fact files go when no generation links to them.

Belongs here: choosing and taking away. Does not belong here: the numbers of the policy.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb

from publish.manifests import Manifest
from publish.pointers import happened, history
from publish.policies import Policy
from publish.restatement_sql import Side
from publish.restatements import RESTATEMENTS, untold
from publish.shelves import Shelf, sweep_abandoned

KEYS = ("keep_all_days", "keep_weekly_days", "keep_monthly_days", "keep_restated_days", "keep_unpublished_days")


@dataclass(frozen=True)
class Keeping:
    """How long each kind of generation is kept."""

    all: timedelta
    weekly: timedelta
    monthly: timedelta
    restated: timedelta
    unpublished: timedelta

    @classmethod
    def of_policy(cls, policy: Policy) -> "Keeping | None":
        """None where the state's policy does not say it all."""
        values = [policy.value(key) for key in KEYS]
        if any(value is None for value in values):
            return None
        return cls(*[timedelta(days=float(Decimal(value))) for value in values])


def sweep(home: Path, now: datetime | None = None) -> list[str]:
    """Take away what the policy of the current generation's reference lets go; the ids, oldest first."""
    shelf = Shelf(home)
    current = shelf.current_id()
    if current is None:
        return []
    keeping = Keeping.of_policy(Policy.pinned(home, Manifest.read(shelf.folder(current)).reference_version))
    if keeping is None:
        return []
    now = now or datetime.now(UTC)
    needed = needed_generations(shelf, Shelf(home, "public"), keeping, now)
    going = [generation_id for generation_id in shelf.complete_ids() if generation_id not in needed]
    if going:
        discard(shelf, going)
    return going


def discard(shelf: Shelf, going: Iterable[str]) -> None:
    """Delete generations, and the facts that no other links to. A kill leaves a folder that the next run removes."""
    for generation_id in going:
        _remove(shelf.folder(generation_id))
    sweep_abandoned(shelf.root)
    _sweep_facts(shelf)


def is_named_in_release(home: Path, generation_id: str) -> bool:
    """Whether a release may have come from this generation."""
    return generation_id in _named_in(Shelf(home, "public"))


def needed_generations(shelf: Shelf, public: Shelf, keeping: Keeping, now: datetime) -> set[str]:
    """Every complete generation that something or someone still needs."""
    ids, current = shelf.complete_ids(), shelf.current_id()
    released = _named_in(public)
    needed = {current, *untold(shelf), *_restated(shelf, current, now - keeping.restated)}
    needed |= {generation_id for generation_id in ids if generation_id in released}
    needed |= _last_of_each(shelf, now - keeping.all, lambda at: at)
    needed |= _last_of_each(shelf, now - keeping.weekly, lambda at: at.isocalendar()[:2])
    needed |= _last_of_each(shelf, now - keeping.monthly, lambda at: (at.year, at.month))
    needed |= {one for one in ids if _is_unpublished_since(shelf, one, now - keeping.unpublished)}
    needed.add(_newest_published(shelf, ids))
    return needed & set(ids)


def _last_of_each(shelf: Shelf, since: datetime, part_of: Callable[[datetime], object]) -> set[str]:
    entries, turns = history(shelf), happened(shelf, with_first=True)
    last: dict[object, str] = {}
    for turn in sorted(turns):
        at = datetime.fromisoformat(entries[turn - 1].at)
        if at >= since:
            last[part_of(at)] = entries[turn - 1].generation_id
    return set(last.values())


def _restated(shelf: Shelf, current: str, since: datetime) -> set[str]:
    """Both sides of every restatement told since."""
    side = Side.stored(shelf, current)
    if not side.has(RESTATEMENTS):
        return set()
    query = f"select distinct unnest([previous_generation_id, current_generation_id]) from {side.table(RESTATEMENTS)} where current_as_of >= ?"
    with duckdb.connect() as con:
        return {row[0] for row in con.execute(query, [since.astimezone(UTC).replace(tzinfo=None)]).fetchall()}


def _is_unpublished_since(shelf: Shelf, generation_id: str, since: datetime) -> bool:
    """By when it was written: one built today of the data of last year is young."""
    folder = shelf.folder(generation_id)
    was_current = any(entry.generation_id == generation_id for entry in history(shelf))
    return not was_current and datetime.fromtimestamp(folder.stat().st_mtime, UTC) >= since


def _newest_published(shelf: Shelf, ids: list[str]) -> str | None:
    """After a rollback it still says up to which event nothing is new."""
    published = {entry.generation_id for entry in history(shelf)} & set(ids)
    return max(published, key=lambda one: Manifest.read(shelf.folder(one)).event_position, default=None)


def _named_in(public: Shelf) -> str:
    """All text in which a release may name the generation it came from."""
    manifests = [json.dumps(path.read_text(encoding="utf-8")) for path in public.generations.glob("*/*.json")]
    past = [public.history.read_text(encoding="utf-8")] if public.history.exists() else []
    return "\n".join(manifests + past)


def _remove(folder: Path) -> None:
    """First under another name: half a generation never looks whole. What a kill leaves, the next build sweeps."""
    going = folder.with_name(f"{folder.name}.tmp-{os.getpid()}")
    folder.replace(going)
    shutil.rmtree(going)


def _sweep_facts(shelf: Shelf) -> None:
    with shelf.facts_in_use(alone=True):
        for path in shelf.facts.glob("*/*.parquet"):
            if path.stat().st_nlink == 1:
                path.unlink()
