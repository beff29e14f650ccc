"""The verb that builds the past again.

Belongs here: options and words. Does not belong here: the building (`rebuild`).
"""

from __future__ import annotations

import click

from dagster_project.moments import parse_moment


@click.command(epilog="Example: edfin rebuild --as-of 2026-03-31T23:59:59Z --cut certified")
@click.option(
    "--as-of", "moment", required=True, help="The moment, ISO 8601; UTC unless it says otherwise; a day means its end."
)
@click.option(
    "--cut", type=click.Choice(["accepted", "certified"]), default="accepted", show_default=True,
    help="Which version of a slot counts: the latest accepted, or the latest certified.",
)  # fmt: skip
@click.option(
    "--reference", type=click.Choice(["then", "current"]), default="then", show_default=True,
    help="Code lists, crosswalks, directory, policy and waivers: of that moment, or of today.",
)  # fmt: skip
def rebuild(moment: str, cut: str, reference: str) -> None:
    """Build the generation that the data of a past moment give, and print its id.

    Judges no file and moves no pointer: read it with `edfin sql --generation ID`. A submission purged since is left out, and
    named; the generation has an id of its own then.
    """
    from dagster_project.house import House
    from dagster_project.rebuild import rebuild as build
    from dagster_project.rebuild import run_at
    from ingest.purge import named, said_of

    at = parse_moment(moment)
    house = House.open()
    try:
        run = run_at(house, at, cut, with_current_reference=reference == "current")
        purges = house.registry.purges()
        left_out = [f"{named(house.registry.submission(one))}, {said_of(purges[one])}" for one in run.purged]
    finally:
        house.close()
    click.echo(f"Data as of {run.as_of_text}, event {run.event_position}, reference {run.reference_version}", err=True)
    for one in left_out:
        click.echo(f"Left out, its rows are gone: {one}", err=True)
    candidate = build(house.settings, run, lambda step: click.echo(f"{step} …", err=True))
    click.echo(candidate.generation_id)
