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
from dagster_project.collections import run_folder
from dagster_project.house import House
from dagster_project.stages import stage
from ingest.settings import project_folder


def warehouse_assets(manifest: Path) -> dg.AssetsDefinition:
    """The assets of dbt's manifest."""

    @dbt_assets(manifest=manifest, name="warehouse")
    def warehouse(context: dg.AssetExecutionContext) -> Iterator:
        house = House.open()
        project = str(project_folder() / "dbt")
        try:
            # A build is always whole: what an interrupted one left is no beginning.
            for leftover in house.build_folder.glob("warehouse.duckdb*"):
                shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
            house.target_folder.mkdir(parents=True, exist_ok=True)
            os.environ.update(dbt_environment(house))
            with stage(run_folder(house, context), "dbt build") as told:
                dbt = DbtCliResource(project_dir=project, profiles_dir=project)
                # A failed test is a reason against publication, and `publish` weighs it; it does not end the night here.
                call = dbt.cli(["build"], context=context, target_path=house.target_folder, raise_on_error=False)
                yield from call.stream()
                told["succeeded"] = call.is_successful()
        finally:
            house.close()

    return warehouse
