"""dbt's unit tests, over the tables a real night has built.

Belongs here: running them; the night itself leaves them out. Does not belong here: their cases (beside the models in `dbt/`).
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nights import PROJECT

pytestmark = pytest.mark.slow


def test_every_unit_test_of_the_models_passes(first_night, tmp_path):
    home = first_night.home.path
    build = tmp_path / "warehouse.duckdb"
    shutil.copyfile(home / "build" / "warehouse.duckdb", build)
    environment = first_night.home.environment(
        EDFIN_RAW=str(home / "raw"), EDFIN_SEEDS=str(home / "build" / "seeds"), EDFIN_BUILD=str(build),
        DBT_TARGET_PATH=str(tmp_path / "target"), DBT_LOG_PATH=str(tmp_path / "logs"),
    )  # fmt: skip
    dbt = [str(Path(sys.executable).parent / "dbt"), "test", "--select", "test_type:unit"]
    places = ["--project-dir", str(PROJECT / "dbt"), "--profiles-dir", str(PROJECT / "dbt")]
    done = subprocess.run([*dbt, *places], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
    assert "PASS=" in done.stdout and "PASS=0" not in done.stdout
