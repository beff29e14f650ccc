"""The verb that finds the documentation site of a generation, or copies it.

Belongs here: options, the folder asked for. Does not belong here: the site (`publish.site`), when it is made (`documents`).
"""

from __future__ import annotations

import shutil
from pathlib import Path

import click


@click.command(epilog="Example: edfin docs --public --to site")
@click.option("--public", is_flag=True, help="Of what is released, for the public.")
@click.option("--generation", help="Of this generation, not the current one.")
@click.option(
    "--to", "folder", type=click.Path(path_type=Path, file_okay=False), help="Copy the site into this new folder."
)
def docs(public: bool, generation: str | None, folder: Path | None) -> None:
    """Say where the documentation of a generation lies: every table, column, definition and word, as pages for a browser.

    The pages open from disk, without a server and without a network.
    """
    from ingest.refusals import Refusal
    from ingest.settings import Settings
    from publish.shelves import DOCUMENTS
    from publish.site.site import FILE, INDEX
    from publish.sql_door import generation_folder

    home = generation_folder(Settings.read().home, generation, public)
    site = home / DOCUMENTS
    if not (site / FILE).is_file():
        raise Refusal(f"Generation {home.name} has no site: it was made before generations had one. `edfin nightly` makes one that has; `edfin rebuild --as-of T` makes that of a past moment anew.")  # fmt: skip
    click.echo((_copied(site, folder) if folder else site) / INDEX)


def _copied(site: Path, target: Path) -> Path:
    """Copy the site; one that stands there is replaced, anything else is left alone."""
    from ingest.refusals import Refusal
    from publish.shelves import draft_of
    from publish.site.site import FILE

    is_free = not target.exists() or not any(target.iterdir())
    if not is_free and not (target / FILE).is_file():
        raise Refusal(f"{target} exists and is no site: nothing was written. Name another folder with --to.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with draft_of(target) as draft:
            for path in sorted(site.iterdir()):
                shutil.copyfile(path, draft / path.name)
            shutil.rmtree(target, ignore_errors=True)
            draft.rename(target)
    except OSError as problem:
        raise Refusal(f"{target}: cannot be written ({problem.strerror}).") from problem
    return target
