"""Whether tonight's build may continue the last one, and what was learned of that one.

`build/warehouse.duckdb` stays between nights. `build/settled.json` says what it holds: the event position, reference, code and cut of
the build, and the sums of every fact by fiscal year. Before dbt touches the file it becomes `continued.json`, and it is written again
when everything was built and proven. Without it, or with another reference, code or cut, a build begins from nothing.

Belongs here: these two files, and beginning a build. Does not belong here: which rows change (`ingest.night_changes`), dbt (`warehouse`).
"""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import duckdb

from dagster_project.build import end_orphans
from dagster_project.house import House, code_on_disk
from ingest.atomic_files import write_bytes
from ingest.night_changes import changes_since, export_changes
from ingest.night_events import Run
from ingest.refusals import SystemFailure
from publish.fact_sums import FactSums

SETTLED, CONTINUED = "settled.json", "continued.json"
DECIDES = ("cut", "reference_version", "code_version")
LAYOUT = 1
"""Counts the ways in which this package continued a build: rows made another way are not continued."""
SLOT_KEYS = ("slot_lea_id", "slot_fiscal_year")
# "empty": without it dbt leaves out every test that so much as looks at a reference table, rules and edits among them.
WITHOUT_SEEDS = (
    "--indirect-selection", "empty",
    "--exclude", "resource_type:seed path:tests/seeds path:models/sources/reference.yml",
)  # fmt: skip
"""For dbt: not the reference tables and their tests. A build that continues another has the same ones, proven already."""


def begin_build(house: House, run: Run, is_whole: bool = True) -> bool:
    """Make the build file what this run starts from, and say in `raw/_events` what changed; True if a build is continued.

    `is_whole` says that every model is built: a selection of them continues nothing, and is continued by nothing.

    Raises:
        SystemFailure: the code on disk is not the code of this process.
    """
    if code_on_disk() != run.code_version:
        raise SystemFailure("The code has changed since this process was started: start it again.")
    end_orphans(house)
    settled = _read(house.build_folder / SETTLED)
    (house.build_folder / CONTINUED).unlink(missing_ok=True)
    (house.build_folder / SETTLED).unlink(missing_ok=True)
    is_continued = is_whole and bool(settled) and house.build_file.exists() and _fits(house, settled, run)
    _forget_edits(house) if is_continued else _wipe(house)
    changes = changes_since(house.registry, run, settled["event_position"] if is_continued else 0)
    export_changes(house.settings.raw_folder, changes)
    if is_continued:
        reviewed = None if changes.is_all_reviewed else sorted(changes.reviewed_years)
        told = settled | {"changed_years": sorted(changes.fiscal_years), "reviewed_years": reviewed}
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
    told = {name: getattr(run, name) for name in DECIDES} | _made_by() | {"event_position": run.event_position}
    told |= {"event_hash": _hash_at(house, run.event_position), "sums": sums.learned}
    _write(house.build_folder / SETTLED, told)


def _fits(house: House, settled: dict, run: Run) -> bool:
    same = all(settled[name] == getattr(run, name) for name in DECIDES)
    same = same and all(settled.get(name) == value for name, value in _made_by().items())
    # A registry restored from a backup has other events at the same positions.
    known = settled["event_position"] <= run.event_position
    return (
        same and known and settled["event_hash"] == _hash_at(house, settled["event_position"]) and _keeps_slots(house)
    )


def _made_by() -> dict:
    return {"layout": LAYOUT, "engine": duckdb.__version__}


def _hash_at(house: House, position: int) -> str | None:
    return house.registry.event_hashes([position]).get(position)


def _keeps_slots(house: House) -> bool:
    """Whether every row is of its submission's LEA and year; a waiver may let others in, and their LEA-years are not told."""
    rules = [rule for contract in house.contracts.values() for rule in contract.rules]
    of_slot = {rule.edit_id for rule in rules if str(rule.arguments.get("expression", "")).endswith(SLOT_KEYS)}
    with (house.reference.seeds / "waivers.csv").open(encoding="utf-8", newline="") as stream:
        return not any(row["edit_id"] in of_slot and row["effect"] == "accept" for row in csv.DictReader(stream))


def _forget_edits(house: House) -> None:
    """What yesterday's edits found must not speak for one that is not evaluated tonight."""
    with duckdb.connect(str(house.build_file)) as con:
        con.execute("drop schema if exists edits cascade")


def _read(path: Path) -> dict | None:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def _write(path: Path, told: dict) -> None:
    write_bytes(path, json.dumps(told).encode())


def _wipe(house: House) -> None:
    for leftover in house.build_folder.glob("warehouse.duckdb*"):
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
