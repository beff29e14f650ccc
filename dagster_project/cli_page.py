"""The verb that writes a district's page.

Belongs here: options, opening the generation, saying what was written. Does not belong here: the page (`publish.pages`).
"""

from __future__ import annotations

from pathlib import Path

import click


@click.command(epilog="Example: edfin page --lea 0014 --into pages")
@click.option("--lea", "lea_id", required=True, help="The district, by the state's id.")
@click.option(
    "--into", "folder", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder for the page."
)
@click.option("--generation", help="Take the figures from this generation, not the current one.")
@click.option("--public", is_flag=True, help="Take them from what is released, for the public.")
def page(lea_id: str, folder: Path, generation: str | None, public: bool) -> None:
    """Write a district's page: pictures with their tables and data. It opens from disk, without a network.

    Beside the page lie the scripts that draw; one copy serves all pages of a folder.
    """
    from dagster_project.reading import read_of
    from ingest.refusals import Refusal
    from ingest.settings import Settings
    from publish.pages.page_files import write_page
    from publish.shelves import Shelf
    from publish.sql_door import open_generation

    audience = "public" if public else "restricted"
    settings = Settings.read()
    if not public:
        read_of(settings, "page", lea_id, generation_id=generation or Shelf(settings.home).current_id())
    with open_generation(settings.home, generation, public) as con:
        try:
            click.echo(write_page(con, lea_id, folder, audience=audience))
        except OSError as problem:
            raise Refusal(f"{folder}: cannot be written ({problem.strerror}).") from problem
