"""The last asset of a night: the build becomes a generation, and `current` moves if nothing forbids it.

Belongs here: collecting what dbt found, calling `publish`, telling Dagster.
Does not belong here: how generations are written or judged (`publish`), dbt itself (`warehouse`).
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from dagster_project.build import dbt_environment, results_file, run_info
from dagster_project.continuing import fact_sums, settle
from dagster_project.house import House, code_version
from dagster_project.steps import run_folder, step
from dagster_project.warehouse import QUALITY, WAREHOUSE
from expectations.reports.page import edits_as_html
from ingest.edit_list import all_edits as every_edit
from ingest.night_events import built_run
from ingest.refusals import SystemFailure
from ingest.settings import Settings, project_folder
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
            documents = static_documents(house)
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


def static_documents(house: House) -> Path | None:
    """dbt's documentation as one page that works offline, and every edit explained as another; made again only where the code is another."""
    folder, made_for = house.build_folder / "docs", house.build_folder / "docs_made_for"
    if folder.exists() and made_for.exists() and made_for.read_text(encoding="utf-8") == code_version():
        return folder
    made_for.unlink(missing_ok=True)
    environment = {**os.environ, **dbt_environment(house)}
    dbt, project = Path(sys.executable).parent / "dbt", project_folder() / "dbt"
    command = [str(dbt), "--quiet", "docs", "generate", "--static", "--no-compile", "--project-dir", str(project)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    page = house.target_folder / "static_index.html"
    if done.returncode != 0 or not page.exists():
        raise dg.Failure(f"dbt docs failed: {(done.stdout + done.stderr)[-2000:]}")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    shutil.copyfile(page, folder / "index.html")
    listed = every_edit(house.settings.project, house.contracts.values())
    titles = {contract.collection: contract.title for contract in house.contracts.values()}
    (folder / "edits.html").write_text(edits_as_html(listed, titles), encoding="utf-8")
    made_for.write_text(code_version(), encoding="utf-8")
    return folder
