"""The verbs by which people decide about submissions: explain-finding, waive, certify, reopen, withdraw, regate.

Belongs here: options, and a sentence on what was done. Does not belong here: the guards (`ingest.lifecycle`).
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from pathlib import Path

import click

BY = click.option("--by", default="", help="Who says so; default the user's name.")
REASON = click.option("--reason", required=True, help="Why; it stays in the record.")


@contextmanager
def _registry():
    from ingest.registry import Registry
    from ingest.settings import Settings

    registry = Registry.open(Settings.read())
    try:
        yield registry
    finally:
        registry.close()


def _who(by: str) -> str:
    from ingest.submission import whoever

    return by.strip() or whoever()


@click.command(epilog='Example: edfin explain-finding 3f2a9c ledger_113 --text "A new school opened in August."')
@click.argument("submission")
@click.argument("edit_id")
@click.option("--row", type=int, help="Only the finding of this row.")
@click.option("--item", help="Only the finding about this item, as `edfin findings` names it (item_key).")
@click.option("--text", default="", help="Why what was found is true.")
@click.option("--same-as-last-year", is_flag=True, help="Say again what was said about this edit in an earlier year.")
@BY
def explain_finding(submission, edit_id, row, item, text, same_as_last_year, by) -> None:
    """Explain a warning that is true; the text stays with the number.

    It covers what was found: a number that changes later must be explained anew.
    """
    from ingest.access import reader_now
    from ingest.lifecycle import explain, text_of_last_year
    from ingest.refusals import Refusal
    from ingest.settings import Settings

    with _registry() as registry:
        found = registry.submission(submission)
        reader_now(registry, Settings.read().reader).check(found.lea_id)
        if same_as_last_year:
            text = text_of_last_year(registry, found, edit_id)
            if not text:
                raise Refusal(f'Nothing was said about {edit_id} in an earlier year: give --text "…".')
        count = explain(registry, found, edit_id, text, _who(by), row, item)
        click.echo(f'{edit_id} of {found.submission_id}: {count:,} findings explained: "{text.strip()}"')


@click.command(epilog="Example: edfin certify 3f2a9c --by 'Chief financial officer'")
@click.argument("submission", required=False)
@click.option("--manifest", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="A CSV of slots instead: lea_id, collection, fiscal_year, reporting_period; of each the accepted submission.")  # fmt: skip
@click.option("--by", required=True, help="Who certifies.")
def certify(submission: str | None, manifest: Path | None, by: str) -> None:
    """Certify an accepted submission: every warning is corrected, explained or waived.

    Of a list of slots those that can be are certified, the others are named with the reason, and the exit code is 1.
    """
    from ingest.lifecycle import certify as certify_submission

    if (submission is None) == (manifest is None):
        raise click.UsageError("Name one SUBMISSION, or a list of slots with --manifest.")
    with _registry() as registry:
        if manifest:
            _certify_listed(registry, manifest, by)
            return
        found = registry.submission(submission)
        certify_submission(registry, found, by)
        click.echo(f"{found.submission_id} is certified by {by}. The next night builds with it.")


def _certify_listed(registry, manifest: Path, by: str) -> None:
    from ingest.certifying import certify_slots

    done = certify_slots(registry, manifest, by)
    for reason in done.refused:
        click.echo(f"not certified: {reason}", err=True)
    click.echo(
        f"{len(done.certified):,} submissions certified by {by}, {len(done.already):,} were before, {len(done.refused):,} not."
    )
    if done.refused:
        raise click.exceptions.Exit(1)


@click.command(
    epilog="Example: edfin reopen 3f2a9c --reason-code error_correction --reason 'Payroll of June was missing.'"
)
@click.argument("submission")
@click.option(
    "--reason-code", required=True, help="error_correction, accounting_change, entity_change, audit or late_data."
)
@REASON
@BY
def reopen(submission, reason_code, reason, by) -> None:
    """Take a certification back; the submission is accepted again, and a correction may follow."""
    from ingest.lifecycle import REOPEN_CODES
    from ingest.lifecycle import reopen as reopen_submission

    if reason_code not in REOPEN_CODES:
        raise click.UsageError(f"--reason-code is one of {', '.join(REOPEN_CODES)}.")
    with _registry() as registry:
        found = registry.submission(submission)
        reopen_submission(registry, found, reason_code, reason, _who(by))
        click.echo(f"{found.submission_id} is reopened.")


@click.command(epilog="Example: edfin withdraw 3f2a9c --reason 'Sent for the wrong year.' --whole-slot")
@click.argument("submission")
@REASON
@click.option("--fall-back", is_flag=True, help="An earlier accepted version of the slot counts again.")
@click.option("--whole-slot", is_flag=True, help="No version of the slot counts any more.")
@BY
def withdraw(submission, reason, fall_back, whole_slot, by) -> None:
    """Take a submission out of use; its bytes and its history stay."""
    from ingest.lifecycle import withdraw as withdraw_submission

    if fall_back and whole_slot:
        raise click.UsageError("--fall-back and --whole-slot exclude each other.")
    with _registry() as registry:
        found = registry.submission(submission)
        for gone in withdraw_submission(registry, found, reason, _who(by), fall_back, whole_slot):
            click.echo(f"{gone} is withdrawn.")


@click.command(epilog="Example: edfin regate --all-suspended")
@click.argument("submissions", nargs=-1)
@click.option("--all-suspended", is_flag=True, help="Every suspended submission.")
@BY
def regate(submissions, all_suspended, by) -> None:
    """Have suspended submissions judged again in the next night, with the reference of then."""
    from ingest.lifecycle import regate as regate_submission
    from ingest.lifecycle import standing_of

    if bool(submissions) == all_suspended:
        raise click.UsageError("give SUBMISSIONS, or --all-suspended.")
    with _registry() as registry:
        if all_suspended:
            rows = [one for one in registry.submissions() if standing_of(registry, one).status == "suspended"]
        else:
            rows = [registry.submission(one) for one in submissions]
        for row in rows:
            regate_submission(registry, row, _who(by))
        click.echo(f"{len(rows)} submissions will be judged again by `edfin nightly`.")


@click.command(
    epilog="Example: edfin waive 3f2a9c ledger_017 --rows 12-40 --reason 'Fund closed in May' --until 2027-06-30"
)
@click.argument("submission")
@click.argument("edit_id")
@click.option("--rows", help="The rows, as a spreadsheet counts: 17 or 17-23; default the whole file.")
@click.option("--effect", type=click.Choice(["accept", "exclude"]), default="accept", show_default=True, help="Accept the rows as they are, or leave them out.")  # fmt: skip
@REASON
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Last day on which the waiver counts.")
@BY
def waive(submission, edit_id, rows, effect, reason, until, by) -> None:
    """Overlook an edit on this file: who, why and until when stand in the next reference version.

    A suspended file is judged again by it in the next night.
    """
    from ingest.lifecycle import waive as record

    low, high = _rows(rows)
    with _registry() as registry:
        found = registry.submission(submission)
        record(registry, found, edit_id, (low, high), effect, reason, _who(by), until.date())
        click.echo(f"{edit_id} of {found.submission_id} is waived until {until:%Y-%m-%d}; the next night reads it.")


def _rows(text: str | None) -> tuple[int | None, int | None]:
    if not text:
        return None, None
    match = re.fullmatch(r"(\d{1,9})(?:-(\d{1,9}))?", text.strip())
    if not match or (match[2] and int(match[2]) < int(match[1])):
        raise click.UsageError(f"--rows '{text}' is no range of rows: write 17 or 17-23.")
    return int(match[1]), int(match[2] or match[1])
