"""The last asset of a night: the build becomes a generation, and `current` moves if nothing forbids it.

Belongs here: collecting what dbt found, calling `publish`, telling Dagster.
Does not belong here: how generations are written or judged (`publish`), dbt itself (`warehouse`).
"""

import json
from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from dagster_project.build import results_file, run_info
from dagster_project.continuing import fact_sums, settle
from dagster_project.documents import static_documents
from dagster_project.house import House
from dagster_project.steps import run_folder, step
from dagster_project.warehouse import QUALITY, WAREHOUSE
from ingest.night_events import built_run
from ingest.refusals import SystemFailure
from ingest.settings import Settings
from publish.extracts.making import Work, make_extracts
from publish.generations import make_candidate
from publish.judgement import Judgement, Reason, failure, judge, publish_if_sound
from publish.retention import sweep
from publish.runs import RunInfo

KEY = dg.AssetKey(["published", "generation"])
IS_CURRENT = "is_current"
RUN_FILE = "generation.json"


def generation_asset(marts: list[dg.AssetKey]) -> dg.AssetsDefinition:
    """The published generation, downstream of every mart."""

    @dg.asset(
        key=KEY, deps=marts, group_name="published", kinds={"duckdb", "parquet"},
        check_specs=[dg.AssetCheckSpec(IS_CURRENT, asset=KEY, description="Nothing forbade to publish this generation.")],
    )  # fmt: skip
    def generation(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
        with step(context, "documentation") as (house, _):
            documents = static_documents(house, run_of_build(house))
        with step(context, "publish") as (house, told):
            judgement = publish_build(house, documents)
            told["generation_id"] = judgement.generation_id
            folder = run_folder(house, context)
        (folder / RUN_FILE).write_text(
            json.dumps({"generation_id": judgement.generation_id, "is_sound": judgement.is_sound})
        )
        if judgement.is_sound and Settings.read().extracts == "nightly":
            with step(context, "extracts") as (house, told):
                made = make_extracts(Work(house.home, house.settings.project, judgement.generation_id))
                told |= {"written": len(made.written), "unchanged": len(made.unchanged), "removed": len(made.removed)}
        with step(context, "sweep") as (house, told):
            told["swept"] = sweep(house.home)
        reasons = [f"{r.kind}: {r.message}" for r in judgement.reasons]
        yield dg.MaterializeResult(
            metadata={"generation_id": judgement.generation_id, "blocking_reasons": reasons},
            check_results=[
                dg.AssetCheckResult(check_name=IS_CURRENT, passed=judgement.is_sound, metadata={"reasons": reasons})
            ],
        )

    return generation


def publish_build(house: House, documents: Path | None) -> Judgement:
    """Write the candidate, judge it, and move `current` if it is sound."""
    run = run_of_build(house)
    manifest = house.target_folder / "manifest.json"
    sums, failures = fact_sums(house), dbt_failures(house.target_folder)
    candidate = make_candidate(house.home, house.build_file, run, documents, manifest, sums=sums)
    judgement = judge(house.home, candidate, failures)
    publish_if_sound(house.home, judgement, by="nightly")
    if not failures:
        settle(house, run, sums)
    return judgement


def run_of_build(house: House) -> RunInfo:
    """The identity the build was made under: what the exports said, not what the registry says by now."""
    run = built_run(house.settings.raw_folder)
    now = run_info(house, run.cut)
    event = house.registry.events(after=run.event_position - 1, upto=run.event_position)[0]
    return RunInfo(event.at, run.cut, run.reference_version, now.code_version, run.event_position, event.hash)


def dbt_failures(target: Path) -> list[Reason]:
    """Every failed or unevaluated error test of the build, as a reason against publication."""
    results = []
    for name in (WAREHOUSE, QUALITY):
        path = results_file(target, name)
        if not path.exists():
            raise SystemFailure("dbt ended before it had told its results: nothing of this build was evaluated.")
        results += json.loads(path.read_text(encoding="utf-8"))["results"]
    nodes = json.loads((target / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    reasons = []
    for result in results:
        if result["status"] not in ("fail", "error", "skipped"):
            continue
        node = nodes.get(result["unique_id"], {})
        path = node.get("original_file_path", "")
        kind = "not_evaluated" if result["status"] != "fail" else "identity" if "identities" in path else "contract"
        words = node.get("description") or node.get("name") or result["unique_id"]
        reasons.append(
            failure(
                kind, node.get("name", result["unique_id"]), f"{words} ({result.get('message') or result['status']})"
            )
        )
    return reasons
