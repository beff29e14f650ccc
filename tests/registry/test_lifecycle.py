"""From accepted to certified and back, through the verbs, in both databases."""

from datetime import timedelta

import pytest

from ingest.audit import now
from ingest.verdicts import Finding, Verdict

TOMORROW = str(now().date() + timedelta(days=2))


def _found(row, edit_id, severity="warning", row_number=None, item=None, value="1.00"):
    return Finding(row.submission_id, edit_id, severity, row_number, "amount", value, "Odd.", "Look.", item_key=item)


@pytest.fixture
def judge(registry):
    def _judge(row, verdict="accepted", findings=()):
        registry.record_verdicts([Verdict(row.submission_id, verdict, 1, 1, findings=list(findings))], [], by="gate")
        return row

    return _judge


@pytest.fixture
def accepted(receive, judge):
    row = receive("a")
    return judge(row, findings=[_found(row, "ledger_017", row_number=n, value=str(n)) for n in (3, 4)])


def _status(edfin, row):
    import json

    rows = json.loads(edfin("status", "--format", "json")[1])
    return next(one["status"] for one in rows if one["submission_id"] == row.submission_id)


def test_nothing_is_certified_before_a_night_has_compared_it(edfin, accepted):
    code, _, said = edfin("certify", accepted.submission_id, "--by", "CFO")
    assert code == 2 and "edfin nightly" in said


def test_every_warning_is_explained_before_certification(edfin, registry, accepted):
    name = accepted.submission_id
    registry.record_reviews({name: [_found(accepted, "ledger_113", item="fund_code=01")]}, by="nightly")
    code, _, said = edfin("certify", name, "--by", "CFO")
    assert code == 2 and "3 warnings" in said and "ledger_017 (2)" in said and "explain-finding" in said
    assert edfin("explain-finding", name, "ledger_017", "--row", 3, "--text", "A refund.")[0] == 0
    assert "2 warnings" in edfin("certify", name, "--by", "CFO")[2]
    assert "2 findings explained" in edfin("explain-finding", name, "ledger_017", "--text", "Refunds.")[1]
    assert edfin("explain-finding", name, "ledger_113", "--item", "fund_code=01", "--text", "A new school.")[0] == 0
    assert edfin("certify", name, "--by", "CFO")[0] == 0
    assert _status(edfin, accepted) == "certified" and registry.verify_chain() == []
    assert "certified" in edfin("certify", name, "--by", "CFO")[2]


def test_an_explanation_covers_the_number_it_explained(edfin, registry, accepted):
    name = accepted.submission_id
    edfin("explain-finding", name, "ledger_017", "--text", "Refunds.")
    for value, code in (("10.00", 0), ("11.00", 2)):
        registry.record_reviews({name: [_found(accepted, "ledger_113", value=value)]}, by="nightly")
        if code == 0:
            edfin("explain-finding", name, "ledger_113", "--text", "True.")
        assert edfin("certify", name, "--by", "CFO")[0] == code
        if code == 0:
            assert edfin("reopen", name, "--reason-code", "audit", "--reason", "Late audit.")[0] == 0


def test_last_years_words_are_offered_again(edfin, registry, receive, judge, accepted):
    edfin("explain-finding", accepted.submission_id, "ledger_017", "--text", "One insurer, one premium.")
    row = receive("b", fiscal_year=2026)
    judge(row, findings=[_found(row, "ledger_017", row_number=9)])
    registry.record_reviews({}, by="nightly")
    assert "One insurer, one premium." in edfin("certify", row.submission_id, "--by", "CFO")[2]
    assert edfin("explain-finding", row.submission_id, "ledger_017", "--same-as-last-year")[0] == 0
    assert edfin("certify", row.submission_id, "--by", "CFO")[0] == 0


def test_what_cannot_be_explained_is_said(edfin, accepted, receive, judge):
    name = accepted.submission_id
    assert "row 3, row 4" in edfin("explain-finding", name, "ledger_017", "--row", 99, "--text", "x")[2]
    assert "ledger_017" in edfin("explain-finding", name, "ledger_999", "--text", "x")[2]
    assert edfin("explain-finding", name, "ledger_017")[0] == 2
    bad = receive("c", lea_id="02")
    judge(bad, "suspended", [_found(bad, "ledger_002", "fatal", 7)])
    assert "fatal" in edfin("explain-finding", bad.submission_id, "ledger_002", "--text", "x")[2]


def test_a_waiver_reaches_the_next_reference_and_has_an_end(edfin, registry, settings, receive, judge):
    from ingest.reference import gather

    bad = receive("c", lea_id="02")
    judge(bad, "suspended", [_found(bad, "ledger_002", "fatal", 7), _found(bad, "ledger_type", "fatal", 8)])
    common = ("--reason", "Agreed.", "--until", TOMORROW)
    assert "has passed" in edfin("waive", bad.submission_id, "ledger_002", "--reason", "x", "--until", "2020-01-01")[2]
    assert "cannot be read" in edfin("waive", bad.submission_id, "ledger_type", *common)[2]
    assert "--rows" in edfin("waive", bad.submission_id, "ledger_002", "--effect", "exclude", *common)[2]
    assert edfin("waive", bad.submission_id, "ledger_002", "--rows", "7", "--effect", "exclude", *common)[0] == 0
    rows = gather(settings, registry.waiver_rows())["seeds/waivers.csv"].decode().splitlines()
    assert rows[-1].startswith(f"{bad.sha256},ledger_002,7,7,exclude,Agreed.")
    assert edfin("waive", bad.submission_id, "ledger_002", "--rows", "9-3", *common)[0] == 2


def test_a_waiver_of_what_a_later_version_replaced_is_refused(edfin, receive, judge):
    bad = receive("c", lea_id="02")
    judge(bad, "suspended", [_found(bad, "ledger_002", "fatal", 7)])
    judge(receive("d", lea_id="02"))
    code, _, said = edfin("waive", bad.submission_id, "ledger_002", "--rows", 7, "--reason", "x", "--until", TOMORROW)
    assert code == 2 and "Version 2 of this slot is accepted" in said


def test_a_waived_warning_does_not_stand_before_certification(edfin, registry, accepted):
    registry.record_reviews({}, by="nightly")
    edfin("waive", accepted.submission_id, "ledger_017", "--rows", "3-4", "--reason", "Agreed.", "--until", TOMORROW)
    assert edfin("certify", accepted.submission_id, "--by", "CFO")[0] == 0


def test_withdrawing_says_what_would_count_again(edfin, receive, judge, accepted):
    second = judge(receive("b"))
    code, _, said = edfin("withdraw", second.submission_id, "--reason", "Wrong year.")
    assert code == 2 and accepted.submission_id[:12] in said
    assert edfin("withdraw", second.submission_id, "--reason", "Wrong year.", "--fall-back")[0] == 0
    assert (_status(edfin, second), _status(edfin, accepted)) == ("withdrawn", "accepted")
    third = judge(receive("c"))
    assert edfin("withdraw", third.submission_id, "--reason", "None counts.", "--whole-slot")[0] == 0
    assert {_status(edfin, one) for one in (accepted, second, third)} == {"withdrawn"}
    assert "withdrawn" in edfin("withdraw", third.submission_id, "--reason", "Again.")[2]


def test_only_the_suspended_are_judged_again(edfin, registry, receive, judge, accepted):
    bad = receive("c", lea_id="02")
    judge(bad, "suspended", [_found(bad, "ledger_002", "fatal", 7)])
    assert edfin("regate", accepted.submission_id)[0] == 2
    assert "1 submissions" in edfin("regate", "--all-suspended")[1]
    assert [one.submission_id for one in registry.pending()] == [bad.submission_id]
    assert edfin("regate")[0] == 2


def test_a_certified_submission_is_reopened_before_it_is_withdrawn(edfin, registry, receive, judge):
    row = judge(receive("a"))
    registry.record_reviews({}, by="nightly")
    edfin("certify", row.submission_id, "--by", "CFO")
    assert "Reopen it first" in edfin("withdraw", row.submission_id, "--reason", "x")[2]
    assert edfin("reopen", row.submission_id, "--reason-code", "mood", "--reason", "x")[0] == 2
    assert edfin("reopen", row.submission_id, "--reason-code", "error_correction", "--reason", "June.")[0] == 0
    assert edfin("withdraw", row.submission_id, "--reason", "x")[0] == 0
    assert registry.verify_chain() == []
