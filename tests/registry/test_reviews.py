"""What the edits on accepted data found, and parts of files of several LEAs, in both databases."""

import pytest
from sqlalchemy import text

from ingest.refusals import Refusal
from ingest.splitting import split_ids
from ingest.verdicts import Finding, Verdict


def _finding(row, item="fund_code=01", value="12.00", **more):
    given = {"edit_id": "ledger_201", "severity": "warning", "row_number": None, "column_name": "amount"}
    return Finding(row.submission_id, **given, value=value, message="Odd.", fix="Look.", item_key=item, **more)


@pytest.fixture
def accepted(receive, registry):
    row = receive("a")
    gate = Finding(row.submission_id, "ledger_017", "warning", 3, "amount", "1", "Odd.", "Look.")
    registry.record_verdicts([Verdict(row.submission_id, "accepted", 1, 1, findings=[gate])], [], by="gate")
    return row


def test_a_review_stands_beside_the_verdict_and_comes_back_whole(registry, accepted):
    found = [_finding(accepted), _finding(accepted, "fund_code=02", "\x00", is_waived=True)]
    assert registry.record_reviews({accepted.submission_id: found}, by="nightly") == 1
    back = registry.findings(accepted.submission_id)
    assert [one.edit_id for one in back] == ["ledger_017", "ledger_201", "ledger_201"]
    assert back[1] == found[0] and (back[2].value, back[2].is_waived) == ("\\x00", True)
    assert registry.verify_chain() == []


def test_only_a_changed_review_is_an_event(registry, accepted):
    name, found = accepted.submission_id, [_finding(accepted)]
    reviews = [({name: []}, 0), ({name: found}, 1), ({name: found}, 0), ({name: [_finding(accepted, value="13")]}, 1)]
    for reviewed, changed in [*reviews, ({}, 0), ({name: []}, 1), ({name: []}, 0), ({name: found}, 1)]:
        assert registry.record_reviews(reviewed, by="nightly") == changed
    assert len(registry.events(event_types=["reviewed"])) == 4
    assert [one.edit_id for one in registry.findings(name)] == ["ledger_017", "ledger_201"]


def test_a_build_that_saw_nothing_newer_is_reviewed_once(registry, accepted):
    for position in (2, 2, 1, 2):
        registry.record_reviews({}, by="nightly", position=position)
    assert [one.payload for one in registry.events(event_types=["reviews_recorded"])] == [{"position": 2}]
    with pytest.raises(Refusal, match="not an event"):
        registry.append("reviewed", accepted.submission_id, by="me")


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("update finding set item_key = 'fund_code=09'", "the findings of event 3 were changed"),
        ("update finding_count set finding_count = 0", "the counts of the findings of event 3 were changed"),
        ("delete from finding_count", "the counts of the findings of event 2 were changed"),
    ],
)
def test_the_proof_covers_reviews_and_counts(registry, accepted, tamper, statement, problem):
    registry.record_reviews({accepted.submission_id: [_finding(accepted)]}, by="nightly")
    tamper(statement)
    assert any(problem in one for one in registry.verify_chain())


def test_one_lea_s_part_is_not_the_file_sent_for_that_lea(registry, receive):
    whole = receive("a", lea_id="*")
    alone = receive("a", lea_id="01")
    registry.record_verdicts([Verdict(alone.submission_id, "suspended", 1)], [], by="gate")
    part = receive("a", lea_id="01", part_of=whole.submission_id)
    assert (part.is_resend, part.version, part.part_of) == (False, 2, whole.submission_id)
    assert part.submission_id != alone.submission_id and part in registry.pending()
    assert receive("a", lea_id="01", part_of="another sending").is_resend
    assert not receive("a", lea_id="01").is_resend
    assert split_ids(registry) == {part.submission_id}
    assert registry.verify_chain() == []


def test_a_part_is_what_its_event_says(registry, receive, tamper):
    receive("a", lea_id="01", part_of="x")
    tamper("update submission set part_of = null")
    assert "is not what its event 1 says" in registry.verify_chain()[0]


def test_reviews_are_kept_as_they_were(registry, accepted):
    registry.record_reviews({accepted.submission_id: [_finding(accepted)]}, by="nightly")
    registry.record_reviews({accepted.submission_id: []}, by="nightly")
    with registry.engine.connect() as connection:
        assert connection.scalar(text("select count(*) from finding where edit_id = 'ledger_201'")) == 1
