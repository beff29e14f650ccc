"""The whole platform on one screen.

    landing/*  ->  raw/*  ->  registry/*  ->  staging, intermediate, marts/*  ->  published/generation
    encrypted      gated      exports         dbt build                           candidate, then current

`make dev` shows it; `edfin nightly` runs it without a server.
"""

import dagster as dg

from dagster_project.automation import every_night, landing_sensor, nightly_job
from dagster_project.collections import landing_specs, raw_assets, reference_version, registry_exports
from dagster_project.manifest import dbt_manifest
from dagster_project.publish import generation_asset
from dagster_project.warehouse import warehouse_assets

warehouse = warehouse_assets(dbt_manifest())
marts = [key for key in warehouse.keys if key.path[0] == "marts"]

defs = dg.Definitions(
    assets=[*landing_specs, reference_version, *raw_assets, registry_exports, warehouse, generation_asset(marts)],
    jobs=[nightly_job],
    schedules=[every_night],
    sensors=[landing_sensor],
)
