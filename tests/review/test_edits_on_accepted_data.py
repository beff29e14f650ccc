"""Edits that compare years and files, on a small state in which four districts send what is wrong only beside their other files.

Belongs here: one planted violation each, found with its numbers to the cent; and the neighbours that must stay silent.
Does not belong here: edits on one file (`tests/gate`).
"""

import csv
import json
from collections import defaultdict
from decimal import Decimal
from types import SimpleNamespace

import pytest

pytestmark = pytest.mark.slow
SAMPLE = ("--leas", 14, "--first-year", 2024, "--last-year", 2025, "--seed", 5)
FACTOR = 20
ACTUAL = ("actual_audited", "actual_unaudited")


class State:
    """The sample's files as sent last, and what is sent in their place."""

    def __init__(self, home):
        self.home, self.folder = home, home.path / "sample"
        with (self.folder / "manifest.csv").open() as stream:
            rows = list(csv.DictReader(stream))
        self.latest = {
            (row["lea_id"], row["collection"], int(row["fiscal_year"]), row["reporting_period"]): row for row in rows
        }

    def period(self, lea_id: str, fiscal_year: int) -> str | None:
        """The books the marts take."""
        return next((one for one in ACTUAL if (lea_id, "ledger", fiscal_year, one) in self.latest), None)

    def leas(self) -> list[str]:
        """Districts with books of both years, all their files in CSV."""
        found = sorted({lea_id for lea_id, *_ in self.latest})
        files = {lea_id: [row["file"] for key, row in self.latest.items() if key[0] == lea_id] for lea_id in found}
        return [
            lea_id
            for lea_id in found
            if self.period(lea_id, 2024)
            and self.period(lea_id, 2025)
            and all((lea_id, c, 2025, p) in self.latest for c, p in (("sections", "fall"), ("outcomes", "final")))
            and all(name.endswith(".csv") for name in files[lea_id])
        ]

    def rows(self, lea_id: str, collection: str, fiscal_year: int, period: str) -> list[dict[str, str]]:
        with (self.folder / self.latest[lea_id, collection, fiscal_year, period]["file"]).open(newline="") as stream:
            return list(csv.DictReader(stream))

    def send(self, lea_id: str, collection: str, period: str, rows: list[dict[str, str]]) -> str:
        path = self.home.path / f"{lea_id}_{collection}.csv"
        with path.open("w", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        sent = self.home.ok(
            "submit", path, "--lea", lea_id, "--collection", collection, "--fiscal-year", 2025, "--period", period
        )
        return json.loads(sent.splitlines()[-1])["submission_id"]


def _actual(rows, account_class) -> list[dict[str, str]]:
    return [row for row in rows if (row["Account Class"], row["Amount Type"]) == (account_class, "actual")]


def _total(rows) -> Decimal:
    return sum((Decimal(row["Amount"]) for row in rows), Decimal(0))


@pytest.fixture(scope="session")
def reviewed(new_home):
    """The state after its night; `ids` are the planted submissions, `told` what their findings must say."""
    home = new_home("review")
    home.ok("sample", *SAMPLE)
    state = State(home)
    multiplied, gap, repeated, people = state.leas()[:4]
    ids, told = {}, {}

    rows = state.rows(multiplied, "ledger", 2025, state.period(multiplied, 2025))
    told["multiplied"] = _total(_actual(rows, "expenditure"))
    for row in _actual(rows, "expenditure"):
        row["Amount"] = str(FACTOR * Decimal(row["Amount"]))
    ids["multiplied"] = state.send(multiplied, "ledger", state.period(multiplied, 2025), rows)

    rows = state.rows(gap, "ledger", 2025, state.period(gap, 2025))
    opening = _actual(rows, "opening_balance")[0]
    opening["Amount"] = str(Decimal(opening["Amount"]) + 500)
    ids["gap"] = state.send(gap, "ledger", state.period(gap, 2025), rows)

    rows = state.rows(repeated, "ledger", 2024, state.period(repeated, 2024))
    for row in rows:
        row["Fiscal Year"] = "2025"
        year, rest = row["Posting Date"].split("-", 1) if row["Posting Date"] else ("", "")
        row["Posting Date"] = f"{int(year) + 1}-{rest}".replace("-02-29", "-02-28") if year else ""
    ids["repeated"] = state.send(repeated, "ledger", state.period(repeated, 2025), rows)

    rows = state.rows(people, "sections", 2025, "fall")
    for row in rows[: len(rows) // 10 + 1]:
        row["Staff ID"] = "S9999999"
    told["sections"] = len(rows) // 10 + 1
    ids["sections"] = state.send(people, "sections", "fall", rows)

    rows = state.rows(people, "outcomes", 2025, "final")
    for row in rows:
        if row["Denominator"]:
            row["Denominator"] = str(1000 * Decimal(row["Denominator"]))
            row["Numerator"] = str(1000 * Decimal(row["Numerator"])) if row["Numerator"] else ""
    ids["outcomes"] = state.send(people, "outcomes", "final", rows)

    home.ok("nightly")
    found = {name: json.loads(home.ok("findings", one)) for name, one in ids.items()}
    return SimpleNamespace(home=home, state=state, ids=ids, told=told, found=found)


def _of(reviewed, name: str, edit_id: str) -> list[dict]:
    return [one for one in reviewed.found[name] if one["edit_id"] == edit_id]


def test_a_correction_that_multiplies_spending_is_a_restatement_a_jump_and_an_outlier(reviewed):
    (restated,) = _of(reviewed, "multiplied", "ledger_120")
    assert Decimal(restated["value"]) == FACTOR * reviewed.told["multiplied"]
    assert f"near the version before {reviewed.told['multiplied']}" in restated["message"]
    assert len(_of(reviewed, "multiplied", "ledger_113")) == 1 and _of(reviewed, "multiplied", "ledger_114")
    assert restated["severity"] == "warning" and restated["row_number"] is None
    # Its own figure does not widen the range it is held against.
    assert len(_of(reviewed, "multiplied", "ledger_108")) == 1


def test_a_fund_opens_where_it_closed(reviewed):
    (gap,) = _of(reviewed, "gap", "ledger_101")
    assert "500.00 dollars" in gap["message"] and "fund_code=" in gap["message"]


def test_last_years_books_under_this_years_label(reviewed):
    (same,) = _of(reviewed, "repeated", "ledger_121")
    assert Decimal(same["value"]) == 1
    assert not _of(reviewed, "multiplied", "ledger_121") and not _of(reviewed, "gap", "ledger_121")


def test_teachers_nobody_employs(reviewed):
    (unknown,) = _of(reviewed, "sections", "sections_101")
    assert str(reviewed.told["sections"]) in unknown["message"]


def test_more_pupils_tested_than_there_are(reviewed):
    assert _of(reviewed, "outcomes", "outcomes_101")


def test_these_findings_suspend_nothing_and_stand_in_the_marts(reviewed):
    query = "select submission_id, status from dim_submission"
    status = {
        row["submission_id"]: row["status"] for row in json.loads(reviewed.home.ok("sql", query, "--format", "json"))
    }
    assert {status[one] for one in reviewed.ids.values()} == {"accepted"}
    query = "select edit_id, sum(finding_count) as n from edit_effectiveness where fiscal_year = 2025 group by all"
    counted = {row["edit_id"]: row["n"] for row in json.loads(reviewed.home.ok("sql", query, "--format", "json"))}
    listed = defaultdict(int)
    for found in reviewed.found.values():
        for one in found:
            listed[one["edit_id"]] += 1
    assert all(counted[edit_id] >= count for edit_id, count in listed.items())
    assert counted["ledger_121"] == 1 and counted["sections_101"] == 1


def test_districts_that_sent_nothing_wrong_are_not_accused(reviewed):
    planted = {"ledger_108", "ledger_113", "ledger_121", "sections_101", "outcomes_101"}
    rows = json.loads(reviewed.home.ok("status", "--format", "json", "--fiscal-year", "2025"))
    others = [row for row in rows if row["submission_id"] not in reviewed.ids.values() and row["status"] == "accepted"]
    assert others
    for row in others[:12]:
        found = json.loads(reviewed.home.ok("findings", row["submission_id"]))
        assert not planted & {one["edit_id"] for one in found}, row
