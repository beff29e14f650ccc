"""Dagster's own home below EDFIN_HOME: where its runs and schedules are kept.

Belongs here: making the folder and its settings. Does not belong here: definitions, steps.

`python -m dagster_project.instance` makes it and prints its path, for `make dev`.
"""

from __future__ import annotations

import os
from pathlib import Path

from ingest.settings import Settings

# Runs queue, because two nights must never build at once; one that failed is tried twice more (the sensor asks once for what
# waits, and would not ask again); nothing is reported to anyone outside.
SETTINGS = """\
concurrency:
  runs:
    max_concurrent_runs: 1
run_retries:
  enabled: true
  max_retries: 2
event_log_storage:
  module: dagster_project.event_log
  class: KeptEventLogStorage
  config: {}
telemetry:
  enabled: false
nux:
  enabled: false
"""


def ensure_instance(home: Path) -> Path:
    """Make Dagster's home if it is not there; DAGSTER_HOME in the environment wins."""
    folder = Path(os.environ.get("DAGSTER_HOME") or home / "dagster")
    folder.mkdir(parents=True, exist_ok=True)
    settings = folder / "dagster.yaml"
    if not settings.exists() or not settings.read_text(encoding="utf-8").strip():
        settings.write_text(SETTINGS, encoding="utf-8")
    os.environ["DAGSTER_HOME"] = str(folder)
    return folder


if __name__ == "__main__":
    print(ensure_instance(Settings.read().claim_home()))
