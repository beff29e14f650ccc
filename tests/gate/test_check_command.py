"""`edfin check` as a district calls it: its exit codes, its JSON, a contract of one's own, an engine that cannot judge.

Belongs here: the command from outside. Does not belong here: single edits (`test_edits`).
"""

import json

import pyarrow.parquet as pq
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


def test_files_of_one_name_or_the_same_bytes_are_each_answered_and_written(desk):
    clean = (desk.path / "clean_actual.csv").read_bytes()
    for folder in ("north", "south"):
        (desk.path / folder).mkdir()
        (desk.path / folder / "ledger.csv").write_bytes(clean)
    done = desk.run(
        "check", "south/ledger.csv", "clean_actual.csv", "north/ledger.csv", *SLOT, "--rows-into", "twins", "--format", "json"
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answers = list(map(json.loads, done.stdout.splitlines()))
    assert [one["file"] for one in answers] == ["south/ledger.csv", "clean_actual.csv", "north/ledger.csv"]
    assert [one["rows_file"] for one in answers] == [
        "twins/ledger.csv.parquet", "twins/clean_actual.csv.parquet", "twins/ledger.csv.2.parquet",
    ]  # fmt: skip
    assert "ledger.csv.2.parquet" in done.stderr
    assert {pq.read_metadata(desk.path / one["rows_file"]).num_rows for one in answers} == {len(clean.splitlines()) - 1}


def test_rows_of_an_earlier_check_do_not_stay_when_the_file_is_suspended(desk):
    (desk.path / "changing.csv").write_bytes((desk.path / "clean_actual.csv").read_bytes())
    assert desk.run("check", "changing.csv", *SLOT, "--rows-into", "kept").returncode == 0
    (desk.path / "changing.csv").write_bytes((desk.path / "ledger_026.csv").read_bytes())
    assert desk.run("check", "changing.csv", *SLOT, "--rows-into", "kept").returncode == 1
    assert not list((desk.path / "kept").iterdir())


def test_a_collection_of_ones_own_is_tried_without_slot_and_its_rows_are_typed(desk):
    types = {
        "place": "varchar", "paid": "decimal(12,3)", "day": "date", "at": "timestamp", "is_open": "boolean",
        "visits": "integer", "meters": "bigint", "share": "double",
    }  # fmt: skip
    columns = [{"name": name, "data_type": kind, "description": name} for name, kind in types.items()]
    table = {"name": "pools", "description": "Pools", "columns": columns}
    (desk.path / "pools.yml").write_text(
        yaml.safe_dump({"version": 2, "sources": [{"name": "raw", "tables": [table]}]})
    )
    rows = (
        "place,paid,day,at,is_open,visits,meters,share\nnorth,1.250,2024-06-30,2024-06-30 14:05:00,Y,7,5000000000,0.5\n"
    )
    (desk.path / "pools.csv").write_text(rows)
    done = desk.run("check", "pools.csv", "--contract", "pools.yml", "--rows-into", "pools", "--format", "json")
    assert done.returncode == 0, done.stdout + done.stderr
    schema = pq.read_schema(desk.path / "pools" / "pools.csv.parquet")
    assert {field.name: str(field.type) for field in schema} == {
        "row_number": "int32", "place": "string", "paid": "decimal128(12, 3)", "day": "date32[day]",
        "at": "timestamp[us]", "is_open": "bool", "visits": "int32", "meters": "int64", "share": "double",
    }  # fmt: skip
    assert schema.names[0] == "row_number"


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
        (".", *SLOT),
        ("clean_actual.csv", "gone.csv", *SLOT),
        ("clean_actual.csv", *SLOT[:-1], "someday"),
        ("clean_actual.csv", "ledger_026.csv", *SLOT, "--report", "both.html"),
        ("clean_actual.csv", *SLOT, "--report", "report.pdf"),
    ):
        done = desk.run("check", *arguments)
        assert done.returncode == 2 and not done.stdout
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
        assert "Traceback" not in done.stderr


def test_a_stated_count_and_total_are_held_against_the_file(desk):
    told = []
    for count, total in (("99999", ""), ("", "0.01"), ("many", "")):
        done = desk.run(
            "check", "clean_actual.csv", *SLOT, "--control-count", count, "--control-total", total, "--format", "json"
        )
        told.append(
            (
                done.returncode,
                [f["edit_id"] for f in json.loads(done.stdout)["findings"] if f["severity"] == "fatal"]
                if done.stdout
                else done.stderr[:50],
            )
        )
    assert told[:2] == [(1, ["ledger_file_control"])] * 2
    assert told[2] == (2, "edfin: control count 'many' is none: write the num")
