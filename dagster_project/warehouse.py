"""The dbt project as assets: staging, intermediate, marts, with dbt's tests as checks.

Belongs here: one dbt invocation a night.
Does not belong here: SQL (`dbt/`), what dbt must find (`build`), publication (`publish`).
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
from dagster_dbt import DbtCliResource, dbt_assets

from dagster_project.build import dbt_environment
from dagster_project.steps import step
from ingest.settings import project_folder


def warehouse_assets(manifest: Path) -> dg.AssetsDefinition:
    """The assets of dbt's manifest."""

    @dbt_assets(manifest=manifest, name="warehouse")
    def warehouse(context: dg.AssetExecutionContext) -> Iterator:
        project = str(project_folder() / "dbt")
        with step(context, "dbt build") as (house, told):
            # A build is always whole: what an interrupted one left is no beginning.
            for leftover in house.build_folder.glob("warehouse.duckdb*"):
                shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
            house.target_folder.mkdir(parents=True, exist_ok=True)
            # Yesterday's results must never speak for tonight's build.
            (house.target_folder / "run_results.json").unlink(missing_ok=True)
            os.environ.update(dbt_environment(house))
            dbt = DbtCliResource(project_dir=project, profiles_dir=project)
            # A failed test is a reason against publication, and `publish` weighs it; it does not end the night here.
            # Unit tests prove the code, not the night's data: `make test` runs them.
            command = ["build", "--exclude-resource-type", "unit_test"]
            call = dbt.cli(command, context=context, target_path=house.target_folder, raise_on_error=False)
            yield from call.stream()
            told["succeeded"] = call.is_successful()

    return warehouse
