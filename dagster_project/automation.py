"""When the night runs: the job, its schedule, and the sensor on landing.

Belongs here: triggers. Does not belong here: steps.
"""

from __future__ import annotations

import dagster as dg

from dagster_project.house import House
from dagster_project.settled import needs_build
from ingest.reference import current_version

JOB = "nightly"
RANGE_START, RANGE_END = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"

nightly_job = dg.define_asset_job(JOB, selection=dg.AssetSelection.all(), executor_def=dg.in_process_executor)


def year_tags(fiscal_years: set[int]) -> dict[str, str]:
    """The run tags that give a night its range of fiscal-year partitions."""
    years = sorted(fiscal_years) or [2000]
    return {RANGE_START: str(years[0]), RANGE_END: str(years[-1])}


def work_for(house: House) -> set[int] | None:
    """Fiscal years of what waits to be judged, by the reference as it is now; None where a night would change nothing."""
    reference = current_version(house.settings, house.registry)
    years = {row.fiscal_year for row in house.registry.pending(reference)}
    return years if years or needs_build(house, reference) else None


@dg.schedule(
    job_name=JOB, cron_schedule="0 2 * * *", execution_timezone="UTC", default_status=dg.DefaultScheduleStatus.STOPPED
)
def every_night(context: dg.ScheduleEvaluationContext):
    """Two in the morning, if data, reference or code have changed."""
    house = House.open()
    try:
        years = work_for(house)
    finally:
        house.close()
    if years is None:
        return dg.SkipReason("Nothing has changed since the last night.")
    return dg.RunRequest(run_key=f"{context.scheduled_execution_time:%Y-%m-%d}", tags=year_tags(years))


@dg.sensor(job_name=JOB, minimum_interval_seconds=60, default_status=dg.DefaultSensorStatus.STOPPED)
def landing_sensor(context: dg.SensorEvaluationContext):
    """A file has landed: one run for everything that waits."""
    house = House.open()
    try:
        position, years = house.registry.head().position, work_for(house)
    finally:
        house.close()
    if not years:
        return dg.SkipReason("Nothing waits in landing.")
    return dg.RunRequest(run_key=f"event-{position}", tags=year_tags(years))
