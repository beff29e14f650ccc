"""Versions, resends, verdicts and the chain, in both databases."""

import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ingest.audit import GENESIS
from ingest.refusals import Refusal, SystemFailure
from ingest.registry import Registry
from ingest.settings import Settings
from ingest.slots import standings
from ingest.verdicts import Amounts, Excluded, Finding, RawFile, Verdict


def _finding(row, number=1, **more):
    given = {"edit_id": "ledger_017", "severity": "fatal", "row_number": number, "column_name": "amount"}
    return Finding(row.submission_id, **given | {"value": "x", "message": "No number.", "fix": "Write one."} | more)


def _judge(registry, row, verdict="suspended", reference="r1", findings=(), raw_files=()):
    judged = Verdict(row.submission_id, verdict, record_count=3, row_count=2, excluded_count=1, findings=findings)
    return registry.record_verdicts([judged], list(raw_files), by="gate", reference_version=reference)


def test_versions_count_up_within_a_slot(receive):
    assert [receive("a").version, receive("b").version, receive("c", lea_id="02").version] == [1, 2, 1]


def test_a_resend_of_the_latest_is_the_latest(receive, registry):
    first = receive("a", reference_version="r1")
    again = receive("a", reference_version="r1")
    assert again.is_resend and not first.is_resend
    assert again.submission_id == first.submission_id and len(registry.submissions()) == 1
    assert registry.head().position == 1


def test_anything_but_the_latest_is_a_new_submission(receive):
    first, second, third = receive("a"), receive("b"), receive("a")
    assert [row.version for row in (first, second, third)] == [1, 2, 3]
    assert (third.ordinal, third.is_resend) == (1, False)
    assert len({first.submission_id, second.submission_id, third.submission_id}) == 3


def test_another_layout_or_reference_version_is_a_new_submission(receive):
    rows = [receive("a"), receive("a", layout="x"), receive("a", layout="x", reference_version="r2")]
    assert [row.version for row in rows] == [1, 2, 3]
    assert [row.ordinal for row in rows] == [0, 0, 1]


def test_a_resend_is_compared_with_the_reference_version_of_the_last_verdict(receive, registry):
    first = receive("a", reference_version="r1")
    _judge(registry, first, reference="r2")
    assert receive("a", reference_version="r2").is_resend
    assert not receive("a", reference_version="r3").is_resend


def test_a_withdrawn_file_may_be_sent_again(receive, registry):
    first = receive("a")
    registry.append("withdrawn", first.submission_id, by="district")
    assert receive("a").version == 2


def test_the_same_submission_has_the_same_id_in_every_home(receive):
    assert receive("a").submission_id == "a134dff516a47705f454bbc0"


def test_times_are_the_real_clock_and_the_stated_one(receive, registry):
    stated = datetime(2021, 10, 15, 8, 30, tzinfo=UTC)
    before = datetime.now(UTC)
    receive("a", stated_received_at=stated)
    (row,) = registry.submissions()
    assert before <= row.received_at <= datetime.now(UTC)
    assert row.stated_received_at == stated


def test_pending_until_judged_and_again_when_asked(receive, registry):
    row, other = receive("a"), receive("b", lea_id="02")
    assert registry.pending() == [row, other]
    _judge(registry, row)
    assert registry.pending() == [other]
    registry.append("regate_requested", row.submission_id, by="me")
    assert registry.pending() == [row, other]
    _judge(registry, row, "accepted")
    registry.append("regate_requested", row.submission_id, by="me")
    assert registry.pending() == [other], "what was accepted is never judged again"


def test_a_new_reference_version_brings_suspended_bytes_back(receive, registry):
    first = receive("a")
    _judge(registry, first, reference="r1")
    assert registry.pending("r1") == []
    assert registry.pending("r2") == [first]
    correction = receive("b")
    _judge(registry, correction, "accepted", reference="r2")
    assert registry.pending("r3") == []


def test_findings_come_back_as_they_were_found(receive, registry):
    row = receive("a")
    found = [
        _finding(row, 2),
        _finding(row, None, column_name=None, value=None),
        _finding(row, 3, value="a\x00\ud800é\n\\", is_waived=True),
    ]
    _judge(registry, row, findings=found)
    back = registry.findings(row.submission_id)
    assert back[:2] == found[:2]
    assert (back[2].value, back[2].is_waived) == ("a\\x00\\ud800é\n\\", True)
    assert registry.verify_chain() == []
    _judge(registry, row, "accepted", reference="r2")
    assert registry.findings(row.submission_id) == []


def test_two_hundred_thousand_findings_take_seconds(receive, registry):
    row = receive("a")
    found = [_finding(row, number) for number in range(200_000)]
    started = time.monotonic()
    _judge(registry, row, findings=found)
    assert time.monotonic() - started < 60
    assert len(registry.findings(row.submission_id)) == 200_000


def test_a_verdict_is_remembered_with_its_money(receive, registry):
    row = receive("a")
    amounts = Amounts(accepted=Decimal("10.10"), excluded=Decimal("0.05"), unreadable_count=1)
    judged = Verdict(row.submission_id, "accepted", 3, 2, 1, 0, amounts, [Excluded("budget_entry", 1, Decimal("0.05"))])
    registry.record_verdicts([judged], [RawFile("ledger", 2025, "x.parquet", 2, "0" * 64)], by="gate")
    event = registry.events(event_types=["accepted"])[0]
    assert event.payload["accepted_amount"] == "10.10"
    assert event.payload["excluded"] == [{"reason": "budget_entry", "count": 1, "amount": "0.05"}]
    assert registry.raw_files() == [RawFile("ledger", 2025, "x.parquet", 2, "0" * 64)]


def test_verdicts_and_raw_files_are_recorded_together_or_not_at_all(receive, registry):
    row = receive("a")
    file = RawFile("ledger", 2025, "x.parquet", 2, "0" * 64)
    with pytest.raises(DBAPIError):
        _judge(registry, row, "accepted", raw_files=[file, replace(file, row_count=3)])
    assert registry.pending() == [row] and registry.raw_files() == [] and registry.head().position == 1
    assert registry.verify_chain() == []


def test_rows_are_never_accepted_twice(receive, registry):
    row = receive("a")
    file = RawFile("ledger", 2025, "x.parquet", 2, "0" * 64)
    _judge(registry, row, "accepted", raw_files=[file])
    with pytest.raises(SystemFailure, match="accepted meanwhile"):
        _judge(registry, row, "accepted")
    assert registry.raw_files() == [file]


def test_a_replaced_raw_file_does_not_count(receive, registry):
    row = receive("a")
    old, new = RawFile("ledger", 2025, "x.parquet", 2, "0" * 64), RawFile("ledger", 2025, "y.parquet", 1, "1" * 64)
    _judge(registry, row, "accepted", raw_files=[old])
    registry.replace_raw_file(old, new, by="me", reason="purge")
    assert registry.raw_files() == [new]
    registry.replace_raw_file(new, None, by="me", reason="purge")
    assert registry.raw_files() == [] and registry.verify_chain() == []


def test_one_event_cannot_stand_for_what_has_a_method_of_its_own(registry):
    for event_type in ("received", "accepted", "batch_recorded", "Certified", "drop table"):
        with pytest.raises(Refusal, match="not an event"):
            registry.append(event_type, None, by="me")
    with pytest.raises(Refusal, match="There is no submission"):
        registry.append("certified", "nobody", by="me")


def test_times_never_go_back_though_the_clock_does(receive, registry):
    row = receive("a")
    noon = datetime.now(UTC) + timedelta(hours=1)
    for at in (noon, noon - timedelta(hours=3), (noon - timedelta(hours=2)).replace(tzinfo=None)):
        registry.append("explained", row.submission_id, by="me", at=at)
    assert [event.at for event in registry.events()[1:]] == [noon] * 3
    assert registry.verify_chain() == []


def test_the_chain_begins_at_the_first_event(receive, registry):
    receive("a"), receive("b")
    first, second = registry.events()
    assert first.prev_hash == GENESIS and second.prev_hash == first.hash
    assert (registry.head().position, registry.head().hash) == (2, second.hash)


@pytest.mark.parametrize("table", ["event", "submission", "verdict", "finding", "finding_count", "raw_file"])
@pytest.mark.parametrize("action", ["update {} set event_position = 9", "delete from {}"])
def test_nothing_is_ever_overwritten(receive, registry, table, action):
    row = receive("a")
    _judge(registry, row, findings=[_finding(row)], raw_files=[RawFile("ledger", 2025, "x.parquet", 2, "0" * 64)])
    statement = action.format(table).replace("event_position", "position" if table == "event" else "event_position")
    with registry.engine.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text(statement))


TAMPERINGS = {
    "update event set payload = replace(payload, '2025', '2024') where position = 1": "event 1 .received. was changed",
    "update event set by_whom = 'nobody' where position = 2": "event 2 .suspended. was changed",
    "delete from event where position = 2": "event 2 is missing",
    "update submission set lea_id = '99'": "submission .* is not what its event 1 says",
    "delete from submission": "the submission of event 1 is gone",
    "update verdict set row_count = 5": "the verdict on submission .* is not what",
    "delete from verdict": "the verdict of event 2 is gone",
    "update finding set value = 'y'": "the findings of event 2 were changed",
    "delete from finding": "the findings of event 2 were changed",
    "update raw_file set row_count = 3": "raw file ledger/x.parquet is not what event 3 says",
    "delete from raw_file": "raw file ledger/x.parquet is not what event 3 says",
}


@pytest.mark.parametrize("statement", TAMPERINGS)
def test_tampering_is_detected(receive, registry, tamper, statement):
    row = receive("a")
    file = RawFile("ledger", 2025, "x.parquet", 2, "0" * 64)
    _judge(registry, row, findings=[_finding(row)], raw_files=[file])
    receive("b")
    assert registry.verify_chain() == []
    tamper(statement)
    assert any(re.search(TAMPERINGS[statement], problem) for problem in registry.verify_chain())


def test_a_chain_cut_off_or_rewritten_does_not_fit_its_receipts(receive, registry, tamper):
    receive("a"), receive("b")
    anchors = [(event.position, event.hash) for event in registry.events()]
    assert registry.verify_chain(anchors) == []
    tamper("delete from submission where event_position = 2; delete from event where position = 2")
    assert registry.verify_chain() == []
    assert registry.verify_chain(anchors) == ["event 2 is gone, though it is the one a receipt was given for"]


def test_statuses_follow_the_events(receive, registry):
    first, second = receive("a"), receive("b")
    _judge(registry, first, "accepted")
    position = registry.head().position
    _judge(registry, second, "accepted")
    now = standings(registry.submissions(), registry.events())
    then = standings(registry.submissions(), registry.events(), position=position)
    assert [now[row.submission_id].status for row in (first, second)] == ["superseded", "accepted"]
    assert [then[row.submission_id].status for row in (first, second)] == ["accepted", "received"]


def test_a_submission_is_found_by_the_beginning_of_its_id(receive, registry):
    row = receive("a")
    assert registry.submission(row.submission_id[:6]) == row
    for start in ("", "zz", "%"):
        with pytest.raises(Refusal, match="No submission begins"):
            registry.submission(start)


def test_a_registry_holds_one_state(registry, settings, tmp_path):
    other = Settings(home=tmp_path / "other", state="alaska", registry_url=settings.registry_url)
    with pytest.raises(Refusal, match="holds state 'sample'"):
        Registry.open(other)


@pytest.mark.parametrize("url", ["nonsense", "mysql://x/y", "sqlight:///x"])
def test_an_address_that_is_none_is_refused(tmp_path, url):
    with pytest.raises(Refusal, match="EDFIN_REGISTRY"):
        Registry.open(Settings(home=tmp_path / "home", registry_url=url))


def test_a_server_that_is_away_is_a_system_failure_and_hides_the_password(tmp_path):
    with pytest.raises(SystemFailure) as raised:
        Registry.open(Settings(home=tmp_path / "home", registry_url="postgresql://u:secret@127.0.0.1:1/x"))
    assert "secret" not in str(raised.value) and "cannot be opened" in str(raised.value)
