"""The verb that writes spending per pupil of schools in the layout of ESSA reports.

Belongs here: options, opening the generation, writing. Does not belong here: the file's content (`publish.essa`).
"""

from __future__ import annotations

from pathlib import Path

import click


@click.command(epilog="Example: edfin essa --fiscal-year 2025 --into reports")
@click.option("--fiscal-year", type=int, required=True, help="The year, by the one in which it ends.")
@click.option("--lea", "lea_id", help="Only this LEA.")
@click.option(
    "--into", "folder", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder for the files."
)
@click.option("--generation", help="Take the figures from this generation, not the current one.")
def essa(fiscal_year: int, lea_id: str | None, folder: Path, generation: str | None) -> None:
    """Write spending per pupil of each school, federal and state/local, site and central, and what ties it to the ledger: essa_YEAR.csv, .xlsx."""
    from dagster_project.reading import read_of
    from dagster_project.written_files import put_files
    from ingest.settings import Settings
    from publish.essa import as_csv, as_workbook, notes, read_essa
    from publish.sql_door import generation_folder, open_generation

    settings = Settings.read()
    generation_id = generation_folder(settings.home, generation).name
    read_of(settings, "essa", lea_id, generation_id=generation_id, fiscal_year=fiscal_year)
    with open_generation(settings.home, generation_id) as con:
        found = read_essa(con, fiscal_year, lea_id)
    name = f"essa_{fiscal_year}" + (f"_{lea_id}" if lea_id else "")
    put_files(folder, {f"{name}.csv": as_csv(found), f"{name}.xlsx": as_workbook(found, generation_id)})
    for line in notes(found, generation_id):
        click.echo(line)
