"""`edfin check` says what the gate says: every bad file of every collection, judged both ways.

Belongs here: the command offline against the night's own gate over registered submissions. Does not belong here: what each edit finds.
"""

import csv
import json

import pytest
from judging import COLLECTIONS, DIRECTORY, bad_files, untyped_files

COLUMNS = ("file", "lea_id", "collection", "fiscal_year", "reporting_period", "layout")


@pytest.fixture(scope="module")
def agency(new_home):
    """A home with every clean, bad and untyped file, below a folder a collection, and their manifest."""
    home = new_home("agency")
    (home.path / "sample" / "reference").mkdir(parents=True)
    for name, text in DIRECTORY.items():
        (home.path / "sample" / "reference" / f"{name}.csv").write_text(text)
    with (home.path / "manifest.csv").open("w", newline="") as stream:
        manifest = csv.writer(stream)
        manifest.writerow(COLUMNS)
        for collection in COLLECTIONS:
            clean, bad = bad_files(collection)
            (home.path / collection).mkdir()
            for file in [*clean, *(file for file, _ in [*bad.values(), *untyped_files(collection).values()])]:
                (home.path / collection / file.name).write_bytes(file.data)
                slot = (file.lea_id, collection, file.fiscal_year, file.reporting_period, file.layout)
                manifest.writerow((f"{collection}/{file.name}", *slot))
    return home


@pytest.fixture(scope="module")
def gated(agency):
    """What the night's gate says: verdict and findings by collection and file name."""
    from dagster_project.collections import gate_collection
    from dagster_project.house import House
    from ingest.reference import pin
    from ingest.settings import Settings

    agency.ok("submit", "--manifest", "manifest.csv")
    house = House(Settings(home=agency.path, state="sample"))
    pin(house.settings, house.registry)
    said = {}
    for collection in COLLECTIONS:
        verdicts = {v.submission_id: v.verdict for v in gate_collection(house, collection, {2024}).verdicts}
        for row in house.registry.submissions():
            if row.submission_id in verdicts:
                found = house.registry.findings(row.submission_id)
                said[f"{collection}/{row.file_name}"] = (
                    verdicts[row.submission_id],
                    sorted(map(_told, map(vars, found))),
                )
    house.close()
    return said


def test_verdict_and_findings_are_the_same(agency, gated):
    done = agency.run("check", "--manifest", "manifest.csv", "--format", "json")
    assert done.returncode == 1, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    names = [answer["file"].removeprefix(f"{agency.path}/") for answer in answers]
    with (agency.path / "manifest.csv").open() as stream:
        assert names == [row["file"] for row in csv.DictReader(stream)]
    offline = {
        name: (one["verdict"], sorted(map(_told, one["findings"]))) for name, one in zip(names, answers, strict=True)
    }
    assert offline == gated


def _told(finding: dict) -> tuple:
    names = ("edit_id", "severity", "row_number", "column_name", "value", "message", "fix")
    return tuple("" if finding[name] is None else str(finding[name]) for name in names)
