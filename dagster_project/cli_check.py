"""The verb a district uses before it submits.

Belongs here: options, and printing verdicts. Does not belong here: judging (`ingest.check`).
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from pathlib import Path

import click

FOUND_WANTING = 1


@click.command(
    epilog="Example: edfin check fy2025_ledger.csv --lea 0007 --collection ledger --fiscal-year 2025 --period actual_audited"
)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--lea", "lea_id", default="", help="The LEA, as the state names it.")
@click.option("--collection", default="", help="ledger, staff, membership, sections or outcomes.")
@click.option("--fiscal-year", type=click.IntRange(1990, 2100), help="The year in which the fiscal year ends.")
@click.option("--period", default="", help="Reporting period; default actual_unaudited, fall or final.")
@click.option("--layout", default="", help="Name of the layout the file is written in.")
@click.option(
    "--manifest", type=click.Path(path_type=Path, exists=True), help="A CSV naming many files and their slots."
)
@click.option("--from", "folder", type=click.Path(path_type=Path), help="Folder of the manifest's files.")
@click.option(
    "--contract",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Judge by this contract file; no LEA or year needed.",
)
@click.option(
    "--rows-into", type=click.Path(path_type=Path), help="Write the accepted rows of each file there, as Parquet."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def check(files, lea_id, collection, fiscal_year, period, layout, manifest, folder, contract, rows_into, form) -> int:
    """Judge files as the gate would, offline. Exit code 1: at least one would be suspended.

    What needs other files, other years or an unknown slot is told as not evaluated.
    """
    if bool(files) == bool(manifest):
        raise click.UsageError("give FILES, or --manifest.")
    if files and not contract and not (collection and fiscal_year and lea_id):
        raise click.UsageError("files need --lea, --collection and --fiscal-year, or a --contract.")
    suspended = False
    for name, listed in _by_collection(
        files, lea_id, collection, fiscal_year, period, layout, manifest, folder, contract
    ).items():
        for answer in _answers(name, listed, contract, rows_into):
            suspended |= not answer.verdict.is_accepted
            click.echo(_json(answer) if form == "json" else _text(answer))
    return FOUND_WANTING if suspended else 0


def _by_collection(files, lea_id, collection, fiscal_year, period, layout, manifest, folder, contract) -> dict:
    from ingest.check import Checked
    from ingest.slots import DEFAULT_PERIOD

    def checked(number: int, path: Path, lea: str, year: int | None, when: str, form: str) -> Checked:
        return Checked(path, f"{number:09d}", hashlib.sha256(path.read_bytes()).hexdigest(), lea, year, when, form)

    if files:
        when = period or DEFAULT_PERIOD.get(collection, "")
        return {collection: [checked(n, path, lea_id, fiscal_year, when, layout) for n, path in enumerate(files)]}
    from ingest.contracts import contracts
    from ingest.manifest import read_manifest
    from ingest.refusals import Refusal
    from ingest.settings import Settings

    periods = {name: c.reporting_periods for name, c in contracts(Settings.read().sources_folder).items()}
    read = read_manifest(manifest, folder or manifest.parent, "check", periods)
    if read.problems:
        raise Refusal("; ".join(read.problems))
    groups: dict[str, list] = {}
    for n, r in enumerate(read.requests):
        one = checked(
            n, r.path, r.lea_id, int(r.fiscal_year), r.reporting_period or DEFAULT_PERIOD[r.collection], r.layout
        )
        groups.setdefault(r.collection, []).append(one)
    return groups


def _answers(name: str, listed: list, contract: Path | None, rows_into: Path | None) -> list:
    from ingest.check import check_files
    from ingest.contracts import contracts, read_contract
    from ingest.reference import gather
    from ingest.settings import Settings

    settings = Settings.read()
    with tempfile.TemporaryDirectory() as scratch:
        for path, data in gather(settings).items():
            target = Path(scratch) / path
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(data)
        known = contracts(settings.sources_folder)
        if contract is None and name not in known:
            raise click.UsageError(f"there is no collection {name}; known are {', '.join(known)}.")
        judged_by = read_contract(contract) if contract else known[name]
        layouts = Path(scratch) / "layouts"
        return list(
            check_files(judged_by, listed, Path(scratch) / "seeds", layouts if layouts.exists() else None, rows_into)
        )


def _json(answer) -> str:
    fields = ("edit_id", "severity", "row_number", "column_name", "value", "message", "fix")
    verdict = answer.verdict
    return json.dumps(
        {
            "file": str(answer.path),
            "verdict": verdict.verdict,
            "row_count": verdict.row_count,
            "findings": [{name: getattr(f, name) for name in fields} for f in verdict.findings],
            "not_evaluated": [rule.edit_id for rule in answer.not_evaluated],
        },
        ensure_ascii=False,
    )


def _text(answer) -> str:
    lines = [
        f"{answer.path}: {answer.verdict.verdict}, {answer.verdict.row_count:,} rows, {len(answer.verdict.findings):,} findings"
    ]
    for f in answer.verdict.findings:
        where = f"row {f.row_number}" if f.row_number else "file"
        value = f" {f.column_name} = {f.value!r}" if f.column_name else ""
        lines.append(f"  {f.severity:<7} {f.edit_id} {where}{value}: {f.message} {f.fix}")
    if answer.not_evaluated:
        lines.append("  not evaluated here: " + ", ".join(rule.edit_id for rule in answer.not_evaluated))
    return "\n".join(lines)
