"""The dbt project parses with every deprecation an error, the way a night parses it.

Belongs here: parsing. Does not belong here: building a model (the night does that), or what a model means (unit tests beside it).
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[2]
STRICT = '{"error": ["Deprecations"]}'
# dbt 1.11 looks for unknown keys only with the adapters it has on a list; DuckDB's project is to be as clean as theirs.
DBT = """
from dbt.jsonschemas import jsonschemas
jsonschemas._JSONSCHEMA_SUPPORTED_ADAPTERS.add("duckdb")
from dbt.cli.main import cli
cli()
"""


def test_parses_without_deprecations(tmp_path):
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    for folder in (PROJECT / "states" / "_template", PROJECT / "dbt" / "seeds"):
        for path in folder.glob("*.csv"):
            shutil.copyfile(path, seeds / path.name)
    environment = os.environ | {
        "EDFIN_SEEDS": str(seeds),
        "EDFIN_RAW": str(tmp_path / "raw"),
        "EDFIN_BUILD": str(tmp_path / "warehouse.duckdb"),
        "DBT_TARGET_PATH": str(tmp_path / "target"),
        "DBT_LOG_PATH": str(tmp_path / "logs"),
        "DBT_PROFILES_DIR": str(PROJECT / "dbt"),
    }
    options = ["--warn-error-options", STRICT, "parse", "--no-partial-parse", "--project-dir", str(PROJECT / "dbt")]
    command = [sys.executable, "-c", DBT, *options]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
