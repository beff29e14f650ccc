"""The verb that destroys a misdirected file.

Belongs here: options, the question before, the words after. Does not belong here: the purge (`purge`, `ingest.purge`).
"""

from __future__ import annotations

import click

from dagster_project.cli_lifecycle import REASON


@click.command(
    epilog="Example: edfin purge 3f2a9c --reason 'Social security numbers in column Staff ID' --by 'Data manager'"
)
@click.argument("submission")
@REASON
@click.option("--by", required=True, help="Who purges; it stays in the record.")
@click.option(
    "--all-copies", is_flag=True, help="Purge every submission of the same bytes; needed where there are several."
)
@click.option(
    "--generations", is_flag=True,
    help="Also delete the generations that hold its rows, but the current one and those a release came from.",
)  # fmt: skip
@click.option("--yes", is_flag=True, help="Do not ask.")
def purge(submission, reason, by, all_copies, generations, yes) -> None:
    """Destroy a file that should never have been sent: its bytes, its rows, and what findings and explanations quote of it.

    Its hash, its counts and its history stay, and `edfin verify` still proves them. The same bytes are never taken again. Its
    slot is as after a withdrawal: the version accepted before it counts again from the next night on, if there is one. Published
    generations never change: those that hold its rows are named, and deleted only with --generations; what they published can
    then not be built again. If a night is held back because coverage fell, `edfin publish-candidate` it.

    If it was broken off, say it again: it does what is still missing.
    """
    from dagster_project.house import House
    from dagster_project.purge import purge as do_purge
    from ingest.purge import BLANK_REASON, going
    from ingest.refusals import Refusal

    if not reason.strip() or not by.strip():
        raise Refusal(BLANK_REASON if not reason.strip() else 'A name is needed: --by "…".')
    house = House.open()
    try:
        rows = going(house.registry, house.registry.submission(submission), all_copies)
        _announce(house, rows)
        if not yes and not _is_sure():
            raise Refusal("Nothing was purged: answer y, or say --yes.")
        done = do_purge(house, rows, reason, by.strip(), generations, lambda step: click.echo(f"{step} …", err=True))
        _tell(house, rows, done)
    finally:
        house.close()


def _announce(house, rows) -> None:
    from ingest.lifecycle import standing_of
    from ingest.purge import named

    for row in rows:
        standing = standing_of(house.registry, row)
        stands = f"{standing.status} by {standing.by}" if standing.status == "certified" else standing.status
        click.echo(f"{row.submission_id[:12]}  {named(row)}, {stands}, file {row.file_name}", err=True)


def _is_sure() -> bool:
    question = "This destroys its bytes, its rows and what its findings quote, for good. Purge?"
    try:
        return click.confirm(question, err=True)
    except click.Abort:
        return False


def _tell(house, rows, done) -> None:
    from dagster_project.purge import left_in_slots, may_still_hold

    purges = house.registry.purges()
    for row in rows:
        was = "is purged" if row.submission_id in done.submissions else "was purged before"
        click.echo(f"{row.submission_id} {was}, event {purges[row.submission_id].position}.")
    landing = "destroyed" if done.bytes_were_there else "gone already"
    click.echo(
        f"Bytes {rows[0].sha256[:12]}… in landing: {landing}. Raw files written again or dropped: {len(done.raw_files)}."
    )
    for line in left_in_slots(house, rows):
        click.echo(line)
    for removed in done.removed:
        click.echo(f"Generation {removed} is deleted.")
    for held in done.held:
        click.echo(
            f"Generation {held.generation_id} ({_place(held)}) still holds {held.rows:,} of its rows{_remedy(held)}."
        )
    click.echo("May still hold something of it:")
    for place in may_still_hold(house, rows):
        click.echo(f"  {place}")


def _place(held) -> str:
    return held.status if held.audience == "restricted" else f"public, {held.status}"


def _remedy(held) -> str:
    if held.is_free:
        return ": --generations deletes it"
    if held.audience == "restricted" and held.status == "current":
        return ": run `edfin nightly`, then say this again with --generations"
    return ": it was released, and what is public is not called back by a purge"
