"""The verb a district uses before it submits.

Belongs here: options, and printing verdicts. Does not belong here: judging (`ingest.check`), the report (`expectations.reports`).
"""

from __future__ import annotations

import json
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
@click.option("--control-count", default="", help="How many records the file holds, as you state it.")
@click.option("--control-total", default="", help="What its amounts add to, as you state it.")
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
    "--rows-into",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write the accepted rows of each file there, as Parquet.",
)
@click.option(
    "--across-files",
    is_flag=True,
    help="Also make the edits that compare files and years, as far as these files go (half a minute).",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write one file's report there: .html, .xlsx or .csv.",
)
def check(
    files,
    lea_id,
    collection,
    fiscal_year,
    period,
    layout,
    control_count,
    control_total,
    manifest,
    folder,
    contract,
    rows_into,
    across_files,
    form,
    report,
) -> int:
    """Judge files as the gate would, offline. Exit code 1: at least one would be suspended.

    What needs other files, other years or an unknown slot is told as not evaluated; --across-files makes the edits for
    which the files of this call suffice.
    """
    if bool(files) == bool(manifest):
        raise click.UsageError("give FILES, or --manifest.")
    if files and not contract and not (collection and fiscal_year and lea_id):
        raise click.UsageError("files need --lea, --collection and --fiscal-year, or a --contract.")
    if manifest and any([lea_id, collection, fiscal_year, period, layout, control_count, control_total]):
        raise click.UsageError(
            "a manifest says LEA, collection, year, period, layout and controls of each file: leave these options out."
        )
    if (control_count or control_total) and len(files) > 1:
        raise click.UsageError(
            "--control-count and --control-total are of one file: check it alone, or use --manifest."
        )
    if report and (len(files) != 1 or report.suffix.lower() not in (".html", ".xlsx", ".csv")):
        raise click.UsageError("--report is of one file, and ends in .html, .xlsx or .csv.")
    from dagster_project.check_desk import CheckDesk

    suspended = False
    with CheckDesk.open(contract) as desk:
        groups = (
            desk.manifest_files(manifest, folder)
            if manifest
            else desk.files(files, lea_id, collection, fiscal_year, period, layout, (control_count, control_total))
        )
        for doubt in desk.doubts(groups):
            click.echo(f"edfin: {doubt}", err=True)
        for one, answer in (desk.across if across_files else desk.answers)(groups, rows_into):
            suspended |= not answer.verdict.is_accepted
            click.echo(_json(desk, one, answer) if form == "json" else _text(desk, one, answer))
            if answer.rows_file and answer.rows_file.name != f"{one.path.name}.parquet":
                click.echo(
                    f"edfin: {one.path}: another file has this name; its rows are in {answer.rows_file}.", err=True
                )
            if report:
                _write_report(desk, one, answer, report)
    return FOUND_WANTING if suspended else 0


def _json(desk, one, answer) -> str:
    from expectations.reports.forms import records

    verdict = answer.verdict
    unseen = desk.unseen(answer.contract, one.submission_id)
    skipped = [rule.edit_id for rule in answer.not_evaluated] + [edit.edit_id for edit in unseen]
    return json.dumps(
        {
            "file": str(answer.path),
            "verdict": verdict.verdict,
            "row_count": verdict.row_count,
            "findings": records(verdict.findings),
            "not_evaluated": skipped,
        }
        | ({"rows_file": str(answer.rows_file)} if answer.rows_file else {}),
        ensure_ascii=False,
    )


def _text(desk, one, answer) -> str:
    from expectations.reports.text import as_text

    return as_text(desk.report(one, answer, is_brief=True))


def _write_report(desk, one, answer, target: Path) -> None:
    from dagster_project.cli_report import put_report
    from expectations.reports.page import shows_rows
    from ingest.cells import read_cells

    form = target.suffix.lower().removeprefix(".")
    layout = desk.layout_of(one, answer)
    # The whole file is shown, staff too: it is the district's own, on its own disk.
    report = desk.report(one, answer)
    is_shown = form == "xlsx" or (form == "html" and shows_rows(report))
    cells = read_cells(one.path.read_bytes(), layout.file if layout else {}) if is_shown else None
    put_report(report, form, target, cells)
