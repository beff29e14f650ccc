"""The verbs about published data: sql, generations, rollback, publish-candidate.

They talk and exit: the work is in `publish`, and `cli` turns a refusal into one line. Imports stand inside the
commands, so that `edfin --help` stays quick.
"""

import getpass
import json
import sys
from dataclasses import asdict
from pathlib import Path

import click


@click.command()
@click.argument("query")
@click.option("--format", "format", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
@click.option(
    "--generation", metavar="ID", help="A generation other than the current one; the start of its id is enough."
)
@click.option(
    "--as-of", "moment", help="The generation that was current at a moment: 2026-03-31, 2026-03-31T17:00:00Z."
)
@click.option("--public", is_flag=True, help="Ask the released data instead of the restricted data.")
def sql(query: str, format: str, generation: str | None, moment: str | None, public: bool) -> None:
    """Run one read-only SQL query over the published tables (QUERY, or - to read it from standard input).

    JSON numbers carry every digit of a decimal; CSV leaves NULL empty. Example:

        edfin sql "select lea_name, adm from district_spending where fiscal_year = 2025" --format csv
    """
    from publish.sql_door import run_sql

    if moment:
        if generation:
            raise click.UsageError("--as-of and --generation both name a generation: give one.")
        generation = _current_at(moment, public)
    query = sys.stdin.read() if query == "-" else query
    for text in run_sql(_home(), query, generation, public, format, None if public else _reader(query, generation)):
        click.echo(text, nl=False)


def _reader(query: str, generation: str | None):
    """Who asks, told in the audit chain with the query; a district is held to its own rows by the door."""
    from dagster_project.reading import read_of
    from ingest.settings import Settings
    from publish.sql_door import generation_folder

    settings = Settings.read()
    folder = generation_folder(settings.home, generation)
    reader = read_of(settings, "sql", None, may_be_part=True, generation_id=folder.name, query=query)
    return None if reader.may_read(None) else reader


def _current_at(moment: str, public: bool) -> str:
    from dagster_project.moments import parse_moment
    from publish.pointers import current_at
    from publish.shelves import Shelf

    return current_at(Shelf(_home(), "public" if public else "restricted"), parse_moment(moment))


@click.command()
@click.option("--public", is_flag=True, help="List the released generations.")
@click.option("--format", "format", type=click.Choice(["table", "json"]), default="table", show_default=True)
def generations(public: bool, format: str) -> None:
    """List the generations, newest first: current, published, candidate (held back, and why) or built.

    Example:

        edfin generations --format json
    """
    from publish.pointers import list_generations

    found = list_generations(_home(), "public" if public else "restricted")
    if format == "json":
        click.echo(json.dumps([asdict(listed) for listed in found], indent=2, ensure_ascii=False))
        return
    for listed in found:
        click.echo(f"{listed.generation_id}  {listed.status:<9}  {listed.cut:<9}  reference {listed.reference_version}")
        for reason in listed.blocking_reasons:
            click.echo(f"    {reason}")
    if not found:
        click.echo("no generation yet: `edfin nightly` builds the first", err=True)


@click.command()
@click.argument("generation_id")
@click.option("--reason", default="", help="Why; it stands in the history.")
@click.option("--by", default=getpass.getuser, show_default="the logged-in user")
def rollback(generation_id: str, reason: str, by: str) -> None:
    """Make a generation that was current before current again. Readers at work are not disturbed.

    Example:

        edfin rollback 20260301T020000Z-9d89c5b3 --reason "District 0412 sent last year's ledger"
    """
    from publish.pointers import rollback as roll_back

    _tell(roll_back(_home(), generation_id, by, reason))


@click.command("publish-candidate")
@click.argument("generation_id")
@click.option("--reason", required=True, help="Why the blocking reasons do not hold; it stands in the history.")
@click.option("--by", default=getpass.getuser, show_default="the logged-in user")
def publish_candidate(generation_id: str, reason: str, by: str) -> None:
    """Make a held-back candidate current, in your name.

    Example:

        edfin publish-candidate 20260301T020000Z-47f39616 --reason "The state total fell because two districts merged"
    """
    from publish.pointers import publish_candidate as publish

    _tell(publish(_home(), generation_id, by, reason))


def _home() -> Path:
    from ingest.settings import Settings

    return Settings.read().home


def _tell(done) -> None:
    click.echo(f"current is {done.generation_id} (before: {done.previous_generation_id or 'none'}), by {done.by}")
