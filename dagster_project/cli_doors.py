"""The verbs that hand a generation to other tools.

Belongs here: options, and one line on what was done. Does not belong here: what a file, a database or a server holds
(`publish.doors`).
"""

from __future__ import annotations

import signal
import sys
import threading
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

    _tell_read("export-db", generation, public, file=str(file.absolute()))
    done = export_generation(_home(), file, generation, public, force)
    audience = "public" if public else "restricted"
    click.echo(done.file)
    click.echo(
        f"generation {done.manifest.generation_id}, {audience}: {len(done.manifest.tables)} tables, {done.rows:,} rows, "
        f"{done.file.stat().st_size / 1e6:,.1f} MB, every content hash as in its manifest"
    )


@click.command(epilog="Example: edfin publish --to postgresql://loader@db.example.org/finance")
@click.option("--to", "url", required=True, metavar="URL", help="postgresql://user@host:port/database; a password is better kept in ~/.pgpass or PGPASSWORD.")  # fmt: skip
@GENERATION
@PUBLIC
@click.option("--facts", is_flag=True, help="The fct_ tables as well: every ledger line, and people.")
@click.option("--wait", type=click.FloatRange(min=0), default=300, show_default=True, help="Seconds to wait for readers of the old tables.")  # fmt: skip
def publish(url: str, generation: str | None, public: bool, facts: bool, wait: float) -> None:
    """Load a generation into PostgreSQL, schema marts (released data: public_marts), in one switch that readers never see half of.

    Roles: edfin_reader reads the released tables, edfin_analyst all, edfin_lea only rows of the LEAs that
    edfin.lea_member names for the role that asks.
    """
    from ingest.settings import Settings
    from publish.doors.postgresql import publish_generation

    settings = Settings.read()
    _tell_read("publish", generation, public, facts=facts)
    marts = settings.project / "dbt" / "models" / "marts"
    done = publish_generation(
        settings.home, marts, url, generation, public, facts, wait, lambda step: click.echo(f"{step} …", err=True)
    )
    click.echo(
        f"generation {done.generation_id} is schema {done.schema} of {done.where}: {done.tables} tables, {done.rows:,} rows"
    )


@click.command("serve-sql", epilog="Example: edfin serve-sql --token-file token.txt")
@click.option("--port", type=click.IntRange(1, 65535), default=9494, show_default=True)
@GENERATION
@PUBLIC
@click.option("--token-file", type=click.Path(path_type=Path), help="The token clients must have; without it a new one is made and printed once.")  # fmt: skip
def serve_sql(port: int, generation: str | None, public: bool, token_file: Path | None) -> None:
    """Serve a generation to other DuckDBs by DuckDB's protocol Quack, read-only, on this machine (127.0.0.1), until stopped.

    A client: ATTACH 'quack:127.0.0.1:9494' AS edfin (TOKEN '…'); FROM edfin.district_spending; or edfin.query('…').
    Whoever has the token reads all of the generation. Other machines come through a tunnel or a proxy with TLS.
    """
    from publish.doors.server import read_token, served_generation

    _tell_read("serve-sql", generation, public)
    token, is_new = read_token(token_file)
    stopped = threading.Event()
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, lambda *_: stopped.set())
    with served_generation(_home(), token, port, generation, public) as served:
        click.echo(f"generation {served.generation_id} at {served.address}, until stopped")
        if is_new:
            click.echo(f"token: {token}")
        sys.stdout.flush()
        while not stopped.wait(1):
            pass


def _tell_read(command: str, generation: str | None, public: bool, **what: object) -> None:
    """A door to all restricted data is for the agency, and opening it stands in the audit chain."""
    from dagster_project.reading import read_of
    from ingest.settings import Settings
    from publish.sql_door import generation_folder

    if not public:
        settings = Settings.read()
        folder = generation_folder(settings.home, generation)
        read_of(settings, command, None, generation_id=folder.name, **what)


def _home() -> Path:
    from ingest.settings import Settings

    return Settings.read().home
