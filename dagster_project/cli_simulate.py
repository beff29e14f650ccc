"""The verb that tries allocation formulas out.

Belongs here: options, opening the generation, writing. Does not belong here: scenarios and formulas (`allocation`).
"""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from pathlib import Path

import click


@click.command(epilog="Example: edfin simulate scenario.yml --report scenarios.html")
@click.argument("scenario", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--format", "form", type=click.Choice(["text", "csv", "json"]), default="text", show_default=True)
@click.option(
    "--report", "target", type=click.Path(path_type=Path, dir_okay=False), help="Write a page with charts there."
)
@click.option("--generation", help="Take the schools from this generation, not the current one.")
def simulate(scenario: Path, form: str, target: Path | None, generation: str | None) -> None:
    """Work out what formulas would give each school: winners, losers, equity. Nothing is changed.

    The schools are those of an LEA and year (lea_id, fiscal_year), or of a CSV beside the scenario (schools). See README.
    """
    from allocation.budgeting import allocate
    from allocation.effects import ROW, rows_of
    from allocation.report import as_html, as_text
    from allocation.scenario import read_comparison
    from ingest.refusals import Refusal

    wanted = read_comparison(scenario)
    found = _schools(wanted, scenario.parent, generation)
    results = [allocate(one, found) for one in wanted.scenarios]
    if target:
        title = f"LEA {wanted.lea_id}, FY{wanted.fiscal_year}" if wanted.lea_id else str(wanted.schools)
        try:
            target.write_text(as_html(results, title), encoding="utf-8")
        except OSError as problem:
            raise Refusal(f"{target}: cannot be written ({problem.strerror}).") from problem
    if form == "text":
        click.echo(as_text(results))
    elif form == "json":
        click.echo(json.dumps(rows_of(results), indent=1, default=_plain))
    else:
        text = io.StringIO()
        writer = csv.DictWriter(text, ROW, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows_of(results))
        click.echo(text.getvalue(), nl=False)


def _schools(wanted, beside: Path, generation: str | None):
    from allocation.schools import schools_of_file, schools_of_generation
    from dagster_project.reading import read_of
    from ingest.settings import Settings
    from publish.sql_door import generation_folder, open_generation

    if wanted.schools:
        return schools_of_file(beside / wanted.schools)
    settings = Settings.read()
    folder = generation_folder(settings.home, generation)
    read_of(settings, "simulate", wanted.lea_id, generation_id=folder.name)
    with open_generation(settings.home, folder.name) as con:
        return schools_of_generation(con, wanted.lea_id, wanted.fiscal_year)


def _plain(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else str(value)
