"""dbt's manifest, from which Dagster learns the names and edges of the warehouse.

Belongs here: finding it, or making it when project or reference have changed since.
Does not belong here: running models (`warehouse`).
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from dagster_project.build import parse_project, prepare_seeds
from dagster_project.house import House, code_version
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
        seeds, target = prepare_seeds(house), house.target_folder
        names = "\n".join(sorted(path.name for path in seeds.glob("*.csv")))
        return _fresh(house, target, names)
    finally:
        house.close()


def _fresh(house: House, target: Path, names: str) -> Path:
    """dbt writes its own `manifest.json` anew in every call and may be killed at it: Dagster reads a copy that is whole or not there."""
    wanted = code_version() + hashlib.sha256(names.encode()).hexdigest()[:16]
    stamp, copy = target / "parsed_code_version.txt", target / "parsed_manifest.json"
    if not (copy.exists() and stamp.exists() and stamp.read_text() == wanted):
        target.mkdir(parents=True, exist_ok=True)
        # Parsing only what changed, dbt loses the words of some tests: another project is parsed whole.
        (target / "partial_parse.msgpack").unlink(missing_ok=True)
        stamp.unlink(missing_ok=True)
        atomic_files.write_bytes(copy, parse_project(house, target).read_bytes())
        atomic_files.write_bytes(stamp, wanted.encode())
    return copy
