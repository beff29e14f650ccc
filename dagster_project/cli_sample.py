"""The verb that makes the sample state.

Belongs here: options, and submitting what the generator wrote. Does not belong here: the generator (`sample`).
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import click

from ingest.atomic_files import write_bytes

STATE = "sample"


@click.command(epilog="Example: edfin sample --leas 60 --first-year 2021 --last-year 2025 --seed 1 --errors")
@click.option("--leas", default=60, show_default=True, type=click.IntRange(1, 5000), help="Number of districts.")
@click.option("--first-year", default=2021, show_default=True, type=click.IntRange(1995, 2100))
@click.option("--last-year", default=2025, show_default=True, type=click.IntRange(1995, 2100))
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same bytes.")
@click.option("--errors", is_flag=True, help="Plant defects; truth/findings.parquet says what each must cause.")
def sample(leas, first_year, last_year, seed, errors) -> None:
    """Write a synthetic state with known truth, and submit it.

    Files, manifest and certified.csv (what a state would have certified by then: `edfin certify --manifest`, after a night) go to
    $EDFIN_HOME/sample/, the truth to $EDFIN_HOME/truth/. Only state `sample` makes a sample.
    """
    from ingest.manifest import read_manifest
    from ingest.refusals import Refusal
    from ingest.settings import Settings
    from ingest.submission import Desk
    from sample.make import make

    settings = Settings.read()
    if settings.state != STATE:
        raise Refusal(f"Only state '{STATE}' makes a sample; EDFIN_STATE is '{settings.state}'.")
    if first_year > last_year:
        raise click.UsageError("--first-year comes after --last-year.")
    home = settings.claim_home()
    folder = home / "sample"
    click.echo(f"Writing {leas} districts, fiscal years {first_year} to {last_year}, to {folder}", err=True)
    make(folder, folder / "reference", home / "truth", leas, first_year, last_year, seed, errors)
    desk = Desk(settings)
    read = read_manifest(folder / "manifest.csv", folder, "sample", desk.periods)
    submitted = resent = 0
    with click.progressbar(
        desk.submit_all(read.requests),
        length=len(read.requests),
        label="Submitting",
        file=click.get_text_stream("stderr"),
    ) as rows:
        for row in rows:
            resent += row.is_resend
            submitted += not row.is_resend
    _list_certified(folder / "manifest.csv", folder / "certified.csv", last_year)
    problems = read.problems + desk.problems
    if problems:
        raise Refusal("; ".join(problems))
    click.echo(f"submitted {submitted} files; {resent} were already there")


def _list_certified(manifest: Path, into: Path, last_year: int) -> None:
    """What a state would have certified by the time its last year is submitted: every slot of the years before."""
    with manifest.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["lea_id"] and int(row["fiscal_year"]) < last_year]
    names = ("lea_id", "collection", "fiscal_year", "reporting_period")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(dict.fromkeys(tuple(row[name] for name in names) for row in rows))
    write_bytes(into, text.getvalue().encode())
