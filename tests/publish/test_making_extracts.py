"""Which extracts are made anew, what they say has changed, and that no cell of them runs.

Belongs here: extracts of small generations. Does not belong here: those of a real night (`tests/night/test_extracts`).
"""

import csv
import json
import re
import zipfile
from pathlib import Path

import duckdb
import pyarrow.csv
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from small_warehouse import run_info, write_build

from publish.extracts.making import Work, folder_name, make_extracts
from publish.extracts.rows import guard
from publish.generations import make_candidate
from publish.pointers import publish_candidate
from publish.verifying import problems

PROJECT = Path(__file__).parents[2]
CORPORA = PROJECT.parent / "shared" / "corpora"


def _generation(home: Path, position: int, *changes: str) -> Work:
    """A generation of the small warehouse after some SQL on its build, and its extracts to make."""
    run = run_info(position)
    build = write_build(home / "build.duckdb", run)
    with duckdb.connect(str(build)) as con:
        for change in changes:
            con.execute(change)
    candidate = make_candidate(home, build, run)
    publish_candidate(home, candidate.generation_id, "tester", "for the test")
    return Work(home, PROJECT, candidate.generation_id)


def _package(work: Work, lea_id: str) -> dict:
    return json.loads((work.place / folder_name(lea_id) / "datapackage.json").read_text())


def test_only_the_extract_of_a_changed_lea_is_written_again(tmp_path):
    first = make_extracts(_generation(tmp_path, 10))
    assert len(first.written) == 10 and not first.unchanged
    work = _generation(
        tmp_path,
        11,
        "update marts.district_spending set total_expenditure_amount = 1.00 where lea_id = '03' and fiscal_year = 2025",
    )
    second = make_extracts(work)
    assert second.written == ["03"] and len(second.unchanged) == 9
    assert make_extracts(work).written == []
    said = pyarrow.csv.read_csv(work.place / "03" / "csv" / "what_changed.csv").to_pylist()
    assert [(row["table_name"], row["change"], row["column_name"], str(row["current_value"])) for row in said] == [
        ("district_spending", "changed", "total_expenditure_amount", "1.0")
    ]
    assert "fiscal_year=2025" in said[0]["key"]
    book = load_workbook(work.place / "03" / "extract.xlsx", read_only=True)
    assert [row[3] for row in book["What changed"].iter_rows(min_row=2, values_only=True)] == [
        "total_expenditure_amount"
    ]


def test_rows_that_come_and_go_are_told(tmp_path):
    make_extracts(_generation(tmp_path, 10))
    work = _generation(tmp_path, 11, "delete from marts.district_spending where lea_id = '03' and fiscal_year = 2025",
                       "insert into marts.district_spending_detail values ('03', 2031, '99', 'state', 5.00)")  # fmt: skip
    make_extracts(work)
    said = pyarrow.csv.read_csv(work.place / "03" / "csv" / "what_changed.csv").to_pylist()
    assert sorted((row["table_name"], row["change"]) for row in said) == [
        ("district_spending", "removed"),
        ("district_spending_detail", "added"),
    ]


def test_an_lea_that_is_gone_has_no_extract(tmp_path):
    make_extracts(_generation(tmp_path, 10))
    gone = [
        f"delete from marts.{table} where lea_id = '04'"
        for table in ("district_spending", "district_spending_detail", "dim_lea")
    ]
    work = _generation(tmp_path, 11, *gone)
    assert make_extracts(work).removed == ["04"] and not (work.place / "04").exists()


def test_what_a_kill_leaves_is_made_again(tmp_path):
    work = _generation(tmp_path, 10)
    make_extracts(work)
    (work.place / "05").rename(work.place / "05.gone.tmp-999999999")
    (work.place / "06.tmp-999999999").mkdir()
    assert make_extracts(work).written == ["05"]
    assert sorted(path.name for path in work.place.iterdir()) == [f"0{number}" for number in range(10)]


def test_figures_are_rounded_half_up_once(tmp_path):
    work = _generation(tmp_path, 10, "update marts.district_spending set current_expenditure_per_pupil = 1.005 where lea_id = '00'",
                       "update marts.district_spending set current_expenditure_per_pupil = -2.675 where lea_id = '01'")  # fmt: skip
    make_extracts(work)
    for lea_id, printed in (("00", "1.01"), ("01", "-2.68")):
        (row,) = csv.DictReader((work.place / lea_id / "csv" / "district_spending.csv").open(newline=""))
        assert row["current_expenditure_per_pupil"] == printed


def test_what_somebody_changed_afterwards_is_found(tmp_path):
    work = _generation(tmp_path, 10)
    make_extracts(work)
    assert list(problems(tmp_path, [])) == []
    (work.place / "03" / "csv" / "dim_lea.csv").write_text("lea_id\n99\n")
    parquet = work.shelf.folder(work.generation_id) / "marts" / "dim_lea.parquet"
    parquet.chmod(0o644)
    duckdb.sql(
        "select '99' as lea_id, 'x' as lea_name, '' as nces_lea_id, '' as region_name, 2020 as valid_from_fiscal_year, 2021 as valid_to_fiscal_year"
    ).write_parquet(str(parquet))
    found = " ".join(problems(tmp_path, []))
    assert "extract 03: csv/dim_lea.csv" in found and "marts/dim_lea.parquet is not what its manifest says" in found


def _hostile() -> list[str]:
    own = ["=1+1", "+1", "-1+1", "@SUM(1)", "\t=1+1", "\r\n=1", "  =1+1", "＝1+1", "|calc", "%0A=1", '=cmd|"/c calc"!A1', "\u00a0=1", "\ufeff=1",
           '","=1+1', "'=1+1", "_x003D_1+1", "<f>1</f>", "]]><c><f>1+1</f></c>"]  # fmt: skip
    found = list(own)
    for name in ("csv-injection/payloads.txt", "csv-injection/csv-payload.txt", "naughty-strings/blns.txt"):
        path = CORPORA / name
        if path.is_file():
            found += path.read_text(encoding="utf-8", errors="replace").splitlines()
    return [text for text in dict.fromkeys(found) if text]


def test_no_cell_runs_whatever_a_name_says(tmp_path):
    names = _hostile()
    values = ", ".join(
        "(" + ", ".join("'" + part.replace("'", "''") + "'" for part in ("01", text)) + ")"
        for text in names
        if "\x00" not in text
    )
    work = _generation(tmp_path, 10, "alter table marts.district_spending_detail add column note varchar",
                       f"insert into marts.district_spending_detail (lea_id, note) values {values}")  # fmt: skip
    make_extracts(work)
    folder = work.place / "01"
    rows = pyarrow.csv.read_csv(
        folder / "csv" / "district_spending_detail.csv", parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True)
    )
    written = [text for text in rows.column("note").to_pylist() if text]
    assert len(written) >= len(names) - 2
    assert not [text for text in written if text.strip("\t\r\n \u00a0\ufeff\u200b")[:1] in tuple("=+-@＝＋－＠|%")]
    with zipfile.ZipFile(folder / "extract.xlsx") as book:
        for sheet in (name for name in book.namelist() if name.startswith("xl/worksheets/")):
            assert not re.search(rb"<f[ >]", book.read(sheet)), sheet
    kept = duckdb.sql(
        f"select note from '{folder}/parquet/district_spending_detail.parquet' where note is not null"
    ).fetchall()
    assert {row[0] for row in kept} == {text for text in names if "\x00" not in text}


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=12))
def test_a_guarded_cell_begins_with_nothing_that_runs(text):
    shown = guard(text)
    assert shown in (text, f"'{text}")
    assert shown.lstrip("".join(chr(code) for code in range(33)) + "\u00a0\ufeff\u200b")[:1] not in tuple(
        "=+-@＝＋－＠|%"
    )
    assert shown[:1] not in ("\t", "\r", "\n")


@pytest.mark.parametrize(("lea_id", "name"), [("0014", "0014"), ("../x", "%2E.%2Fx"), (".", "%2E"), ("a/b", "a%2Fb")])
def test_a_folder_is_named_for_its_lea_whatever_the_id(lea_id, name):
    assert folder_name(lea_id) == name
