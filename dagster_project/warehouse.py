"""The dbt project as assets: staging, intermediate, marts, with dbt's tests as checks.

Two invocations a night: all models with all tests, edits on accepted data among them; then the few tables that tell of those edits.

Belongs here: invoking dbt.
Does not belong here: SQL (`dbt/`), what dbt must find (`build`), reading what edits found (`reviews`), publication (`publish`).
"""

import os
from collections.abc import Iterator, Sequence
from functools import cached_property
from importlib import metadata
from pathlib import Path

import dagster as dg
from dagster_dbt import DbtCliResource, dbt_assets
from packaging.version import Version

from dagster_project.build import dbt_environment, results_file
from dagster_project.continuing import WITHOUT_SEEDS, begin_build
from dagster_project.house import House
from dagster_project.ready_dbt import door_command
from dagster_project.steps import step
from ingest.night_events import built_run
from ingest.settings import project_folder

AFTER_REVIEWS = "tag:after_reviews"
WAREHOUSE, QUALITY = "warehouse", "quality"


class NightDbt(DbtCliResource):
    """dbt as Dagster calls it, without what Dagster prepares and a night does not use.

    For each call Dagster starts `dbt --version`, though the command is the library of this very environment, and an adapter
    of its own, from which it could read row counts: together some seconds. These are its private members; under another name
    in a later edition of dagster-dbt they change nothing, and a night is slower.
    """

    @cached_property
    def _cli_version(self) -> Version:
        return Version(metadata.version("dbt-core"))

    def _initialize_dbt_core_adapter(self, args: Sequence[str]) -> None:
        return None


def warehouse_assets(manifest: Path) -> dg.AssetsDefinition:
    """The assets of dbt's manifest that stand on raw, registry and reference."""

    @dbt_assets(manifest=manifest, name=WAREHOUSE, exclude=AFTER_REVIEWS)
    def warehouse(context: dg.AssetExecutionContext) -> Iterator:
        with step(context, "dbt build") as (house, told):
            told["is_continued"] = begin_build(house, built_run(house.settings.raw_folder), not context.is_subset)
            for results in house.target_folder.glob("run_results*.json"):
                results.unlink()  # yesterday's must never speak for tonight's build
            if told["is_continued"]:
                yield from _kept_seeds(context)
            yield from _built(context, house, told, WAREHOUSE, WITHOUT_SEEDS if told["is_continued"] else ())

    return warehouse


def quality_assets(manifest: Path) -> dg.AssetsDefinition:
    """The tables that tell what the edits found: they stand on the reviews of tonight."""

    @dbt_assets(manifest=manifest, name=QUALITY, select=AFTER_REVIEWS)
    def quality(context: dg.AssetExecutionContext) -> Iterator:
        with step(context, "dbt build of quality") as (house, told):
            yield from _built(context, house, told, QUALITY)

    return quality


def _kept_seeds(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
    """The reference tables stand in the continued build as they are; without a word of them Dagster skips what reads them."""
    for key in sorted(context.selected_asset_keys):
        if key.path[0] == "reference":
            yield dg.MaterializeResult(asset_key=key, metadata={"is_kept": True})


def _built(
    context: dg.AssetExecutionContext, house: House, told: dict, name: str, excluded: Sequence[str] = ()
) -> Iterator:
    project = str(project_folder() / "dbt")
    house.target_folder.mkdir(parents=True, exist_ok=True)
    os.environ.update(dbt_environment(house))
    dbt = NightDbt(project_dir=project, profiles_dir=project, dbt_executable=door_command())
    # A failed test is a reason against publication, and `publish` weighs it; it does not end the night here.
    # Unit tests prove the code, not the night's data: `make test` runs them.
    command = ["build", "--exclude-resource-type", "unit_test", *excluded]
    call = dbt.cli(command, context=context, target_path=house.target_folder, raise_on_error=False)
    yield from (event for event in call.stream() if _is_worth_keeping(event))
    told["succeeded"] = call.is_successful()
    written = house.target_folder / "run_results.json"
    if written.exists():
        written.rename(results_file(house.target_folder, name))


def _is_worth_keeping(event: object) -> bool:
    """Whether Dagster shall store it: dagster-dbt tells of a test over several models once for each of them, passed or not."""
    return not (isinstance(event, dg.AssetObservation) and _status(event) == "pass")


def _status(event: dg.AssetObservation) -> object:
    told = event.metadata.get("status")
    return getattr(told, "value", told)
