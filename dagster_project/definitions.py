"""The whole platform on one screen.

    landing/*  ->  raw/*  ->  registry/*  ->  staging, intermediate, marts/*  ->  registry/finding_count  ->  published/generation
    encrypted      gated      exports         dbt build, edits                    reviews                     candidate, then current

`make dev` shows it; `edfin nightly` runs it without a server.
"""

import dagster as dg

from dagster_project.automation import every_night, landing_sensor, nightly_job
from dagster_project.collections import landing_specs, raw_assets, reference_version, registry_exports
from dagster_project.manifest import dbt_manifest
from dagster_project.publish import generation_asset
from dagster_project.reviews import review_asset
from dagster_project.warehouse import quality_assets, warehouse_assets

manifest = dbt_manifest()
warehouse, quality = warehouse_assets(manifest), quality_assets(manifest)
marts = [key for key in [*warehouse.keys, *quality.keys] if key.path[0] == "marts"]

defs = dg.Definitions(
    assets=[
        *landing_specs,
        reference_version,
        *raw_assets,
        registry_exports,
        warehouse,
        review_asset([key for key in warehouse.keys if key.path[0] == "marts"]),
        quality,
        generation_asset(marts),
    ],
    jobs=[nightly_job],
    schedules=[every_night],
    sensors=[landing_sensor],
)
