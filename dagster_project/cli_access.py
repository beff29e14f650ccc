"""The verbs by which the agency says who may read: grant, revoke, readers.

Belongs here: options and words. Does not belong here: the decision (`ingest.access`).
"""

from __future__ import annotations

import getpass
import json

import click

WHO = {
    "default": getpass.getuser,
    "show_default": "the logged-in user",
    "help": "Who grants it; it stands in the audit chain.",
}


def _registry():
    from ingest.registry import Registry
    from ingest.settings import Settings

    settings = Settings.read()
    settings.claim_home()
    return Registry.open(settings)


@click.command(epilog="Example: edfin grant cedar-falls --role district --lea 0014 --by 'Chief data officer'")
@click.argument("name")
@click.option("--role", type=click.Choice(["agency", "district"]), required=True, help="agency reads of all LEAs.")
@click.option("--lea", "lea_ids", multiple=True, help="An LEA that a district reads of; as often as needed.")
@click.option("--by", **WHO)
def grant(name: str, role: str, lea_ids: tuple[str, ...], by: str) -> None:
    """Let somebody read restricted data: NAME is the logged-in user, or what EDFIN_READER says.

    From the first grant on, who was granted nothing reads nothing; the first is therefore somebody of the agency.
    """
    from ingest.access import grant as grant_now

    reader = grant_now(_registry(), name, role, lea_ids, by)
    of = ", ".join(sorted(reader.lea_ids)) or "every LEA"
    click.echo(f"{reader.name} reads of {of}, granted by {by}.")


@click.command(epilog="Example: edfin revoke cedar-falls --by 'Chief data officer'")
@click.argument("name")
@click.option("--by", **WHO)
def revoke(name: str, by: str) -> None:
    """End what somebody was granted."""
    from ingest.access import revoke as revoke_now

    revoke_now(_registry(), name, by)
    click.echo(f"{name} reads nothing any more, by {by}.")


@click.command(epilog="Example: edfin readers --format json")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
def readers(form: str) -> None:
    """List who may read restricted data, and of which LEAs."""
    from ingest.access import GRANTED, REVOKED
    from ingest.access import readers as readers_of

    known = readers_of(_registry().events(event_types=(GRANTED, REVOKED)))
    listed = [
        {"reader": one.name, "role": one.role, "lea_ids": sorted(one.lea_ids)} for _, one in sorted(known.items())
    ]
    if form == "json":
        click.echo(json.dumps(listed, indent=1, ensure_ascii=False))
        return
    for one in listed:
        click.echo(f"{one['reader']}  {one['role']}  {', '.join(one['lea_ids']) or '*'}")
    if not listed:
        click.echo("Nobody was granted anything: whoever can open this home reads of every LEA.", err=True)
