"""The verb that gives a blank file to fill in.

Belongs here: options. Does not belong here: what a template holds (`ingest.template`).
"""

from __future__ import annotations

from pathlib import Path

import click


@click.command(epilog="Example: edfin template ledger --fiscal-year 2026 -o ledger.xlsx")
@click.argument("collection")
@click.option(
    "--fiscal-year", type=click.IntRange(1990, 2100), required=True, help="The year in which the fiscal year ends."
)
@click.option("--lea", "lea_id", default="", help="The LEA, as the state names it: its schools become a drop-down.")
@click.option("--format", "form", type=click.Choice(["xlsx", "csv"]), help="Default: by the ending of the output.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write there; xlsx needs it.")
def template(collection, fiscal_year, lea_id, form, output) -> None:
    """Write a blank workbook of a collection: headers, drop-downs from the code lists, the record layout, how to fix.

    The header is locked; codes are text, so that zeros stay. The filled workbook is submitted as it is. csv gives the header alone.
    """
    from ingest.contracts import contracts
    from ingest.refusals import Refusal
    from ingest.settings import Settings
    from ingest.template import header_line, write_template

    settings = Settings.read()
    known = contracts(settings.sources_folder)
    if collection not in known:
        raise click.UsageError(f"there is no collection {collection}; known are {', '.join(known)}.")
    form = form or (output.suffix.lower().removeprefix(".") if output else "csv")
    if form not in ("xlsx", "csv") or (form == "xlsx" and not output):
        raise click.UsageError("a template is written to a file that ends in .xlsx or .csv: add -o ledger.xlsx.")
    try:
        if form == "csv" and output:
            output.write_text(header_line(known[collection], fiscal_year), encoding="utf-8")
        elif form == "csv":
            click.echo(header_line(known[collection], fiscal_year), nl=False)
        else:
            write_template(settings, known[collection], fiscal_year, lea_id, output)
    except OSError as problem:
        raise Refusal(f"{output}: cannot be written ({problem.strerror}).") from problem
