"""What a district is told of its own files together, before it sends them: real gate, real build, in a home thrown away."""

import csv
import json

import pytest

SAMPLE = ("--leas", 6, "--first-year", 2024, "--last-year", 2025, "--seed", 3)
NAMES = ("file", "lea_id", "collection", "fiscal_year", "reporting_period", "layout")


@pytest.fixture(scope="module")
def answers(new_home):
    """One district's latest files of two years, with the membership of one school of the second year times ten."""
    home = new_home("across")
    home.ok("sample", *SAMPLE)
    folder = home.path / "sample"
    with (folder / "manifest.csv").open() as stream:
        rows = {tuple(row[name] for name in NAMES[1:5]): row for row in csv.DictReader(stream)}
    spoiled = next(
        row
        for key, row in rows.items()
        if key[1:4] == ("membership", "2025", "fall")
        and row["file"].endswith(".csv")
        and (key[0], "membership", "2024", "fall") in rows
    )
    school = _times_ten(folder / spoiled["file"])
    manifest = home.path / "own.csv"
    with manifest.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, NAMES, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(row for row in rows.values() if row["lea_id"] == spoiled["lea_id"])
    done = home.run("check", "--manifest", manifest, "--from", folder, "--across-files", "--format", "json")
    told = {answer["file"]: answer for answer in map(json.loads, done.stdout.splitlines())}
    return school, told[str(folder / spoiled["file"])], told, done


def _times_ten(path) -> str:
    with path.open(newline="") as stream:
        reader = csv.DictReader(stream)
        rows, names = list(reader), reader.fieldnames
    school = max(
        (row for row in rows if row["School ID"] and row["Student Group"] == "all"),
        key=lambda row: int(row["Fall Membership Count"] or 0),
    )["School ID"]
    for row in rows:
        if row["School ID"] in (school, "") and row["Fall Membership Count"]:
            row["Fall Membership Count"] = str(10 * int(row["Fall Membership Count"]))
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, names)
        writer.writeheader()
        writer.writerows(rows)
    return school


def test_the_jump_of_a_school_is_told_with_both_numbers(answers):
    school, spoiled, _, _ = answers
    (jump,) = [one for one in spoiled["findings"] if one["edit_id"] == "membership_101"]
    assert f"school_id={school}" in jump["message"] and jump["severity"] == "warning"
    assert jump["value"].endswith("0")


def test_what_looks_at_the_rest_of_the_state_is_not_evaluated(answers):
    _, spoiled, told, _ = answers
    assert "membership_101" not in spoiled["not_evaluated"]
    ledger = next(one for one in told.values() if "/2025/ledger" in one["file"])
    assert "ledger_110" in ledger["not_evaluated"] and "ledger_114" not in ledger["not_evaluated"]
    first_year = next(one for one in told.values() if "/2024/ledger" in one["file"])
    assert "ledger_114" in first_year["not_evaluated"]


def test_such_findings_suspend_nothing(answers):
    _, _, told, done = answers
    verdicts = {one["verdict"] for one in told.values()}
    assert done.returncode == (1 if "suspended" in verdicts else 0)
    assert all(
        one["verdict"] == "accepted" or any(found["severity"] == "fatal" for found in one["findings"])
        for one in told.values()
    )
