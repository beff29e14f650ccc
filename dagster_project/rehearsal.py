"""What the night's edits on accepted data would say of a district's own files, before it sends them.

A throw-away home takes the files, gates them and builds: the same rules on real tables, with nobody else's data. What looks at
the rest of the state, or at files that are not here, stays not evaluated.

Belongs here: that home, and which edits its files suffice for.
Does not belong here: judging one file (`ingest.check`), the rules (`dbt/tests/edits`).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from dagster_project.build import build_apart, export_for_warehouse
from dagster_project.collections import gate_collection
from dagster_project.house import House
from dagster_project.reviews import read_reviews
from dagster_project.warehouse import AFTER_REVIEWS, WAREHOUSE
from expectations.findings import Finding
from expectations.reports.report import Edit
from ingest.check import Answer, Checked
from ingest.reference import pin
from ingest.settings import Settings
from ingest.submission import Desk, Request


def reviews_of(settings: Settings, groups: dict[str, list[Checked]]) -> dict[str, list[Finding]]:
    """Run the edits on accepted data over these files; findings by the id a file has in this call.

    Raises:
        SystemFailure: the build failed.
    """
    with tempfile.TemporaryDirectory(prefix="edfin-rehearsal-") as scratch:
        own = Settings(home=Path(scratch) / "home", state=settings.state, project=settings.project)
        _lend_directory(settings, own)
        names = _submit(own, groups)
        house = House(own)
        try:
            pin(own, house.registry, by="check")
            for collection, listed in groups.items():
                gate_collection(house, collection, {one.fiscal_year for one in listed})
            export_for_warehouse(house)
            build_apart(house, WAREHOUSE, ["--exclude", AFTER_REVIEWS], own.raw_folder)
            found = read_reviews(house.build_file, house.target_folder / "manifest.json").by_submission
        finally:
            house.close()
    return {names[one]: [replace(f, submission_id=names[one]) for f in findings] for one, findings in found.items()}


def suffice(edit: Edit, one: Checked, groups: dict[str, list[Checked]], answers: Iterable[Answer]) -> bool:
    """Whether the accepted files of this call are all that an edit looks at."""
    accepted = {answer.verdict.submission_id for answer in answers if answer.verdict.is_accepted}
    years = {"lea": [one.fiscal_year], "last_year": [one.fiscal_year, one.fiscal_year - 1]}.get(edit.scope)
    here = {
        (collection, other.fiscal_year)
        for collection, listed in groups.items()
        for other in listed
        if other.lea_id == one.lea_id and other.submission_id in accepted
    }
    return years is not None and all((need, year) in here for need in edit.needs for year in years)


def _lend_directory(settings: Settings, own: Settings) -> None:
    """The sample's directory lies in its home; every other state's in the project."""
    sample = settings.home / "sample" / "reference"
    own.home.mkdir(parents=True)
    if sample.is_dir():
        (own.home / "sample").mkdir()
        (own.home / "sample" / "reference").symlink_to(sample, target_is_directory=True)


def _submit(own: Settings, groups: dict[str, list[Checked]]) -> dict[str, str]:
    desk, names = Desk(own), {}
    for collection, listed in groups.items():
        for one in listed:
            request = Request(
                one.path,
                one.lea_id,
                collection,
                one.fiscal_year,
                one.reporting_period,
                one.layout,
                "check",
                None,
                *one.controls,
            )
            names[desk.submit(request).submission_id] = one.submission_id
    return names
