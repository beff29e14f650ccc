"""The verbs that hand a generation to other tools.

Belongs here: options, and one line on what was done. Does not belong here: what a file, a database or a server holds
(`publish.doors`).
"""

from __future__ import annotations

from pathlib import Path

import click

GENERATION = click.option(
    "--generation", metavar="ID", help="A generation other than the current one; the start of its id is enough."
)
PUBLIC = click.option("--public", is_flag=True, help="The released data instead of the restricted data.")


@click.command("export-db", epilog="Example: edfin export-db finance.duckdb")
@click.argument("file", type=click.Path(path_type=Path))
@GENERATION
@PUBLIC
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
def export_db(file: Path, generation: str | None, public: bool, force: bool) -> None:
    """Write a generation into one DuckDB file that needs nothing beside it: tables, facts, comments, ledger_as_of.

    Its table edfin_generation says of what it is a copy. Without --public it is restricted: only its owner may read it.
    """
    from publish.doors.single_file import export_generation

    done = export_generation(_home(), file, generation, public, force)
    audience = "public" if public else "restricted"
    click.echo(done.file)
    click.echo(
        f"generation {done.manifest.generation_id}, {audience}: {len(done.manifest.tables)} tables, {done.rows:,} rows, "
        f"{done.file.stat().st_size / 1e6:,.1f} MB, every content hash as in its manifest"
    )


def _home() -> Path:
    from ingest.settings import Settings

    return Settings.read().home
