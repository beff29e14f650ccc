"""`edfin check` as a district calls it: its exit codes, its JSON, a contract of one's own, an engine that cannot judge.

Belongs here: the command from outside. Does not belong here: single edits (`test_edits`).
"""

import json

import pytest
import yaml
from judging import CONTRACTS, DIRECTORY, bad_files, without

LEDGER = CONTRACTS["ledger"]


@pytest.fixture(scope="module")
def desk(new_home):
    """A home with the tests' directory, and the ledger's files: a clean one and two bad ones."""
    home = new_home("desk")
    (home.path / "sample" / "reference").mkdir(parents=True)
    for name, text in DIRECTORY.items():
        (home.path / "sample" / "reference" / f"{name}.csv").write_text(text)
    clean, bad = bad_files("ledger")
    for file in (clean[0], bad["ledger_026"][0], bad["ledger_017"][0]):
        (home.path / file.name).write_bytes(file.data)
    return home


SLOT = ("--lea", "0101", "--collection", "ledger", "--fiscal-year", "2024", "--period", "actual_unaudited")


def test_a_batch_is_found_wanting_and_told_as_json(desk):
    done = desk.run(
        "check",
        "clean_actual.csv",
        "ledger_026.csv",
        "ledger_017.csv",
        *SLOT,
        "--rows-into",
        "rows",
        "--format",
        "json",
    )
    assert done.returncode == 1, done.stderr
    answers = {one["file"]: one for one in map(json.loads, done.stdout.splitlines())}
    assert {name: one["verdict"] for name, one in answers.items()} == {
        "clean_actual.csv": "accepted", "ledger_026.csv": "suspended", "ledger_017.csv": "accepted",
    }  # fmt: skip
    assert [(f["edit_id"], f["row_number"], f["column_name"]) for f in answers["ledger_026.csv"]["findings"]] == [
        ("ledger_026", 3, "amount")
    ]
    assert [f["severity"] for f in answers["ledger_017.csv"]["findings"]] == ["warning"]
    assert all(set(one) >= {"file", "verdict", "row_count", "findings"} for one in answers.values())
    assert {path.name for path in (desk.path / "rows").iterdir()} == {
        "clean_actual.csv.parquet",
        "ledger_017.csv.parquet",
    }


def test_with_a_contract_less_a_rule_the_rule_finds_nothing(desk, tmp_path):
    mutant = without(LEDGER, {"ledger_017"}, tmp_path / "ledger.yml")
    done = desk.run(
        "check", "clean_actual.csv", "ledger_017.csv", "--contract", mutant.source_file, *SLOT, "--format", "json"
    )
    assert done.returncode == 0, done.stderr
    assert [one["findings"] for one in map(json.loads, done.stdout.splitlines())] == [[], []]


def test_a_rule_that_cannot_be_evaluated_is_a_system_error(desk, tmp_path):
    document = yaml.safe_load(LEDGER.source_file.read_text())
    rule = next(test for test in document["sources"][0]["tables"][0]["data_tests"] if "row_satisfies" in test)
    rule["row_satisfies"]["arguments"]["expression"] = "no_such_column = 'x'"
    broken = tmp_path / "ledger.yml"
    broken.write_text(yaml.safe_dump(document, sort_keys=False))
    done = desk.run("check", "clean_actual.csv", "--contract", broken, *SLOT, "--format", "json")
    assert done.returncode == 3
    assert not done.stdout
    (line,) = done.stderr.strip().splitlines()
    assert rule["row_satisfies"]["name"] in line and "could not be evaluated" in line and "no_such_column" in line
    assert "Traceback" not in line


def test_wrong_use_is_told_in_one_line(desk):
    for arguments in (
        ("clean_actual.csv",),
        ("clean_actual.csv", *SLOT[:2]),
        (),
        ("clean_actual.csv", "--contract", "nowhere.yml", *SLOT),
    ):
        done = desk.run("check", *arguments)
        assert done.returncode == 2 and not done.stdout
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
        assert "Traceback" not in done.stderr
