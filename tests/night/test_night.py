"""Two nights of a small state with planted truth, planted errors, a resubmission, a broken engine and three kills.

Belongs here: what a night must leave behind, seen through public commands and a generation's own files.
Does not belong here: single edits (`tests/gate`), hand-worked districts (`tests/hand_worked`).
"""

import csv
import gzip
import io
import json

import duckdb
import pytest
from nights import CHANGE, TRUTH, contents, current, differences, manifest

pytestmark = pytest.mark.slow


def test_the_first_night_publishes(first_night):
    assert first_night.done.returncode == 0, first_night.done.stdout + first_night.done.stderr
    assert "Traceback" not in first_night.done.stderr
    assert "published, now current" in first_night.report
    assert "Records and dollars in = accepted + excluded + suspended" in first_night.report


def test_a_generation_carries_its_documentation(first_night):
    pages = {path.name for path in (first_night.folder / "docs").iterdir()}
    tables = manifest(first_night.folder)
    marts = {f"table-{name}.html" for name in (*tables["marts"], *tables["history"]["tables"])}
    assert marts | {"index.html", "edits.html", "lineage.html", "glossary.html"} <= pages
    assert first_night.folder.name in (first_night.folder / "docs" / "index.html").read_text("utf-8")
    assert "docs/index.html" in (first_night.folder / "README.md").read_text("utf-8")


@pytest.mark.parametrize("table", TRUTH)
def test_marts_equal_the_planted_truth(first_night, table):
    truth = first_night.home.path / "truth" / f"{table}.parquet"
    assert not differences(truth, first_night.folder / "marts" / f"{table}.parquet", TRUTH[table])


def test_every_planted_error_is_found_and_nothing_clean_is_suspended(first_night):
    truth = first_night.home.path / "truth" / "findings.parquet"
    planted = duckdb.sql(f"select sha256, edit_id, row_number, column_name, is_consequence from '{truth}'").fetchall()
    assert len(planted) > 8
    listed = json.loads(first_night.home.ok("status", "--format", "json"))
    by_hash = {row["sha256"]: row["submission_id"] for row in listed}
    found = {}
    for sha256 in {row[0] for row in planted}:
        findings = json.loads(first_night.home.ok("findings", by_hash[sha256], "--format", "json"))
        found[sha256] = [(f["edit_id"], f["row_number"], f["column_name"], f["severity"]) for f in findings]
    for sha256, edit_id, row_number, column, is_consequence in planted:
        if not is_consequence:
            assert (edit_id, row_number, column) in {f[:3] for f in found[sha256]}
    expected = {(row[0], row[1], row[2]) for row in planted}
    surprising = {(s, f[0], f[1]) for s, listed in found.items() for f in listed} - expected
    assert not surprising
    fatal = {sha256 for sha256, listed in found.items() if any(f[3] == "fatal" for f in listed)}
    assert {row["sha256"] for row in listed if row["status"] == "suspended"} <= fatal


def test_a_night_with_nothing_new_runs_no_model(first_night, idle_night):
    assert idle_night.done.returncode == 0
    assert "Nothing new since generation" in idle_night.done.stdout
    assert idle_night.folder == first_night.folder
    assert len(list((first_night.home.path / "runs").iterdir())) >= 1
    assert "dbt build" not in idle_night.done.stderr


def test_an_engine_that_cannot_judge_stops_the_night_and_decides_nothing(first_night, sent, broken_night):
    assert broken_night.done.returncode == 3
    last = broken_night.done.stderr.strip().splitlines()[-1]
    assert last.startswith("edfin: ") and "ledger_004" in last and "could not be evaluated" in last
    assert "Traceback" not in broken_night.done.stderr
    assert broken_night.folder == first_night.folder
    assert {broken_night.status[i] for i in (sent.changed_id, sent.suspended_id, sent.several_id)} <= {
        "received",
        "withdrawn",
    }
    assert broken_night.status[sent.changed_id] == broken_night.status[sent.suspended_id] == "received"


def test_a_killed_night_leaves_the_published_generation(first_night, killed_nights):
    for night in killed_nights:
        assert night.said.startswith(night.marker), f"the night ended before {night.marker}: {night.said}"
        whole = manifest(night.folder)
        assert night.folder == first_night.folder or night.marker == "publish"
        assert set(whole["marts"]) == set(manifest(first_night.folder)["marts"])


def test_verdicts_reached_before_a_kill_stand(sent, killed_nights):
    assert killed_nights[0].status[sent.changed_id] == "accepted"
    assert killed_nights[0].status[sent.suspended_id] == "suspended"


def test_the_next_night_completes_what_was_broken_off(first_night, second_night):
    assert second_night.done.returncode == 0, second_night.done.stdout + second_night.done.stderr
    assert second_night.folder != first_night.folder


def test_one_suspended_district_does_not_stop_the_others(sent, second_night):
    assert second_night.status[sent.suspended_id] == "suspended"
    assert second_night.status[sent.changed_id] == "accepted"
    assert "received" not in second_night.status.values()


def test_a_resubmission_changes_its_lea_and_year_and_nothing_else(first_night, sent, second_night):
    home = second_night.home
    before, after = (contents(home, folder.name) for folder in (first_night.folder, second_night.folder))
    changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    assert {key[1:] for key in changed} == {sent.changed}
    assert {"district_spending", "fct_ledger"} <= {key[0] for key in changed}
    lea_id, fiscal_year = sent.changed
    query = f"select total_expenditure_amount from district_spending where lea_id = '{lea_id}' and fiscal_year = {fiscal_year}"
    spent = [duckdb.sql(query.replace("district_spending", f"'{folder}/marts/district_spending.parquet'")).fetchall()[0][0]
             for folder in (first_night.folder, second_night.folder)]  # fmt: skip
    assert spent[1] - spent[0] == CHANGE


def test_a_file_of_several_leas_becomes_a_submission_each(first_night, sent, second_night):
    listed = [
        r for r in json.loads(second_night.home.ok("status", "--format", "json")) if r["reporting_period"] == "interim"
    ]
    assert {r["lea_id"]: r["status"] for r in listed} == {
        "*": "withdrawn", "9998": "suspended",
        **dict.fromkeys({r["lea_id"] for r in listed} - {"*", "9998"}, "accepted"),
    }  # fmt: skip
    assert len(listed) == 4
    query = "select count(*) as lines, sum(amount) as amount from fct_ledger where reporting_period = 'interim'"
    rows = json.loads(second_night.home.ok("sql", query, "--format", "json"))
    assert (rows[0]["lines"], float(rows[0]["amount"])) == (2, 20.0)
    (unknown,) = [r["submission_id"] for r in listed if r["lea_id"] == "9998"]
    findings = json.loads(second_night.home.ok("findings", unknown, "--format", "json"))
    assert [(f["edit_id"], f["row_number"]) for f in findings] == [("ledger_010", 4)]


def test_staff_ids_stand_in_clear_nowhere_but_in_what_was_sent(second_night):
    home = second_night.home.path
    clear = set()
    for path in sorted((home / "sample").glob("*/*/staff_*.csv*"))[:3]:
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        clear |= {row["Staff ID"].encode() for row in list(csv.DictReader(io.StringIO(data.decode())))[:3]}
    assert len(clear) >= 3
    told = []
    for path in home.rglob("*"):
        if path.is_file() and "sample" not in path.relative_to(home).parts[:1]:
            data = path.read_bytes()
            told += [str(path.relative_to(home)) for one in clear if one in data]
    assert not told, "a staff id stands in clear in " + ", ".join(sorted(set(told)))
    for folder in (home / "raw" / "staff", home / "raw" / "sections"):
        ids = {
            row[0].encode()
            for row in duckdb.sql(f"select distinct staff_id from '{folder}/*.parquet'").fetchall()
            if row[0]
        }
        assert ids and not ids & clear


def test_findings_on_staff_mask_every_value(second_night):
    planted = duckdb.sql(
        f"select distinct sha256 from '{second_night.home.path}/truth/findings.parquet' where collection = 'staff'"
    )
    hashes = {row[0] for row in planted.fetchall()}
    listed = [r for r in json.loads(second_night.home.ok("status", "--format", "json")) if r["sha256"] in hashes]
    values = [
        finding["value"]
        for row in listed
        for finding in json.loads(second_night.home.ok("findings", row["submission_id"], "--format", "json"))
        if finding["value"]
    ]
    assert all(set(value) <= set("Aa9-., $%+") for value in values)


def test_the_audit_chain_holds(second_night):
    assert "the chain holds" in second_night.home.ok("verify")
    assert current(second_night.home) == second_night.folder
