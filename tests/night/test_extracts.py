"""Extracts of a real night: valid packages whose every form adds to what the marts say.

Belongs here: `edfin extract`. Does not belong here: cells that would run, which extracts are made anew (`tests/publish/test_making_extracts`).
"""

import csv
import json
import os
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from frictionless import validate
from nights import current
from openpyxl import load_workbook

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def leas(first_night) -> list[str]:
    return [row["lea_id"] for row in json.loads(first_night.home.ok("sql", "select distinct lea_id from dim_lea order by 1", "--format", "json"))]  # fmt: skip


@pytest.fixture(scope="module")
def extracts(first_night, leas, tmp_path_factory) -> dict[str, Path]:
    """Every LEA's, one school's, the state's."""
    into = tmp_path_factory.mktemp("extracts")
    for lea_id in leas:
        first_night.home.ok("extract", "--lea", lea_id, "--into", into)
    school = json.loads(first_night.home.ok("sql", "select lea_id, school_id from school_spending where membership_count > 0 order by all limit 1", "--format", "json"))[0]  # fmt: skip
    first_night.home.ok("extract", "--lea", school["lea_id"], "--school", school["school_id"], "--into", into)
    first_night.home.ok("extract", "--state", "--into", into)
    return {folder.name: folder for folder in sorted(into.iterdir())}


def test_every_extract_is_a_valid_data_package(extracts, leas):
    assert len(extracts) == len(leas) + 2
    for folder in extracts.values():
        report = validate(folder / "datapackage.json")
        assert report.valid, report.flatten(["title", "message"])[:5]


def test_descriptors_tell_type_unit_source_and_hash(extracts, leas):
    package = json.loads((extracts[leas[0]] / "datapackage.json").read_text())
    assert package["edfin"]["lea_id"] == leas[0] and package["edfin"]["audience"] == "restricted"
    assert all(one["hash"].startswith("sha256:") and one["bytes"] for one in package["resources"])
    spending = next(one for one in package["resources"] if one["name"] == "district-spending")
    fields = {one["name"]: one for one in spending["schema"]["fields"]}
    assert fields["current_expenditure_per_pupil"]["unit"] == "dollars per pupil"
    assert (
        fields["total_expenditure_amount"]["type"] == "number" and "marts.district_spending" in fields["adm"]["source"]
    )
    assert all(one["description"] for one in fields.values())


def test_all_forms_add_to_what_the_marts_say(first_night, extracts, leas):
    pandas = pytest.importorskip("pandas")
    for lea_id in leas:
        folder = extracts[lea_id]
        book = load_workbook(folder / "extract.xlsx", read_only=True)
        for table, column in (
            ("district_spending", "total_expenditure_amount"),
            ("operating_budget", "amount"),
            ("f33_detail", "amount"),
        ):
            of_lea = f"select sum({column}) from {table} where lea_id = '{lea_id}'"
            mart = duckdb.sql(f"select sum({column}) from '{current(first_night.home)}/marts/{table}.parquet' where lea_id = '{lea_id}'").fetchall()[0][0]  # fmt: skip
            texts = csv.DictReader((folder / "csv" / f"{table}.csv").open(newline=""))
            in_csv = sum((Decimal(row[column]) for row in texts if row[column]), Decimal(0))
            in_parquet = pandas.read_parquet(folder / "parquet" / f"{table}.parquet")[column].dropna().sum()
            rows = book[table].iter_rows(values_only=True)
            place = next(rows).index(column)
            in_book = sum((Decimal(str(row[place])) for row in rows if row[place] is not None), Decimal(0))
            promised = next(one for one in json.loads((folder / "datapackage.json").read_text())["resources"] if one["path"] == f"csv/{table}.csv")  # fmt: skip
            assert in_csv == in_parquet == in_book == Decimal(promised["totals"][column]) == mart, of_lea


def test_an_extract_holds_no_other_lea(extracts, leas):
    for lea_id in leas:
        for path in extracts[lea_id].glob("parquet/*.parquet"):
            assert duckdb.sql(f"select distinct lea_id from '{path}'").fetchall() == [(lea_id,)], path


def test_people_are_in_no_extract(extracts):
    for folder in extracts.values():
        assert not [path for path in folder.rglob("*") if path.stem.startswith("fct_")]
        assert "staff_id" not in (folder / "datapackage.json").read_text()


def test_libreoffice_opens_the_workbook_and_finds_no_formula(extracts, leas, tmp_path):
    office = shutil.which("soffice")
    if not office:
        assert "EDFIN_REQUIRE_LIBREOFFICE" not in os.environ, "LibreOffice is asked for and not installed"
        pytest.skip("LibreOffice is not installed: the workbook is not opened in it")
    command = [
        office,
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--headless",
        "--convert-to",
        "fods",
        "--outdir",
        str(tmp_path),
    ]
    subprocess.run([*command, str(extracts[leas[0]] / "extract.xlsx")], check=True, capture_output=True, timeout=180)
    text = (tmp_path / "extract.fods").read_text(encoding="utf-8")
    assert "table:formula" not in text and 'table:name="Dictionary"' in text and 'table:name="What changed"' in text


WRONG = {
    ("--lea", "no such", "--into", "x"): "is not in generation",
    ("--lea", "{lea}", "--school", "zzz", "--into", "x"): "has no school zzz",
    ("--into", "x"): "Say --lea ID",
    ("--lea", "{lea}", "--state", "--into", "x"): "Say --lea ID",
    ("--lea", "{lea}", "--public", "--into", "x"): "nothing is released yet",
}


@pytest.mark.parametrize("asked", WRONG)
def test_what_cannot_be_extracted_is_said_and_nothing_is_written(first_night, leas, asked):
    done = first_night.home.run("extract", *(part.format(lea=leas[0]) for part in asked))
    assert done.returncode == 2 and WRONG[asked] in done.stderr and "Traceback" not in done.stderr
    assert not (first_night.home.path / "x").exists()


def test_another_folder_is_never_overwritten(first_night, leas, tmp_path):
    (tmp_path / leas[0]).mkdir()
    (tmp_path / leas[0] / "mine.txt").write_text("kept")
    done = first_night.home.run("extract", "--lea", leas[0], "--into", tmp_path)
    assert done.returncode == 2 and "is no extract" in done.stderr
    assert (tmp_path / leas[0] / "mine.txt").read_text() == "kept"
