"""The verbs of submissions: submit, status.

Belongs here: options, and printing what `ingest` answers.
Does not belong here: rules about submissions, and any SQL.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

FLAGS = ("is_late", "is_reopened", "is_waived")
STATUS_FIELDS = ("submission_id", "sha256", "collection", "lea_id", "fiscal_year", "reporting_period", "version")


@click.command(
    epilog="Example: edfin submit fy2025_ledger.csv --lea 0101 --collection ledger --fiscal-year 2025 --period actual_audited"
)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--lea", "lea_id", help="The LEA, as the state names it; leave it out where the file holds several.")
@click.option("--collection", help="ledger, staff, membership, sections or outcomes.")
@click.option("--fiscal-year", help="The year in which the fiscal year ends.")
@click.option(
    "--period", "reporting_period", default="", help="Reporting period; default actual_unaudited, fall or final."
)
@click.option("--layout", default="", help="Name of the layout the file is written in; default the standard one.")
@click.option("--by", default="", help="Who submits; default the user's name.")
@click.option("--control-count", default="", help="How many records the file holds, as the sender states it.")
@click.option("--control-total", default="", help="What its amounts add to, as the sender states it.")
@click.option("--manifest", type=click.Path(path_type=Path), help="A CSV naming many files and their slots.")
@click.option(
    "--from",
    "folder",
    type=click.Path(path_type=Path),
    help="Folder of the manifest's files; default the manifest's own.",
)
def submit(
    files, lea_id, collection, fiscal_year, reporting_period, layout, by, control_count, control_total, manifest, folder
) -> int:
    """Land files, register them and print their receipts, one JSON line each.

    A file already there as the latest of its slot is a resend: nothing happens, and `is_resend` says so.
    """
    if bool(files) == bool(manifest):
        raise click.UsageError("give FILES with --collection and --fiscal-year, or --manifest.")
    if manifest:
        others = [lea_id, collection, fiscal_year, reporting_period, layout, control_count, control_total]
        return _submit_manifest(manifest, folder, by, others)
    if not (collection and fiscal_year):
        raise click.UsageError("files need --collection and --fiscal-year (and --lea, unless they hold several LEAs).")
    from ingest.settings import Settings
    from ingest.submission import Desk, Request, slot_of

    desk = Desk(Settings.read())
    if (control_count or control_total) and len(files) > 1:
        raise click.UsageError(
            "--control-count and --control-total are of one file: submit it alone, or use --manifest."
        )
    requests = [
        Request(
            path,
            lea_id or "",
            collection,
            fiscal_year,
            reporting_period,
            layout,
            by,
            None,
            control_count,
            control_total,
        )
        for path in files
    ]
    slot_of(requests[0], desk.periods)
    problems = [f"{path}: there is no such file." for path in files if not path.is_file()]
    return _submit(desk, [one for one in requests if one.path.is_file()], problems)


def _submit_manifest(manifest: Path, folder: Path | None, by: str, others: list) -> int:
    if any(others):
        raise click.UsageError(
            "a manifest says LEA, collection, year, period, layout and controls of each file: leave these options out."
        )
    from ingest.manifest import read_manifest
    from ingest.settings import Settings
    from ingest.submission import Desk

    desk = Desk(Settings.read())
    read = read_manifest(manifest, folder or manifest.parent, by, desk.periods)
    return _submit(desk, read.requests, read.problems)


def _submit(desk, requests: list, problems: list[str]) -> int:
    """Submit what can be, printing receipts as they come; then name what could not be."""
    from ingest.access import reader_now

    reader = reader_now(desk.registry, desk.settings.reader)
    for request in requests:
        reader.check(request.lea_id or None)
    shows_progress = len(requests) > 200 and sys.stderr.isatty()
    number = 0
    for number, row in enumerate(desk.submit_all(requests), 1):
        click.echo(
            json.dumps(
                _status_record(row, "received" if not row.is_resend else desk.status_of(row))
                | {"is_resend": row.is_resend}
            )
        )
        if shows_progress and number % 100 == 0:
            click.echo(f"\r{number} of {len(requests)}", nl=False, err=True)
    for doubt, name in desk.warnings.items():
        click.echo(
            f"edfin: warning: {name}: {doubt.rstrip('?.')}{'?' if doubt.endswith('?') else '.'} The file was taken; the gate will judge it.",
            err=True,
        )
    problems = problems + desk.problems
    for problem in problems:
        click.echo(f"edfin: {problem}", err=True)
    if problems and number + len(problems) > 1:
        click.echo(
            f"edfin: submitted {number} of {number + len(problems)} files; {len(problems)} could not be taken", err=True
        )
    return 2 if problems else 0


@click.command(epilog="Example: edfin status --format json --collection ledger --fiscal-year 2025")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--lea", "lea_id", help="Only this LEA.")
@click.option("--collection", help="Only this collection.")
@click.option("--fiscal-year", type=int, help="Only this fiscal year.")
def status(form, lea_id, collection, fiscal_year) -> None:
    """List every submission with its status.

    Flags: late (it came after the day of the state's calendar), reopened, waived (an edit is overlooked).
    """
    from ingest.access import reader_now
    from ingest.contracts import contracts
    from ingest.reference import due_dates
    from ingest.registry import Registry
    from ingest.settings import Settings
    from ingest.slots import standings

    settings = Settings.read()
    known = list(contracts(settings.sources_folder))
    if collection and collection not in known:
        raise click.UsageError(f"collection '{collection}' is unknown: choose one of {', '.join(known)}.")
    registry = Registry.open(settings)
    reader = reader_now(registry, settings.reader)
    submissions = registry.submissions()
    standing = standings(submissions, registry.events(), due_on=due_dates(settings))
    wanted = {"lea_id": lea_id, "collection": collection, "fiscal_year": fiscal_year}
    rows = [
        row
        for row in submissions
        if all(value is None or getattr(row, name) == value for name, value in wanted.items())
        and reader.may_read(row.lea_id)
    ]
    records = [
        _status_record(row, standing[row.submission_id].status)
        | {name: getattr(standing[row.submission_id], name) for name in FLAGS}
        for row in rows
    ]
    click.echo(json.dumps(records, indent=1) if form == "json" else _table(records))


def _status_record(row, status: str) -> dict:
    from ingest.registry_tables import utc_text

    return {name: getattr(row, name) for name in STATUS_FIELDS} | {
        "status": status,
        "received_at": utc_text(row.received_at),
    }


def _table(records: list[dict]) -> str:
    """Columns as wide as their widest cell; hashes are left out, ids shortened."""
    if not records:
        return "No submissions yet: see `edfin submit --help`."
    names = (
        "submission_id",
        "lea_id",
        "collection",
        "fiscal_year",
        "reporting_period",
        "version",
        "status",
        "received_at",
        "flags",
    )
    shown = [
        record | {"flags": " ".join(flag.removeprefix("is_") for flag in FLAGS if record[flag])} for record in records
    ]
    lines = [
        names,
        *(tuple(str(record[name])[: 12 if name == "submission_id" else 40] for name in names) for record in shown),
    ]
    widths = [max(len(line[place]) for line in lines) for place in range(len(names))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )
