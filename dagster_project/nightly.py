"""One night from the command line: decide whether there is work, run the job in this process, report.

Belongs here: the order of a night around Dagster, its lock and its exit code.
Does not belong here: the steps (`collections`, `warehouse`, `publish`), the report's words (`run_report`).
"""

from __future__ import annotations

import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from dagster_project.build import dbt_environment
from dagster_project.house import House
from dagster_project.instance import ensure_instance
from dagster_project.ready_dbt import ReadyDbt
from dagster_project.settled import needs_build, told_until
from dagster_project.stages import stage
from dagster_project.steps import LOCK, NIGHT_TAG
from ingest.audit_heads import write_head
from ingest.reference import pin
from ingest.refusals import Refusal, SystemFailure
from ingest.settings import project_folder
from publish.shelves import Shelf

LOG = "night.log"


@dataclass(frozen=True)
class Night:
    """How a night ended."""

    folder: Path | None
    generation_id: str | None
    is_published: bool
    started_at_position: int
    was_needed: bool


def run_night(house: House, ready: ReadyDbt | None = None) -> Night:
    """Gate what is pending, build, publish. `ready`: a dbt that is loaded already; without it one is started beside the gate.

    Raises:
        Refusal: another night is running.
        SystemFailure: a step failed, or the process was told to end; the published generation is untouched and the next night completes this one.
    """
    house.settings.claim_home()
    lock = FileLock(house.home / LOCK, timeout=0)
    try:
        with lock:
            return _run(house, ready)
    except Timeout as problem:
        raise Refusal("Another night is running in this home; wait for it to end.") from problem


def _run(house: House, ready: ReadyDbt | None) -> Night:
    reference = pin(house.settings, house.registry, by="nightly")
    position = told_until(house)
    pending = house.registry.pending(reference.version)
    current = Shelf(house.home).current_id()
    if not pending and not needs_build(house, reference.version):
        return Night(None, current, True, position, False)
    name = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    folder = house.home / "runs" / name
    folder.mkdir(parents=True)
    own = ready or ready_dbt(house)
    try:
        with own:
            _run_job(house, name, folder, {row.fiscal_year for row in pending})
    finally:
        if own is not ready:
            own.end()
        write_head(house.home, house.registry.head())
    if not (folder / "generation.json").exists():
        raise SystemFailure(
            f"The warehouse could not be built: {failed_models(house)} The published generation is untouched."
        )
    done = json.loads((folder / "generation.json").read_text())
    return Night(folder, done["generation_id"], done["is_sound"], position, True)


def ready_dbt(house: House) -> ReadyDbt:
    """A dbt that loads itself beside what comes before it."""
    return ReadyDbt(dbt_environment(house), project_folder() / "dbt", house.build_folder / "ready")


def _run_job(house: House, name: str, folder: Path, fiscal_years: set[int]) -> None:
    ensure_instance(house.home)
    # Dagster, dbt and GX talk a lot; their words are the night's log, the report is ours.
    with (folder / LOG).open("w", encoding="utf-8") as log, redirect_stdout(log), redirect_stderr(log):
        with stage(folder, "start"):
            import dagster as dg

            from dagster_project.automation import JOB, year_tags
            from dagster_project.definitions import defs

        with dg.DagsterInstance.get() as instance:
            result = defs.resolve_job_def(JOB).execute_in_process(
                instance=instance, tags={NIGHT_TAG: name, **year_tags(fiscal_years)}, raise_on_error=False
            )
    if not result.success:
        if _was_interrupted(result):
            raise SystemFailure(
                "The night was interrupted. What is published is whole; the next night goes on from here."
            )
        raise SystemFailure(
            f"The night stopped: {_why(result)} The published generation is untouched; the log is {folder / LOG}."
        )


def failed_models(house: House) -> str:
    """Name the models of the last build that failed, in dbt's words."""
    paths = list(house.target_folder.glob("run_results*.json"))
    if not paths:
        return "dbt told no results."
    results = [one for path in paths for one in json.loads(path.read_text(encoding="utf-8"))["results"]]
    failed = [
        f"{r['unique_id'].split('.')[2]}: {' '.join((r['message'] or '').split())[:200]}"
        for r in results
        if r["status"] == "error"
    ]
    return "; ".join(failed[:5]) or "no model failed, see the log."


def _was_interrupted(result) -> bool:
    """Dagster answers the signals that end a process with a failed run, and the process lives on."""
    from dagster._core.events import RunFailureReason

    return any(
        event.is_job_failure and event.job_failure_data.failure_reason == RunFailureReason.UNEXPECTED_TERMINATION
        for event in result.all_events
    )


def _why(result) -> str:
    for event in result.all_events:
        if event.is_step_failure and event.step_failure_data.error:
            error = event.step_failure_data.error
            while error.cause:
                error = error.cause
            return f"{event.step_key}: {' '.join(error.message.split())[:600]}"
    return "see the run in `make dev`."
