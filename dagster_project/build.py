"""Preparing and running dbt: its environment, its sources, its seeds.

Belongs here: what dbt must find before it starts, and how it is called.
Does not belong here: models (`dbt/`), assets (`warehouse`), judging the result (`publish`).
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import psutil

from dagster_project.house import House, code_version
from ingest.night_changes import changes_since, export_changes
from ingest.night_events import export_events
from ingest.raw import ensure_empty_file, sweep_uncommitted
from ingest.refusals import SystemFailure
from ingest.settings import project_folder
from publish.pointers import Shelf
from publish.runs import RunInfo


def run_info(house: House, cut: str = "accepted") -> RunInfo:
    """The identity of the build that would start now."""
    head = house.registry.head()
    last = house.registry.events(after=head.position - 1)[-1]
    return RunInfo(
        as_of=last.at,
        cut=cut,
        reference_version=house.reference.version,
        code_version=code_version(),
        event_position=head.position,
        event_hash=head.hash,
    )


def export_for_warehouse(house: House) -> RunInfo:
    """Write the Parquet that dbt's source `registry` reads, and the empty typed file of each collection."""
    sweep_uncommitted(house.settings.raw_folder, house.registry.raw_files())
    run = run_info(house)
    for contract in house.contracts.values():
        ensure_empty_file(house.settings.raw_folder, contract)
    export_events(house.registry, house.settings.raw_folder, run, published_position(house))
    export_changes(house.settings.raw_folder, changes_since(house.registry, run))
    return run


def published_position(house: House) -> int:
    """The event position of the current generation, 0 before the first."""
    shelf = Shelf(house.home)
    current = shelf.current_id()
    if current is None:
        return 0
    from publish.manifests import Manifest

    return Manifest.read(shelf.folder(current)).event_position


def end_orphans(house: House) -> None:
    """End the dbt of a night that was killed: it would hold this home's build file, and write on into it.

    Called under the lock of the night, when no other night of this home can be running one.
    """
    orphans = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            is_ours = process.environ().get("EDFIN_BUILD") == str(house.build_file)
            if is_ours and any(Path(word).name in ("dbt", "edfin-dbt") for word in process.cmdline()[:2]):
                process.kill()
                orphans.append(process)
    psutil.wait_procs(orphans, timeout=10)


def prepare_seeds(house: House) -> Path:
    """Copy the pinned tables to one constant folder: dbt parses anew whenever the path of its seeds changes."""
    target = house.build_folder / "seeds"
    wanted = {path.name: path for path in house.reference.seeds.glob("*.csv")}
    target.mkdir(parents=True, exist_ok=True)
    for stale in target.glob("*.csv"):
        if stale.name not in wanted:
            stale.unlink()
    for name, path in wanted.items():
        copy = target / name
        if not copy.exists() or copy.read_bytes() != path.read_bytes():
            shutil.copyfile(path, copy)
    return target


def dbt_environment(house: House) -> dict[str, str]:
    """The environment in which dbt finds this home."""
    return {
        "EDFIN_RAW": str(house.settings.raw_folder),
        "EDFIN_SEEDS": str(prepare_seeds(house)),
        "EDFIN_BUILD": str(house.build_file),
        "EDFIN_TARGET": str(house.target_folder),
        "DBT_TARGET_PATH": str(house.target_folder),
        "DBT_LOG_PATH": str(house.target_folder / "logs"),
        "DBT_PROFILES_DIR": str(project_folder() / "dbt"),
        "DBT_PARTIAL_PARSE": "true",
        # Every statement of every model as text would be ten megabytes a night; the compiled ones stand in the target folder.
        "DBT_LOG_LEVEL_FILE": "info",
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
    }


def results_file(target: Path, name: str) -> Path:
    """Where the results of one dbt invocation of the night are kept."""
    return target / f"run_results_{name}.json"


def build_apart(house: House, name: str, selection: list[str], raw_folder: Path) -> None:
    """Invoke dbt without Dagster on a home that no night is about; its results go to `results_file`.

    Raises:
        SystemFailure: dbt told no results.
    """
    environment = {**os.environ, **dbt_environment(house), "EDFIN_RAW": str(raw_folder)}
    command = [str(Path(sys.executable).parent / "dbt"), "--quiet", "build", "--exclude-resource-type", "unit_test"]
    command += [*selection, "--project-dir", str(project_folder() / "dbt")]
    house.target_folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    written = house.target_folder / "run_results.json"
    if not written.exists():
        raise SystemFailure(f"dbt could not build: {(done.stdout + done.stderr)[-2000:]}")
    written.rename(results_file(house.target_folder, name))


def parse_project(house: House, target: Path) -> Path:
    """Make dbt's manifest, from which Dagster learns the assets.

    Raises:
        SystemFailure: the project does not parse; dbt's own words follow.
    """
    manifest, project = target / "manifest.json", project_folder() / "dbt"
    command = [str(Path(sys.executable).parent / "dbt"), "--quiet", "parse", "--project-dir", str(project)]
    environment = {**os.environ, **dbt_environment(house)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0 or not manifest.exists():
        raise SystemFailure("The dbt project does not parse:\n" + (done.stdout + done.stderr)[-4000:])
    return manifest
