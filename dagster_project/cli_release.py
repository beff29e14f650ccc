"""The verb by which a named person shows the public what is certified, or takes it back.

Belongs here: options and words. Does not belong here: the steps (`release`), what is hidden (`publish.disclosure`).
"""

from __future__ import annotations

import click

SHOWN = 40


@click.command(epilog='Example: edfin release --note "FY2024 final, FY2025 preliminary" --by "Chief data officer"')
@click.option("--note", default="", help="What is new in it; the public reads it.")
@click.option("--by", default="", help="Who releases it.")
@click.option("--dry-run", is_flag=True, help="Tell what would be hidden and changed; show nothing.")
@click.option("--generation", help="A stored generation of the certified cut, instead of one built now.")
@click.option("--withdraw", "withdrawn", metavar="ID", help="Take this release back: the one before it is released again, or nothing is public.")  # fmt: skip
@click.option("--accept-exposed", is_flag=True, help="Release though earlier releases give small counts away; somebody has looked at each.")  # fmt: skip
def release(
    note: str, by: str, dry_run: bool, generation: str | None, withdrawn: str | None, accept_exposed: bool
) -> None:
    """Release the certified data: small numbers hidden against this and all earlier releases, then shown in one switch."""
    from dagster_project.release import release as release_now
    from ingest.settings import Settings

    settings = Settings.read()
    settings.claim_home()
    if withdrawn:
        _withdraw(settings, withdrawn, note, by)
        return
    drafted, made = release_now(
        settings, note, by, generation, dry_run, lambda step: click.echo(f"{step} …", err=True), accept_exposed
    )
    for line in drafted.report[:SHOWN]:
        click.echo(line)
    if len(drafted.report) > SHOWN:
        click.echo(f"and {len(drafted.report) - SHOWN} more lines in RELEASE.md of the release")
    for cell, _ in drafted.protected.hidden.exposed:
        click.echo(f"known from earlier releases, whatever is hidden now: {' '.join(map(str, cell))}")
    if dry_run:
        click.echo("Nothing was released: this was a dry run.")
        return
    click.echo(f"Released {drafted.candidate.generation_id}, by {by}: {note}")
    click.echo(
        f"Public extracts: {len(made.written)} written, {len(made.unchanged)} unchanged, {len(made.removed)} removed."
    )


def _withdraw(settings, wanted: str, note: str, by: str) -> None:
    from dagster_project.house import House
    from ingest.audit_heads import write_head
    from publish.extracts.making import Work, make_extracts, remove_extracts
    from publish.releases import withdraw

    house = House(settings)
    try:
        done = withdraw(
            settings.home,
            wanted,
            note,
            by,
            lambda event, payload: house.registry.append(event, None, by, dict(payload)),
        )
        write_head(settings.home, house.registry.head())
    finally:
        house.close()
    if done.generation_id is None:
        remove_extracts(Work(settings.home, settings.project, done.previous_generation_id, is_public=True))
        click.echo(
            f"{done.previous_generation_id} is withdrawn; it was the only release, and the public sees nothing now."
        )
        return
    make_extracts(Work(settings.home, settings.project, done.generation_id, is_public=True))
    click.echo(f"{done.previous_generation_id} is withdrawn; the public sees {done.generation_id} again.")
