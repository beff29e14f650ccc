"""Ten districts worked out by hand against the definitions, through the public commands only.

Belongs here: writing the fixtures of `districts/` as submissions and comparing the analysts' tables with them.
Does not belong here: computing an expected value; every one is typed in a fixture with its reason.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

FOLDER = Path(__file__).parent / "districts"
DISTRICTS = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.yml"))]
SOURCE = "hand-worked district"
LINE = ["fund_code", "account_class", "function_code", "object_code", "program_code", "project_code", "source_code", "payee_type", "location_type", "school_id", "amount", "amount_type"]  # fmt: skip
LEDGER = ["lea_id", "fiscal_year", *LINE]
MEMBERSHIP = [
    "lea_id",
    "fiscal_year",
    "school_id",
    "grade_code",
    "student_group",
    "fall_membership_count",
    "adm",
    "ada",
]
KEYS = {"district_spending_detail": ("function_code", "object_code", "source_level", "fund_code")}


def edfin(home: Path, *arguments: str) -> str:
    """Run one command of `edfin` in a home of its own."""
    command = shutil.which("edfin", path=str(Path(sys.executable).parent)) or "edfin"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("EDFIN_")}
    environment |= {"EDFIN_HOME": str(home), "EDFIN_STATE": "sample", "EDFIN_KEY_FILE": str(home / "key")}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    done = subprocess.run([command, *arguments], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"edfin {' '.join(arguments)}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def write(path: Path, header: list[str], rows: list[list[Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, lineterminator="\n").writerows([header, *rows])


def write_directory(folder: Path) -> None:
    """The ten districts' directory, calendar and wage index, in the form of the sample's reference tables."""
    folder.mkdir(parents=True)
    leas, schools, indexes, expected = [], [], [], []
    for district in DISTRICTS:
        lea = district["lea"]
        number = lea["lea_id"]
        kind, charter = lea.get("lea_type_code", "1"), lea.get("is_charter", "N")
        leas.append(
            [
                number,
                f"99{int(number):05d}",
                lea["lea_name"],
                kind,
                charter,
                "32",
                "Hand",
                f"L{number}",
                2020,
                "",
                SOURCE,
            ]
        )
        for school in district["schools"]:
            school_id = school["school_id"]
            schools.append([school_id, number, f"99{int(number):05d}{int(school_id):05d}", f"School {school_id}", "elementary", "none",
                            "N", 2020, "", SOURCE])  # fmt: skip
        if "cwift" in lea:
            indexes.append([number, 2022, lea["cwift"], "0.010", SOURCE])
        expected += [["ledger", year["fiscal_year"], "actual_unaudited", number, SOURCE] for year in district["years"]]
    write(folder / "leas.csv", ["lea_id", "nces_lea_id", "lea_name", "lea_type_code", "is_charter", "locale_code", "region_name", "lineage_id", "first_fiscal_year", "last_fiscal_year", "source"], leas)  # fmt: skip
    write(folder / "schools.csv", ["school_id", "lea_id", "nces_school_id", "school_name", "school_level", "designation_code", "is_title_i", "first_fiscal_year", "last_fiscal_year", "source"], schools)  # fmt: skip
    write(folder / "cwift_lea.csv", ["lea_id", "index_year", "cwift", "cwift_se", "source"], indexes)
    write(folder / "lea_alias.csv", ["alias", "lea_id", "source"], [])
    write(
        folder / "expected_submissions.csv",
        ["collection", "fiscal_year", "reporting_period", "lea_id", "source"],
        expected,
    )
    write(folder / "calendar.csv", ["collection", "fiscal_year", "reporting_period", "opens_on", "due_on", "closes_on", "source"],
          [["ledger", year, "actual_unaudited", f"{year}-07-01", f"{year}-10-15", f"{year}-12-31", SOURCE] for year in (2023, 2024)])  # fmt: skip


def write_submissions(folder: Path) -> Path:
    """The districts' files and the manifest, in the order they are sent."""
    folder.mkdir(parents=True)
    manifest = []
    for district in DISTRICTS:
        lea_id = district["lea"]["lea_id"]
        for year in district["years"]:
            fiscal_year = year["fiscal_year"]
            for number, book in enumerate(year["ledger"]):
                lines = list(csv.reader(io.StringIO(book["lines"])))
                rows = [[lea_id, fiscal_year, *line, *(["actual"] if len(line) < len(LINE) else [])] for line in lines]
                name = f"{lea_id}_{fiscal_year}_ledger_{number}.csv"
                write(folder / name, LEDGER, rows)
                manifest.append([name, lea_id, "ledger", fiscal_year, book["period"], "standard"])
            if "membership" in year:
                rows = [
                    [lea_id, fiscal_year, m["school_id"], m["grade_code"], "all", m["count"], "", ""]
                    for m in year["membership"]
                ]
                name = f"{lea_id}_{fiscal_year}_membership.csv"
                write(folder / name, MEMBERSHIP, rows)
                manifest.append([name, lea_id, "membership", fiscal_year, "fall", "standard"])
    write(
        folder / "manifest.csv", ["file", "lea_id", "collection", "fiscal_year", "reporting_period", "layout"], manifest
    )
    return folder / "manifest.csv"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One home, one night for all ten districts."""
    home = tmp_path_factory.mktemp("hand_worked")
    write_directory(home / "sample" / "reference")
    manifest = write_submissions(home / "sent")
    edfin(home, "submit", "--manifest", str(manifest), "--from", str(manifest.parent))
    edfin(home, "nightly")
    return home


@pytest.fixture(scope="module")
def marts(home: Path) -> dict[str, list[dict[str, Any]]]:
    """The analysts' tables that the fixtures speak about."""
    tables = ("district_spending", "district_spending_detail", "school_spending", "school_spending_exclusion")
    return {
        table: json.loads(edfin(home, "sql", f"select * from marts.{table}", "--format", "json")) for table in tables
    }


def rows_of(marts: dict[str, list[dict[str, Any]]], table: str, lea_id: str, fiscal_year: int) -> list[dict[str, Any]]:
    return [row for row in marts[table] if row["lea_id"] == lea_id and int(row["fiscal_year"]) == fiscal_year]


def differences(row: dict[str, Any], expected: dict[str, Any], where: str) -> list[str]:
    """Compare one row: texts of dollars to the cent, floats closely, everything else exactly."""
    found = []
    for column, value in expected.items():
        actual = row[column]
        if isinstance(value, float) and actual is not None:
            same = float(actual) == pytest.approx(value, rel=1e-9)
        elif column.endswith("amount") and value is not None and actual is not None:
            same = Decimal(str(actual)).quantize(Decimal("0.01")) == Decimal(value)
        else:
            same = actual == value
        if not same:
            found.append(f"{where} {column}: expected {value}, found {actual}")
    return found


CASES = [(d, y) for d in DISTRICTS for y in d["years"]]
NAMES = [f"{d['lea']['lea_name'].replace(' ', '_')}_{y['fiscal_year']}" for d, y in CASES]


@pytest.mark.parametrize(("district", "year"), CASES, ids=NAMES)
def test_marts_equal_the_hand_worked_values(district: dict, year: dict, marts: dict) -> None:
    lea_id, fiscal_year, expected = district["lea"]["lea_id"], year["fiscal_year"], year["expected"]
    (spending,) = rows_of(marts, "district_spending", lea_id, fiscal_year)
    found = differences(spending, expected["district_spending"], "district_spending")
    keys = KEYS["district_spending_detail"]
    detail = {tuple(r[k] for k in keys): r for r in rows_of(marts, "district_spending_detail", lea_id, fiscal_year)}
    for row in expected.get("district_spending_detail", ()):
        key = tuple(row[k] for k in keys)
        # A cell whose lines cancel may be absent or zero.
        if key in detail or Decimal(row["amount"]):
            found += differences(detail.get(key, {"amount": None}), {"amount": row["amount"]}, f"detail {key}")
    schools = {row["school_id"]: row for row in rows_of(marts, "school_spending", lea_id, fiscal_year)}
    for school_id, row in expected.get("school_spending", {}).items():
        found += differences(schools[school_id], row, f"school {school_id}")
    if "school_spending_exclusion" in expected:
        rows = rows_of(marts, "school_spending_exclusion", lea_id, fiscal_year)
        amounts = {row["category"]: Decimal(str(row["amount"])).quantize(Decimal("0.01")) for row in rows}
        wanted = {name: Decimal(value) for name, value in expected["school_spending_exclusion"].items()}
        if {name: value for name, value in amounts.items() if value} != wanted:
            found.append(f"exclusions: expected {wanted}, found {amounts}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("district", "year"), CASES, ids=NAMES)
def test_schools_and_exclusions_add_up_to_every_expenditure_line(district: dict, year: dict, marts: dict) -> None:
    if len(year["ledger"]) > 1:
        pytest.skip("several versions: the fixture's values say which one counts")
    lea_id, fiscal_year = district["lea"]["lea_id"], year["fiscal_year"]
    lines = list(csv.reader(io.StringIO(year["ledger"][0]["lines"])))
    spent = sum((Decimal(x[10]) for x in lines if x[1] == "expenditure" and len(x) < len(LINE)), Decimal(0))
    schools = rows_of(marts, "school_spending", lea_id, fiscal_year)
    exclusions = rows_of(marts, "school_spending_exclusion", lea_id, fiscal_year)
    parts = (
        [r["total_amount"] for r in schools]
        + [r["excluded_amount"] for r in schools]
        + [r["amount"] for r in exclusions]
    )
    assert sum((Decimal(str(part)) for part in parts), Decimal(0)).quantize(Decimal("0.01")) == spent


def test_a_suspended_version_leaves_the_earlier_one_standing(home: Path) -> None:
    listed = json.loads(edfin(home, "status", "--format", "json"))
    audited = [s for s in listed if s["lea_id"] == "9010" and s["reporting_period"] == "actual_audited"]
    states = {s["version"]: s["status"] for s in audited}
    assert states == {1: "superseded", 2: "accepted", 3: "suspended"}
