"""The project's reference tables in one folder, and dbt's manifest of it: parsed, nothing built."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from expectations.reports.page import edits_as_html
from ingest.contracts import contracts
from ingest.edit_list import all_edits

PROJECT = Path(__file__).parents[2]


def seeds_folder(folder: Path) -> Path:
    """The national tables with those of the sample state, as a reference version has them."""
    for source in ("states/_template", "states/sample", "dbt/seeds"):
        for path in (PROJECT / source).glob("*.csv"):
            shutil.copyfile(path, folder / path.name)
    return folder


def parsed(seeds: Path, folder: Path) -> Path:
    """The manifest of the project as it is."""
    environment = os.environ | {
        "EDFIN_SEEDS": str(seeds),
        "EDFIN_RAW": str(folder / "raw"),
        "EDFIN_BUILD": str(folder / "warehouse.duckdb"),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
        "DBT_PROFILES_DIR": str(PROJECT / "dbt"),
    }
    command = [str(Path(sys.executable).parent / "dbt"), "--quiet", "parse", "--no-partial-parse", "--project-dir", str(PROJECT / "dbt")]  # fmt: skip
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "target" / "manifest.json"


def edits_page() -> str:
    """The page of edits as a night makes it."""
    read = contracts(PROJECT / "dbt" / "models" / "sources")
    titles = {contract.collection: contract.title for contract in read.values()}
    return edits_as_html(all_edits(PROJECT, read.values()), titles, "index.html")
