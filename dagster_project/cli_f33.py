"""The verb that writes the federal finance survey.

Belongs here: options, opening the generation, writing. Does not belong here: the survey's content (`publish.survey`).
"""

from __future__ import annotations

from pathlib import Path

import click


@click.command(epilog="Example: edfin f33 --fiscal-year 2025 --into surveys")
@click.option("--fiscal-year", type=int, required=True, help="The year, by the one in which it ends.")
@click.option(
    "--into", "folder", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder for the files."
)
@click.option("--generation", help="Take the figures from this generation, not the current one.")
def f33(fiscal_year: int, folder: Path, generation: str | None) -> None:
    """Write the F-33 of a year: f33_YEAR.csv in the survey's layout, f33_YEAR.xlsx with the tie-out from ledger to reports."""
    from dagster_project.reading import read_of
    from dagster_project.written_files import put_files
    from ingest.gate_table import load_reference
    from ingest.reference import open_version
    from ingest.settings import Settings
    from publish.manifests import Manifest
    from publish.sql_door import generation_folder, open_generation
    from publish.survey import read_survey
    from publish.survey_book import as_csv, as_workbook, notes

    settings = Settings.read()
    home = settings.home
    manifest = Manifest.read(generation_folder(home, generation))
    read_of(settings, "f33", None, generation_id=manifest.generation_id, fiscal_year=fiscal_year)
    seeds = open_version(settings, manifest.reference_version).seeds
    with open_generation(home, manifest.generation_id) as con:
        con.execute("use memory")
        load_reference(con, seeds)
        con.execute("use warehouse.marts")
        survey = read_survey(con, fiscal_year)
    name = f"f33_{fiscal_year}"
    put_files(folder, {f"{name}.csv": as_csv(survey), f"{name}.xlsx": as_workbook(survey, manifest.generation_id)})
    for line in notes(survey, manifest.generation_id):
        click.echo(line)
