"""The five collections as assets: landing -> gate -> raw, and the registry's exports to the warehouse.

Belongs here: one asset `raw/<collection>` each, whose checks are the contract's edits; the exports dbt reads.
Does not belong here: how the gate judges (`ingest.gate`), anything after raw (`warehouse`).
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import dagster as dg

from dagster_project.house import House
from dagster_project.steps import step
from ingest.contracts import COLLECTIONS, Contract, contracts
from ingest.gate import GateResult, GateSetup, run_gate
from ingest.raw import sweep_uncommitted, write_raw
from ingest.reference import pin
from ingest.registry_submissions import SubmissionRow
from ingest.settings import project_folder
from ingest.splitting import split_ids, split_pending
from ingest.submission import FIRST_YEAR, LAST_YEAR

# Every year a collection could hold; a run names the range of its own.
FISCAL_YEARS = dg.StaticPartitionsDefinition([str(year) for year in range(FIRST_YEAR, LAST_YEAR + 1)])
SUSPENSIONS, CONSERVATION = "no_submission_suspended", "rows_and_dollars_conserved"
EXPORTS = ("submission", "submission_event", "newly_accepted", "run")


def _landing(collection: str) -> dg.AssetSpec:
    return dg.AssetSpec(
        ["landing", collection], group_name="landing", kinds={"file"},
        description=f"Files of collection {collection} as districts sent them, encrypted.",
    )  # fmt: skip


def _check_specs(contract: Contract) -> list[dg.AssetCheckSpec]:
    key = ["raw", contract.collection]
    edits = [dg.AssetCheckSpec(rule.edit_id, asset=key, description=rule.description) for rule in contract.rules]
    return [
        *edits,
        dg.AssetCheckSpec(SUSPENSIONS, asset=key, description="Every submission of the night was accepted."),
        dg.AssetCheckSpec(
            CONSERVATION, asset=key, description="The raw files hold the rows that were accepted.", blocking=True
        ),
    ]


def _raw_asset(contract: Contract) -> dg.AssetsDefinition:
    collection = contract.collection

    @dg.asset(
        name=collection, key_prefix="raw", group_name="raw", kinds={"duckdb", "parquet"}, deps=[["landing", collection], ["reference", "version"]],
        partitions_def=FISCAL_YEARS, backfill_policy=dg.BackfillPolicy.single_run(),
        check_specs=_check_specs(contract), description=f"{contract.title}: accepted rows, typed.",
    )  # fmt: skip
    def raw(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
        with step(context, f"gate {collection}") as (house, told):
            result = gate_collection(house, collection, {int(year) for year in context.partition_keys})
            told["submissions"] = len(result.verdicts)
        yield dg.MaterializeResult(metadata=_metadata(result), check_results=_check_results(contract, result))

    return raw


def gate_collection(house: House, collection: str, fiscal_years: set[int]) -> GateResult:
    """Judge what is pending of one collection and commit it to the registry."""
    reference = house.reference

    def pending() -> list[SubmissionRow]:
        rows = house.registry.pending(reference.version)
        return [row for row in rows if row.collection == collection and row.fiscal_year in fiscal_years]

    if not pending():
        return GateResult()
    spill = house.home / "work"
    spill.mkdir(exist_ok=True)
    setup = GateSetup(
        contract=house.contracts[collection],
        seeds=reference.seeds,
        layouts=reference.layouts,
        spill_folder=spill,
        open_bytes=house.landing.open_bytes,
        write=partial(write_raw, folder=house.settings.raw_folder, pseudonym=house.keys.pseudonym),
    )
    split_pending(setup, house.registry, pending())
    result = run_gate(replace(setup, split_ids=split_ids(house.registry)), pending())
    house.registry.record_verdicts(result.verdicts, result.raw_files, by="nightly", reference_version=reference.version)
    return result


def _metadata(result: GateResult) -> dict:
    accepted = [v for v in result.verdicts if v.is_accepted]
    return {
        "submissions": len(result.verdicts),
        "accepted": len(accepted),
        "suspended": len(result.verdicts) - len(accepted),
        "rows": sum(v.row_count for v in accepted),
        "files": [f.file_name for f in result.raw_files],
    }


def _check_results(contract: Contract, result: GateResult) -> list[dg.AssetCheckResult]:
    warn = dg.AssetCheckSeverity.WARN
    edits = [
        dg.AssetCheckResult(
            check_name=rule.edit_id,
            passed=result.failing_rows.get(rule.edit_id, 0) == 0,
            severity=warn,
            metadata={"failing_rows": result.failing_rows.get(rule.edit_id, 0)},
        )
        for rule in contract.rules
    ]
    suspended = [v.submission_id for v in result.verdicts if not v.is_accepted]
    # The gate has already stopped where a submission's records or dollars did not add up; this is the files it wrote.
    written, kept = sum(f.row_count for f in result.raw_files), sum(v.row_count for v in result.verdicts)
    return [
        *edits,
        dg.AssetCheckResult(
            check_name=SUSPENSIONS, passed=not suspended, severity=warn, metadata={"suspended": len(suspended)}
        ),
        dg.AssetCheckResult(
            check_name=CONSERVATION,
            passed=written == kept,
            severity=dg.AssetCheckSeverity.ERROR,
            metadata={"rows_written": written, "rows_accepted": kept},
        ),
    ]


_contracts = contracts(project_folder() / "dbt" / "models" / "sources")
landing_specs = [_landing(name) for name in COLLECTIONS]
raw_assets = [_raw_asset(_contracts[name]) for name in COLLECTIONS]


@dg.asset(key=["reference", "version"], group_name="reference", kinds={"file"})
def reference_version(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """Code lists, crosswalks, directory, policy, waivers and layouts at this moment, pinned for the night."""
    with step(context, "pin reference") as (house, told):
        sweep_uncommitted(house.settings.raw_folder, house.registry.raw_files())
        told["version"] = pin(house.settings, house.registry, by="nightly").version
    return dg.MaterializeResult(metadata={"version": told["version"]})


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            ["registry", name], group_name="registry", kinds={"parquet"}, deps=[["raw", c] for c in COLLECTIONS]
        )
        for name in EXPORTS
    ]
)
def registry_exports(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
    """What the warehouse stands on: submissions and events up to this moment."""
    from dagster_project.build import export_for_warehouse

    with step(context, "export events") as (house, _):
        run = export_for_warehouse(house)
    for name in EXPORTS:
        yield dg.MaterializeResult(asset_key=["registry", name], metadata={"generation_id": run.generation_id})
