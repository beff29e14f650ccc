"""Whether tonight's build may continue the last one, and what was learned of that one.

`build/warehouse.duckdb` stays between nights. `build/settled.json` says what it holds: the event position, reference, code and cut of
the build, and the sums of every fact by fiscal year. Before dbt touches the file it becomes `continued.json`, and it is written again
when everything was built and proven. Without it, or with another reference, code or cut, a build begins from nothing.

Belongs here: these two files, and beginning a build. Does not belong here: which rows change (`ingest.night_changes`), dbt (`warehouse`).
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from dagster_project.house import House
from ingest.atomic_files import write_bytes
from ingest.night_changes import changes_since, export_changes
from ingest.night_events import Run
from publish.fact_sums import FactSums

SETTLED, CONTINUED = "settled.json", "continued.json"
DECIDES = ("cut", "reference_version", "code_version")
SEEDS = "resource_type:seed path:tests/seeds path:models/sources/reference.yml"
"""In dbt's words: the reference tables and their tests. A build that continues another has the same ones, proven already."""


def begin_build(house: House, run: Run) -> bool:
    """Make the build file what this run starts from, and say in `raw/_events` what changed; True if a build is continued."""
    settled = _read(house.build_folder / SETTLED)
    (house.build_folder / CONTINUED).unlink(missing_ok=True)
    (house.build_folder / SETTLED).unlink(missing_ok=True)
    is_continued = bool(settled) and house.build_file.exists() and _fits(settled, run)
    if not is_continued:
        _wipe(house)
    changes = changes_since(house.registry, run, settled["event_position"] if is_continued else 0)
    export_changes(house.settings.raw_folder, changes)
    if is_continued:
        told = settled | {
            "changed_years": sorted(changes.fiscal_years),
            "reviewed_years": sorted(changes.reviewed_years),
        }
        _write(house.build_folder / CONTINUED, told)
    return is_continued


def continued(house: House) -> dict | None:
    """What is known of the build that tonight's continues; None if it began from nothing."""
    return _read(house.build_folder / CONTINUED)


def fact_sums(house: House) -> FactSums:
    """The sums of the facts' years that need not be read again."""
    known = continued(house)
    return FactSums(known["sums"], frozenset(known["changed_years"])) if known else FactSums()


def settle(house: House, run: Run, sums: FactSums) -> None:
    """Everything of this build was made and proven: the next one may continue it."""
    told = {name: getattr(run, name) for name in DECIDES} | {"event_position": run.event_position, "sums": sums.learned}
    _write(house.build_folder / SETTLED, told)


def _fits(settled: dict, run: Run) -> bool:
    same = all(settled[name] == getattr(run, name) for name in DECIDES)
    return same and settled["event_position"] <= run.event_position


def _read(path: Path) -> dict | None:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def _write(path: Path, told: dict) -> None:
    write_bytes(path, json.dumps(told).encode())


def _wipe(house: House) -> None:
    for leftover in house.build_folder.glob("warehouse.duckdb*"):
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
