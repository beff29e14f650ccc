"""What a purge takes, what it leaves, and what it says, through the verbs, in both databases.

Rows in raw are purged in `tests/gate/test_purged_rows.py`, generations in `tests/night/test_purged_nights.py`.
"""

import io
import json
import re
from types import SimpleNamespace

import pytest
from filelock import FileLock
from sqlalchemy import select

from dagster_project.house import House
from dagster_project.purge import purge
from ingest import registry_tables as tables
from ingest.audit import NewEvent, append, now
from ingest.registry_connection import writing
from ingest.verdicts import Finding, Verdict

SECRET = "078-05-1120"
WHY = ("--reason", "Social security numbers.", "--by", "Data manager")
LEDGER = ("--collection", "ledger", "--fiscal-year", "2025")


@pytest.fixture
def submit(edfin, registry, tmp_path):
    def _submit(content, lea_id="01"):
        path = tmp_path / "payroll.csv"
        path.write_text(content)
        code, out, err = edfin("submit", path, "--lea", lea_id, *LEDGER)
        assert code == 0, err
        return registry.submission(json.loads(out)["submission_id"])

    return _submit


@pytest.fixture
def judge(registry):
    def _judge(row, verdict, *findings):
        found = [Finding(row.submission_id, *one[:-1], item_key=one[-1]) for one in findings]
        registry.record_verdicts([Verdict(row.submission_id, verdict, 1, 1, findings=found)], [], by="gate")
        return row

    return _judge


@pytest.fixture
def misdirected(submit, judge, edfin, registry):
    """An accepted file whose verdict, review and explanation quote a social security number."""
    row = judge(
        submit(f"Name,Number\nDoe,{SECRET}\n"),
        "accepted",
        ("ledger_017", "warning", 2, "project_code", SECRET, f"{SECRET} is odd.", f"Not {SECRET}.", False, None),
        ("ledger_file_header", "info", None, SECRET, None, "A column nobody knows.", "Look.", False, None),
    )
    seen = Finding(row.submission_id, "ledger_101", "warning", None, None, SECRET, "m", "f", item_key=f"of={SECRET}")
    registry.record_reviews({row.submission_id: [seen]}, by="nightly")
    said = edfin("explain-finding", row.submission_id, "ledger_017", "--text", f"{SECRET} is our project.")
    assert said[0] == 0
    return row


def _everything(settings, registry):
    """All that the home's files and the registry's tables say."""
    found = [path.read_bytes() for path in settings.home.rglob("*") if path.is_file()]
    with registry.engine.connect() as connection:
        rows = [tuple(row) for table in tables.metadata.tables.values() for row in connection.execute(select(table))]
    return b"\n".join([*found, repr(rows).encode()])


def _status(edfin, row):
    rows = json.loads(edfin("status", "--format", "json")[1])
    return next(one["status"] for one in rows if one["submission_id"] == row.submission_id)


def test_nothing_quoted_is_left_and_the_chain_holds(edfin, registry, settings, landing, misdirected):
    assert SECRET.encode() in _everything(settings, registry)
    before = [(one.edit_id, one.severity, one.row_number) for one in registry.findings(misdirected.submission_id)]
    code, out, err = edfin("purge", misdirected.submission_id, *WHY, "--yes")
    assert code == 0, err
    assert "no accepted version is left" in out and "payroll.csv" in out and "Bytes" in out
    assert SECRET.encode() not in _everything(settings, registry)
    after = registry.findings(misdirected.submission_id)
    assert [(one.edit_id, one.severity, one.row_number) for one in after] == before
    assert [one.column_name for one in after] == ["project_code", None, None]
    assert {(one.value, one.item_key, one.fix) for one in after} == {(None, None, "")}
    assert _status(edfin, misdirected) == "purged"
    assert not landing.has(misdirected.sha256) and landing.is_purged(misdirected.sha256)
    (receipt,) = landing.receipts()
    assert receipt["purged_by"] == "Data manager" and receipt["sha256"] == misdirected.sha256
    code, out, err = edfin("verify")
    assert (code, err) == (0, "") and "the chain holds" in out


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("update finding set severity = 'info' where edit_id = 'ledger_017'", "the findings of event 2 were changed"),
        ("update event set payload = replace(payload, '017', '018') where event_type = 'explained'", "event 5 .* changed"),
        ("update event set by_whom = 'nobody' where event_type = 'explained'", "event 5 .* changed"),
        ("update event set payload = replace(payload, 'Social', 'Other') where event_type = 'purged'", "event 6 .* changed"),
    ],
)  # fmt: skip
def test_what_was_blanked_is_still_proven(edfin, registry, tamper, misdirected, change, said):
    edfin("purge", misdirected.submission_id, *WHY, "--yes")
    tamper(change)
    assert len(problems := registry.verify_chain()) >= 1
    assert re.search(said, "\n".join(problems))


def test_a_purge_excuses_nothing_of_another_submission(registry, tamper, receive, judge, misdirected):
    """Whoever writes a purge into the chain by hand cannot cover a change of others' findings or explanations with it."""
    tamper("update finding set severity = 'info' where edit_id = 'ledger_017'")
    problem = registry.verify_chain()
    other = receive("b", lea_id="02")
    covers = {"sha256": other.sha256, "reason": "x", "blanked_findings": {"2": "0" * 64}, "blanked_events": {"1": "0"}}
    with writing(registry.engine) as connection:
        append(connection, [NewEvent("purged", other.submission_id, "me", now(), covers)])
    assert problem and registry.verify_chain() == problem


def test_nothing_else_can_be_done_with_it(edfin, misdirected):
    name = misdirected.submission_id
    edfin("purge", name, *WHY, "--yes")
    tried = [
        ("findings", name),
        ("explain-finding", name, "ledger_017", "--text", "x"),
        ("certify", name, "--by", "CFO"),
        ("reopen", name, "--reason-code", "audit", "--reason", "x"),
        ("withdraw", name, "--reason", "x"),
        ("regate", name),
        ("waive", name, "ledger_017", "--reason", "x", "--until", "2100-01-01"),
    ]
    for arguments in tried:
        code, out, err = edfin(*arguments)
        assert (code, out) == (2, "") and err.count("\n") == 1, arguments
        assert "purged on" in err and "Social security numbers." in err and "Submit a corrected file" in err, arguments


def test_the_same_bytes_are_refused_and_a_corrected_file_is_the_next_version(edfin, submit, misdirected, tmp_path):
    edfin("purge", misdirected.submission_id, *WHY, "--yes")
    code, out, err = edfin("submit", tmp_path / "payroll.csv", "--lea", "02", *LEDGER)
    assert (code, out) == (2, "") and err.count("\n") == 1
    assert "were purged on" in err and "Social security numbers." in err and "Send a file without" in err
    assert submit("Name\nDoe\n").version == 2


def test_all_submissions_of_the_same_bytes_go_together(edfin, submit, landing, misdirected):
    copy = submit(f"Name,Number\nDoe,{SECRET}\n", lea_id="02")
    code, _, err = edfin("purge", misdirected.submission_id, *WHY, "--yes")
    assert code == 2 and copy.submission_id[:12] in err and "--all-copies" in err
    assert landing.has(copy.sha256) and _status(edfin, misdirected) == "accepted"
    code, out, _ = edfin("purge", misdirected.submission_id, *WHY, "--yes", "--all-copies")
    assert code == 0 and out.count(" is purged, event ") == 2
    assert {_status(edfin, misdirected), _status(edfin, copy)} == {"purged"}
    code, out, _ = edfin("purge", copy.submission_id, *WHY, "--yes")
    assert code == 0 and out.count(" was purged before, event ") == 2 and "gone already" in out
    assert edfin("verify")[0] == 0


def test_the_version_before_counts_again(edfin, submit, judge):
    first, second = judge(submit("a\n"), "accepted"), judge(submit("b\n"), "accepted")
    assert _status(edfin, first) == "superseded"
    code, out, _ = edfin("purge", second.submission_id, *WHY, "--yes")
    assert code == 0 and f"version 1 ({first.submission_id[:12]}) counts from the next night on" in out
    assert _status(edfin, first) == "accepted" and edfin("verify")[0] == 0


def test_a_certified_submission_can_be_purged(edfin, registry, submit, judge):
    row = judge(submit("a\n"), "accepted")
    registry.record_reviews({}, by="nightly")
    assert edfin("certify", row.submission_id, "--by", "CFO")[0] == 0
    code, _, err = edfin("purge", row.submission_id, *WHY, "--yes")
    assert code == 0 and "certified by CFO" in err and _status(edfin, row) == "purged"


def test_it_asks_and_wants_to_know_why_and_who(edfin, registry, misdirected, monkeypatch):
    name, head = misdirected.submission_id, registry.head()
    assert "--by" in edfin("purge", name, "--reason", "x")[2]
    assert "--reason" in edfin("purge", name, "--by", "x")[2]
    assert "reason is needed" in edfin("purge", name, "--reason", " ", "--by", "x", "--yes")[2]
    for answer in ("n\n", ""):
        monkeypatch.setattr("sys.stdin", io.StringIO(answer))
        code, _, err = edfin("purge", name, *WHY)
        assert code == 2 and "Nothing was purged" in err
    assert registry.head() == head
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert edfin("purge", name, *WHY)[0] == 0 and _status(edfin, misdirected) == "purged"


def test_it_waits_for_no_night(edfin, settings, misdirected):
    with FileLock(settings.home / "nightly.lock"):
        code, _, err = edfin("purge", misdirected.submission_id, *WHY, "--yes")
    assert code == 2 and "night is running" in err and _status(edfin, misdirected) == "accepted"


class Stopped(Exception):
    """A purge broken off before one of its steps."""


def test_a_purge_broken_off_before_any_step_is_completed_by_saying_it_again(
    edfin, registry, settings, landing, submit, judge
):
    quoted = ("ledger_017", "warning", 2, "amount", SECRET, "m", "f", False, None)
    steps = SimpleNamespace(seen=0, stop_at=0)

    def say(_):
        steps.seen += 1
        if steps.seen == steps.stop_at:
            raise Stopped

    while True:
        steps.stop_at, steps.seen = steps.stop_at + 1, 0
        row = judge(submit(f"{SECRET},{steps.stop_at}\n"), "accepted", quoted)
        house = House(settings)
        try:
            purge(house, [row], "Social security numbers.", "me", False, say)
            break
        except Stopped:
            assert registry.verify_chain() == []
            code, _, err = edfin("submit", settings.home.parent / "payroll.csv", "--lea", "03", *LEDGER)
            assert (code == 2 and "were purged" in err) if steps.stop_at > 1 else code == 0
            assert edfin("purge", row.submission_id, *WHY, "--yes", "--all-copies")[0] == 0
        finally:
            house.close()
        assert _status(edfin, row) == "purged" and not landing.has(row.sha256)
        assert SECRET.encode() not in _everything(settings, registry) and edfin("verify")[0] == 0
    assert steps.seen == 6
