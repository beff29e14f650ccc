"""From a file to a receipt, through the command line and many at once."""

import csv
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest

from ingest.refusals import Refusal
from ingest.registry import Registry
from ingest.submission import Desk, Request, submit_file
from ingest.verdicts import Finding, Verdict

LEDGER = ("--collection", "ledger", "--fiscal-year", "2025")


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "ledger.csv"
    path.write_text("LEA ID,Amount\n01,1.00\n")
    return path


def _records(lines):
    return [json.loads(line) for line in lines.splitlines()]


def _manifest(tmp_path, rows, header="file,lea_id,collection,fiscal_year,reporting_period,layout"):
    for row in rows:
        name = row.split(",")[0]
        if name.endswith(".csv"):
            (tmp_path / name).write_text(name)
    path = tmp_path / "manifest.csv"
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def test_submit_prints_a_receipt_and_a_resend_says_so(edfin, file):
    code, out, _ = edfin("submit", file, "--lea", "01", *LEDGER, "--by", "Ann")
    (first,) = _records(out)
    assert code == 0
    assert list(first) == [
        *("submission_id", "sha256", "collection", "lea_id", "fiscal_year", "reporting_period", "version"),
        *("status", "received_at", "is_resend"),
    ]
    assert (first["lea_id"], first["fiscal_year"], first["status"], first["is_resend"]) == (
        "01",
        2025,
        "received",
        False,
    )
    (again,) = _records(edfin("submit", file, "--lea", "01", *LEDGER)[1])
    assert again == first | {"is_resend": True}


def test_the_receipt_lies_beside_the_bytes(edfin, file, landing, registry):
    edfin("submit", file, "--lea", "01", *LEDGER, "--by", "Ann")
    (receipt,) = landing.receipts()
    (event,) = registry.events()
    assert (receipt["by"], receipt["event_hash"], receipt["file_name"]) == ("Ann", event.hash, "ledger.csv")
    assert landing.open_bytes(receipt["sha256"]) == file.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "give FILES"),
        (["FILE"], "files need --collection and --fiscal-year"),
        (["FILE", "--collection", "taxes", "--fiscal-year", "2025"], "collection 'taxes' is unknown: choose one of"),
        (["FILE", *LEDGER, "--period", "fall"], "reporting period 'fall' is none of ledger's"),
        (["FILE", "--collection", "ledger", "--fiscal-year", "25"], "fiscal year '25' is none"),
        (["FILE", "--collection", "ledger", "--fiscal-year", "２０２５"], "fiscal year"),  # noqa: RUF001
        (["nowhere.csv", *LEDGER], "nowhere.csv: there is no such file"),
        (["--manifest", "nowhere.csv"], "nowhere.csv: cannot be read"),
        (["--manifest", "FILE", "--lea", "01"], "leave these options out"),
        (["--nonsense"], "No such option"),
    ],
)
def test_what_cannot_be_a_slot_is_refused_in_one_line(edfin, file, registry, arguments, said):
    code, out, err = edfin("submit", *[file if one == "FILE" else one for one in arguments])
    assert (code, out) == (2, "")
    assert said in err and err.count("\n") == 1 and "Traceback" not in err
    assert registry.submissions() == []


def test_an_unknown_lea_lands_and_no_lea_means_several(edfin, file, registry):
    assert edfin("submit", file, "--lea", "nobody", *LEDGER)[0] == 0
    assert edfin("submit", file, *LEDGER)[0] == 0
    assert [row.lea_id for row in registry.submissions()] == ["nobody", "*"]


def test_a_manifest_submits_its_rows_and_names_every_problem(edfin, tmp_path, registry):
    rows = [
        "a.csv,01,ledger,2025,actual_audited,",
        "missing,01,ledger,2025,actual_audited,",
        "b.csv,01,ledger,MMXXV,actual_audited,",
        "c.csv,01,ledger,2025,someday,",
        "d.csv,01,taxes,2025,fall,",
        ",01,ledger,2025,interim,",
        "e.csv,01,ledger",
        "../f.csv,01,ledger,2025,interim,",
        "g.csv,02,staff,2025,fall,",
        "h.csv,02,staff,2025,fall,some_layout",
    ]
    code, out, err = edfin("submit", "--manifest", _manifest(tmp_path, rows))
    assert code == 2
    assert [(one["lea_id"], one["collection"]) for one in _records(out)] == [("01", "ledger"), ("02", "staff")]
    *problems, unknown, last = err.splitlines()
    assert [line.split(": ")[1] for line in problems] == [f"manifest.csv, line {line}" for line in range(3, 10)]
    assert "h.csv: layout 'some_layout' is unknown: this state has none for staff" in unknown
    assert last == "edfin: submitted 2 of 10 files; 8 could not be taken"
    assert [row.layout for row in registry.submissions()] == ["standard", "standard"]


def test_a_manifest_can_state_when_files_came(edfin, tmp_path, registry):
    header = "\ufefffile,lea_id,collection,fiscal_year,reporting_period,layout,received_at"
    rows = ["a.csv,01,ledger,2021,interim,,2021-10-15", "b.csv,01,ledger,2022,interim,,2022-10-15T08:00:00+02:00"]
    path = _manifest(tmp_path, [*rows, "c.csv,01,ledger,2023,interim,,yesterday"], header)
    code, _, err = edfin("submit", "--manifest", path, "--from", tmp_path)
    assert code == 2 and "line 4: received_at 'yesterday' is no date" in err
    assert [row.stated_received_at for row in registry.submissions()] == [
        datetime(2021, 10, 15, tzinfo=UTC),
        datetime(2022, 10, 15, 6, tzinfo=UTC),
    ]


@pytest.mark.parametrize(
    "header", ["file,lea_id", "file,lea_id,collection,fiscal_year,reporting_period,layout,recieved_at"]
)
def test_a_manifest_with_other_columns_is_refused(edfin, tmp_path, header):
    code, _, err = edfin("submit", "--manifest", _manifest(tmp_path, ["a.csv,01"], header))
    assert code == 2 and "manifest.csv, line 1: the header" in err


def test_what_the_state_does_not_know_is_said_and_taken(edfin, settings, monkeypatch, file, registry):
    folder = settings.home / "sample" / "reference"
    folder.mkdir(parents=True)
    columns = {name: (settings.template_folder / f"{name}.csv").read_text() for name in ("leas", "lea_alias")}
    (folder / "leas.csv").write_text(columns["leas"] + "0101,,,,,,,,,,x\n0202,,,,,,,,,,x\n")
    (folder / "lea_alias.csv").write_text(columns["lea_alias"] + "4800202,0202,x\n")
    expected = "collection,fiscal_year,reporting_period,lea_id,source\nledger,2024,interim,,x\nledger,2025,interim,,x\n"
    (folder / "expected_submissions.csv").write_text(expected)
    said = {
        ("0101", "2025"): "",
        ("101", "2025"): "has no LEA '101': did you mean '0101'?",
        ("4800202", "2025"): "has no LEA '4800202': '4800202' is another name of LEA '0202'",
        ("9", "2025"): "has no LEA '9'.",
        ("0101", "2035"): "expects no ledger for fiscal year 2035; it does for 2024 to 2025",
    }
    for (lea, year), words in said.items():
        code, _, err = edfin("submit", file, "--lea", lea, "--collection", "ledger", "--fiscal-year", year)
        assert code == 0 and words in err and err.count("\n") == bool(words)
    assert len(registry.submissions()) == 5


def test_status_and_findings(edfin, file, registry):
    (sent,) = _records(edfin("submit", file, "--lea", "01", *LEDGER)[1])
    found = [
        Finding(sent["submission_id"], "ledger_017", "fatal", 2, "amount", "=1+1", "No, number.", "Write one."),
        Finding(sent["submission_id"], "ledger_018", "warning", None, None, "-5.00", "Odd.", "Look."),
    ]
    judged = Verdict(sent["submission_id"], "suspended", 1, suspended_count=1, findings=found)
    registry.record_verdicts([judged], [], by="gate")
    (listed,) = json.loads(edfin("status", "--format", "json")[1])
    flags = {"is_late": False, "is_reopened": False, "is_waived": False}
    sent_fields = {name: value for name, value in sent.items() if name != "is_resend"}
    assert listed == sent_fields | {"status": "suspended"} | flags
    assert "suspended" in edfin("status")[1]
    assert "choose one of ledger, staff" in edfin("status", "--collection", "taxes")[2]
    assert json.loads(edfin("status", "--format", "json", "--lea", "02")[1]) == []
    as_json = json.loads(edfin("findings", sent["submission_id"])[1])
    assert as_json[0]["value"] == "=1+1" and as_json[1]["row_number"] is None
    assert list(as_json[0]) == [
        "edit_id",
        "severity",
        "row_number",
        "column_name",
        "value",
        "message",
        "fix",
        "is_waived",
    ]
    as_csv = list(csv.DictReader(edfin("findings", sent["submission_id"][:8], "--format", "csv")[1].splitlines()))
    assert [row["value"] for row in as_csv] == ["'=1+1", "-5.00"]
    assert edfin("findings", "ffff")[0] == 2


def test_verify_says_whether_the_chain_holds(edfin, file, landing):
    edfin("submit", file, "--lea", "01", *LEDGER)
    code, out, err = edfin("verify")
    assert (code, err) == (0, "") and out.startswith("1 events, head ")
    receipt = landing.receipts()[0]
    landing.write_receipt(receipt | {"submission_id": "other", "event_hash": "0" * 64})
    code, _, err = edfin("verify")
    assert code == 1 and "event 1 is not the one a receipt was given for" in err


@pytest.mark.parametrize("verb", ["submit", "status", "findings", "verify"])
def test_every_verb_shows_an_example(edfin, verb):
    code, out, _ = edfin(verb, "--help")
    assert code == 0 and f"Example: edfin {verb}" in " ".join(out.split())


def test_purged_bytes_are_not_taken_again(settings, file, landing):
    row = submit_file(settings, Request(file, "01", "ledger", 2025))
    landing.purge(row.sha256, at="now", by="me", reason="ids in clear")
    with pytest.raises(Refusal, match="purged"):
        submit_file(settings, Request(file, "01", "ledger", 2025))


def _submit_fifty(settings, folder, worker):
    """All workers send to the same five slots, and each tenth file is one that everybody sends."""
    desk = Desk(settings)
    for number in range(50):
        path = folder / (f"{worker}_{number}.csv" if number % 10 else f"shared_{number}.csv")
        desk.submit(Request(path, str(number % 5), "ledger", 2025))


def test_many_submitters_at_once_make_one_chain(settings, tmp_path):
    for worker in range(8):
        for number in range(50):
            (tmp_path / f"{worker}_{number}.csv").write_text(f"{worker} {number}")
            (tmp_path / f"shared_{number}.csv").write_text(f"shared {number}")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["ingest.submission"])
    workers = [context.Process(target=_submit_fifty, args=(settings, tmp_path, worker)) for worker in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0] * 8
    registry = Registry.open(settings)
    rows = registry.submissions()
    assert registry.verify_chain() == []
    assert len({row.submission_id for row in rows}) == len(rows) >= 8 * 45
    for lea in {row.lea_id for row in rows}:
        versions = sorted(row.version for row in rows if row.lea_id == lea)
        assert versions == list(range(1, len(versions) + 1))


def test_a_killed_submit_is_completed_by_the_next(settings, edfin, tmp_path, registry):
    path = _manifest(tmp_path, [f"{number}.csv,{number},ledger,2025,interim," for number in range(400)])
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "dagster_project.cli", "submit", "--manifest", str(path)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, cwd=tmp_path)
    while not registry.submissions() and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = len(registry.submissions())
    assert 0 < before < 400 and registry.verify_chain() == []
    code, out, _ = edfin("submit", "--manifest", path)
    assert code == 0 and sum(one["is_resend"] for one in _records(out)) == before
    assert len(registry.submissions()) == 400
    assert {row.version for row in registry.submissions()} == {1}
    assert edfin("verify")[0] == 0
