"""The verbs that explain: the findings of a submission, and all edits.

Belongs here: options, gathering what a report needs from the registry and landing, writing it.
Does not belong here: how a report looks (`expectations.reports`), what it says (`ingest.report_facts`).
"""

from __future__ import annotations

import json
from pathlib import Path

import click

STAFF_ROWS = "The file is about persons; its rows stay in the encrypted landing. Check your own copy: edfin check FILE … --report report.xlsx"
OF_SEVERAL = "The file holds other LEAs too; its rows are shown to none of them. Check your own copy: edfin check FILE … --report report.xlsx"
UNREADABLE = "The file cannot be read as rows and columns."


@click.command(epilog="Example: edfin findings 3f2a9c --format html -o report.html")
@click.argument("submission")
@click.option("--format", "form", type=click.Choice(["json", "csv", "html", "xlsx"]), default="json", show_default=True)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write there; xlsx needs it.")
def findings(submission, form, output) -> None:
    """Give every finding of a submission's latest verdict; the beginning of its id is enough.

    html is one page to read, xlsx the district's own file with the failing cells marked (a staff file's rows are left out).
    """
    from dagster_project.reading import read_of
    from dagster_project.submission_report import report_of_submission, rows_of
    from expectations.reports.forms import as_csv, as_json
    from expectations.reports.page import shows_rows
    from ingest.purge import refuse_if_purged
    from ingest.registry import Registry
    from ingest.settings import Settings

    if form == "xlsx" and not output:
        raise click.UsageError("a workbook is written to a file: add -o report.xlsx.")
    settings = Settings.read()
    registry = Registry.open(settings)
    row = registry.submission(submission)
    read_of(settings, "findings", row.lea_id, submission_id=row.submission_id)
    refuse_if_purged(registry, row, "reported")
    if form in ("json", "csv"):
        found = registry.findings(row.submission_id)
        _put(as_json(found) + "\n" if form == "json" else as_csv(found), output)
        return
    report, contract, layout = report_of_submission(settings, registry, row)
    hidden = STAFF_ROWS if contract.masked_columns else OF_SEVERAL if row.part_of else ""
    is_shown = not hidden and (form == "xlsx" or shows_rows(report))
    cells = rows_of(settings, row, layout) if is_shown else None
    put_report(report, form, output, cells, hidden)


def put_report(report, form: str, target: Path | None, cells=None, why_no_file: str = "") -> None:
    """Write a report; `cells` is the district's file, for the workbook and the rows of the page.

    Raises:
        Refusal: the target cannot be written.
    """
    from expectations.reports.forms import as_csv
    from expectations.reports.page import as_html
    from expectations.reports.workbook import write_workbook
    from ingest.refusals import Refusal

    rows, header = (cells.rows, cells.header) if cells else ((), ())
    if form != "xlsx":
        _put(as_html(report, rows, header) if form == "html" else as_csv(report.findings), target)
        return
    try:
        write_workbook(report, target, rows, header, why_no_file or ("" if cells else UNREADABLE))
    except OSError as problem:
        raise Refusal(f"{target}: cannot be written ({problem.strerror}).") from problem


@click.command(epilog="Example: edfin edits --collection ledger --format html -o ledger_edits.html")
@click.option("--collection", help="Only this collection.")
@click.option("--format", "form", type=click.Choice(["text", "html", "json"]), default="text", show_default=True)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write there.")
def edits(collection, form, output) -> None:
    """Explain every edit: what it asks, why, an example of the mistake, how to fix it."""
    from dataclasses import asdict

    from expectations.reports.page import edits_as_html
    from expectations.reports.text import edits_as_text
    from ingest.contracts import contracts
    from ingest.edit_list import all_edits
    from ingest.settings import Settings

    settings = Settings.read()
    known = contracts(settings.sources_folder)
    if collection and collection not in known:
        raise click.UsageError(f"there is no collection {collection}; known are {', '.join(known)}.")
    listed = all_edits(settings.project, [known[collection]] if collection else list(known.values()))
    titles = {name: one.title for name, one in known.items() if collection in (None, name)}
    write = {
        "text": lambda: edits_as_text(listed) + "\n",
        "html": lambda: edits_as_html(listed, titles),
        "json": lambda: json.dumps([asdict(edit) for edit in listed], indent=1, ensure_ascii=False) + "\n",
    }
    _put(write[form](), output)


def _put(text: str, target: Path | None) -> None:
    from ingest.refusals import Refusal

    if target is None:
        click.echo(text, nl=False)
        return
    try:
        target.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise Refusal(f"{target}: cannot be written ({problem.strerror}).") from problem
