"""Statuses as pure functions of events."""

from datetime import UTC, date, datetime, timedelta

import pytest

from ingest.audit import Event
from ingest.registry_submissions import SubmissionRow
from ingest.slots import Slot, standings

START = datetime(2026, 1, 1, tzinfo=UTC)


def _history(text):
    """`1:received 2:received 1:accepted` as submissions v1, v2 of one slot and their events, a day apart."""
    words = [word.split(":") for word in text.split()]
    events = [
        Event(place, kind, version, START + timedelta(days=place), "me", {}, "", "")
        for place, (version, kind) in enumerate(words, 1)
    ]
    slot = Slot("01", "ledger", 2025, "interim")
    submissions = [
        SubmissionRow(version, "", 1, slot.collection, slot.lea_id, slot.fiscal_year, slot.reporting_period, "standard",
                      int(version), 0, "f.csv", "", START + timedelta(days=1), None, "me", 1)
        for version in sorted({version for version, _ in words})
    ]  # fmt: skip
    return submissions, events


@pytest.mark.parametrize(
    ("history", "statuses"),
    [
        ("1:received", "received"),
        ("1:received 1:suspended", "suspended"),
        ("1:received 1:suspended 1:regate_requested", "suspended"),
        ("1:received 1:suspended 1:accepted", "accepted"),
        ("1:received 1:accepted 1:explained", "accepted"),
        ("1:received 1:accepted 1:certified", "certified"),
        ("1:received 1:accepted 1:certified 1:reopened", "accepted"),
        ("1:received 1:accepted 1:withdrawn", "withdrawn"),
        ("1:received 1:accepted 1:purged", "purged"),
        ("1:received 1:accepted 2:received", "accepted received"),
        ("1:received 1:accepted 2:received 2:suspended", "accepted suspended"),
        ("1:received 1:accepted 2:received 2:accepted", "superseded accepted"),
        ("1:received 1:suspended 2:received 2:accepted", "suspended accepted"),
        ("1:received 1:accepted 2:received 2:accepted 2:withdrawn", "accepted withdrawn"),
        ("1:received 1:accepted 1:certified 2:received 2:accepted", "certified accepted"),
        ("1:received 1:accepted 1:certified 2:received 2:accepted 2:certified", "superseded certified"),
    ],
)
def test_status(history, statuses):
    found = standings(*_history(history))
    assert " ".join(found[version].status for version in sorted(found)) == statuses


def test_the_past_does_not_know_the_future():
    submissions, events = _history("1:received 1:accepted 2:received 2:accepted")
    assert set(standings(submissions, events, position=2)) == {"1"}
    assert standings(submissions, events, as_of=START + timedelta(days=3))["1"].status == "accepted"
    assert standings(submissions, events, as_of=START) == {}


def test_flags():
    submissions, events = _history(
        "1:received 1:suspended 1:waived 1:accepted 1:certified 1:reopened 2:received 2:accepted"
    )
    due = {("ledger", 2025, "interim"): date(2026, 1, 1)}
    first = standings(submissions, events, due_on=due)["1"]
    assert (first.is_late, first.is_reopened, first.is_waived, first.is_replaced) == (True, True, True, True)
    assert not standings(submissions, events, due_on={("ledger", 2025, "interim"): date(2026, 1, 2)})["1"].is_late


def test_a_purge_ends_a_reopening():
    found = standings(*_history("1:received 1:accepted 1:certified 1:reopened 1:purged"))["1"]
    assert (found.status, found.is_reopened) == ("purged", False)
