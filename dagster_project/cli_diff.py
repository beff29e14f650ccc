"""The verb that compares two generations.

Belongs here: options and printing. Does not belong here: comparing (`publish.differences`), words (`restatement_report`).
"""

from __future__ import annotations

import click

from dagster_project.moments import parse_moment


@click.command(epilog="Example: edfin diff --from 2026-03-31 --to 2026-06-30 --measure current_expenditure_per_pupil")
@click.option("--from", "previous", required=True, help="The earlier: a generation's id, its start, or a moment at which it was current.")  # fmt: skip
@click.option("--to", "current", required=True, help="The later, named the same way.")
@click.option("--measure", help="Only this figure, by the name of its column.")
@click.option("--lea", "lea_id", help="Only this LEA.")
@click.option("--format", "format", type=click.Choice(["text", "csv", "json"]), default="text", show_default=True)
def diff(previous: str, current: str, measure: str | None, lea_id: str | None, format: str) -> None:
    """Tell which published figures differ between two generations: before, now, reason, rank, and the submissions that caused it.

    CSV and JSON have the columns of the table `restatements`. A first figure, empty before, is counted and not listed.
    """
    from dagster_project.reading import read_of
    from ingest.settings import Settings
    from publish.differences import ORDER, Wanted, compared, generation_named
    from publish.rendering import render
    from publish.shelves import Shelf

    settings = Settings.read()
    home = settings.home
    read_of(settings, "diff", lea_id, generations=[previous, current])
    ids = [generation_named(Shelf(home), text, parse_moment) for text in (previous, current)]
    wanted = Wanted(measure, lea_id)
    with compared(home, *ids, wanted) as con:
        if format != "text":
            query = f"select * from restated where {wanted.condition} order by {ORDER}"
            for text in render(con.execute(query, wanted.values), format):
                click.echo(text, nl=False)
            return
        for line in _lines(con, *ids, wanted):
            click.echo(line)


def _lines(con, previous: str, current: str, wanted):
    from dagster_project.restatement_report import largest_lines, summary_lines

    yield f"From {previous} to {current}"
    yield from summary_lines(con, wanted.condition, wanted.values)
    first = con.execute(f"select count(*) from first_figure where {wanted.condition}", wanted.values).fetchone()[0]
    if first:
        yield f"First figures, which restate nothing: {first:,}"
    yield ""
    yield from largest_lines(con, None, wanted.condition, wanted.values)
