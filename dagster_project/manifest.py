"""dbt's manifest, from which Dagster learns the names and edges of the warehouse.

Belongs here: finding it, or making it when project or reference have changed since.
Does not belong here: running models (`warehouse`).
"""

from __future__ import annotations

from pathlib import Path

from dagster_project.build import parse_project, prepare_seeds
from dagster_project.house import House
from dagster_project.ready_dbt import MANIFEST, PARTIAL, Parsed, parsed_for
from ingest import atomic_files
from ingest.reference import pin


def dbt_manifest() -> Path:
    """Give the path of a manifest that fits the project and the pinned reference.

    Raises:
        SystemFailure: the project does not parse.
    """
    house = House.open()
    try:
        if house.registry.pinned_reference() is None:
            pin(house.settings, house.registry)
        return _fresh(house, house.target_folder, parsed_for(prepare_seeds(house)))
    finally:
        house.close()


def _fresh(house: House, target: Path, wanted: str) -> Path:
    """dbt writes its own `manifest.json` anew in every call and may be killed at it: Dagster reads a copy that is whole or not there."""
    stamp, copy = target / "parsed_code_version.txt", target / "parsed_manifest.json"
    if not (copy.exists() and stamp.exists() and stamp.read_text() == wanted):
        target.mkdir(parents=True, exist_ok=True)
        # Parsing only what changed, dbt loses the words of some tests: another project is parsed whole.
        (target / PARTIAL).unlink(missing_ok=True)
        stamp.unlink(missing_ok=True)
        ready = Parsed(house.build_folder / "ready")
        if ready.wait(wanted):
            made = ready.folder / MANIFEST
            if (partial := ready.folder / PARTIAL).exists():
                atomic_files.write_bytes(target / PARTIAL, partial.read_bytes())
        else:
            made = parse_project(house, target)
        atomic_files.write_bytes(copy, made.read_bytes())
        atomic_files.write_bytes(stamp, wanted.encode())
    return copy
