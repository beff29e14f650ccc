"""dbt's manifest, from which Dagster learns the names and edges of the warehouse.

Belongs here: finding it, or making it when the project has changed since.
Does not belong here: running models (`warehouse`).
"""

from __future__ import annotations

import shutil
from pathlib import Path

from dagster_project.build import parse_project
from ingest.settings import Settings, project_folder


def dbt_manifest() -> Path:
    """Give the path of a manifest that fits the project as it is on disk."""
    from dagster_project.house import code_version

    folder = Settings.read().home / "build" / "definitions"
    stamp, manifest = folder / "code_version.txt", folder / "target" / "manifest.json"
    if manifest.exists() and stamp.exists() and stamp.read_text() == code_version():
        return manifest
    seeds = folder / "seeds"
    shutil.rmtree(seeds, ignore_errors=True)
    seeds.mkdir(parents=True)
    # The state's tables only lend their names and columns here; templates and national tables have them all.
    for source in (project_folder() / "states" / "_template", project_folder() / "dbt" / "seeds"):
        for path in source.glob("*.csv"):
            shutil.copyfile(path, seeds / path.name)
    parse_project(seeds, folder / "target")
    stamp.write_text(code_version())
    return manifest
