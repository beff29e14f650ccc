"""The ten districts as files: their directory, their submissions, and `edfin` on a home of theirs.

Belongs here: turning the fixtures of `districts/` into what districts send. Does not belong here: what must come out.
"""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "districts"
FORMULAS = (
    "published,pool_basis,,,site_state_local", "published,weight,econ_dis,,0.25", "published,weight,el,,0.30",
    "published,weight,swd,,0.90", "published,hold_harmless_rate,,,0.98",
    "salaries,pool_basis,,,site_state_local", "salaries,salary_basis,,,average",
)  # fmt: skip
DISTRICTS = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.yml"))]
EXAMPLES = Path(__file__).parents[3] / "shared" / "domain" / "worked_examples"
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


STAFF = ["lea_id", "fiscal_year", "staff_id", "school_id", "assignment_category", "assignment_fte", "salary_amount", "benefits_amount",
         "experience_years", "degree_code", "is_certified", "is_in_field", "contract_days", "race_code", "gender_code"]  # fmt: skip


def published() -> list[dict[str, Any]]:
    """The published example of site and central spending as a district, where it is at hand: schools in their order, dollars as given."""
    path = EXAMPLES / "v21_site_central_input.csv"
    if not path.exists():
        return []
    with path.open(newline="") as stream:
        entities = list(csv.DictReader(stream))
    schools = {
        row["entity"]: f"{n:03d}" for n, row in enumerate((r for r in entities if r["entity_type"] == "school"), 1)
    }
    lines = []
    for row in entities:
        place = f"school,{schools[row['entity']]}" if row["entity"] in schools else "central,"
        function = "110,expenditure,110,1110" if row["entity"] in schools else "110,expenditure,315,3300"
        lines.append(f"{function},00,4100,,,{place},{row['federal_usd']}")
        lines.append(
            f"010,expenditure,{'110,1110' if row['entity'] in schools else '420,1190'},00,0000,,,{place},{row['state_local_usd']}"
        )
    counts = [(schools[row["entity"]], int(row["enrollment"])) for row in entities if row["entity"] in schools]
    return [
        {
            "lea": {"lea_id": "9021", "lea_name": "Published Example School District"},
            "schools": [{"school_id": school_id} for school_id in schools.values()],
            "names": schools,
            "years": [
                {
                    "fiscal_year": 2024, "ledger": [{"period": "actual_unaudited", "lines": "\n".join(lines)}],
                    "membership": [{"school_id": school, "grade_code": "01", "count": count} for school, count in counts],
                }
            ],
        }
    ]  # fmt: skip


def published_budget() -> list[dict[str, Any]]:
    """The published student-based budget as a district: what its schools had is what they spend of state and local money."""
    rows = _example("v20_student_based_budget_input.csv")
    schools = {row["school"]: f"{n:03d}" for n, row in enumerate(rows, 1)}
    groups = {"econ_dis": "low_income", "el": "english_learner", "swd": "students_with_disabilities"}
    return _as_district("9020", schools, [(schools[row["school"]], row["prior_allocation_usd"]) for row in rows], [
        {"school_id": schools[row["school"]], "grade_code": "01", "count": int(row["enrollment"]),
         "groups": {group: int(row[column]) for group, column in groups.items()}} for row in rows
    ])  # fmt: skip


TEACHERS, MEAN = 20, 70_000_00


def published_salaries() -> list[dict[str, Any]]:
    """The pilot schools of the published salary adjustments as a district: their teachers are paid less than the mean by what is published,
    and those of one school more, by which the mean is what it is."""
    rows = _example("v01_ssfr_salary_adjustment.csv")
    schools = {row["school"]: f"{n:03d}" for n, row in enumerate(rows, 1)} | {"(the others)": f"{len(rows) + 1:03d}"}
    adjusted = [(schools[row["school"]], int(row["salary_adjustment_usd"]) * 100, TEACHERS) for row in rows]
    rest = (schools["(the others)"], -sum(cents for _, cents, _ in adjusted), 100)
    counts = [(schools[row["school"]], int(row["enrollment"])) for row in rows] + [(rest[0], 1000)]
    made = _as_district("9019", schools, [(school, "1500000.00") for school in schools.values()], [
        {"school_id": school, "grade_code": "01", "count": count} for school, count in counts
    ])  # fmt: skip
    for district in made:
        district["years"][0]["staff"] = [
            (school, f"T{school}{n:04d}", pay / 100)
            for school, cents, people in [*adjusted, rest]
            for n, pay in enumerate(_paid(people * MEAN - cents, people))
        ]
    return made


def _paid(cents: int, people: int) -> list[int]:
    return [cents // people + (1 if n < cents % people else 0) for n in range(people)]


def _example(name: str) -> list[dict[str, str]]:
    path = EXAMPLES / name
    if not path.exists():
        return []
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))


def _as_district(
    lea_id: str, schools: dict[str, str], spent: list[tuple[str, str]], membership: list[dict]
) -> list[dict[str, Any]]:
    if not spent:
        return []
    lines = [f"010,expenditure,110,1110,00,0000,,,school,{school},{amount}" for school, amount in spent]
    year = {
        "fiscal_year": 2024,
        "ledger": [{"period": "actual_unaudited", "lines": "\n".join(lines)}],
        "membership": membership,
    }
    return [
        {
            "lea": {"lea_id": lea_id, "lea_name": f"Published Example {lea_id}"},
            "schools": [{"school_id": school_id} for school_id in schools.values()],
            "names": schools,
            "years": [year],
        }
    ]


PUBLISHED = [*published(), *published_budget(), *published_salaries()]


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
    for district in [*DISTRICTS, *PUBLISHED]:
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
    write(folder / "formula_parameters.csv", ["scenario", "parameter", "student_group", "grade_code", "value", "first_fiscal_year", "last_fiscal_year", "source"],
          [[*row.split(","), "", "", SOURCE] for row in FORMULAS])  # fmt: skip
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
    for district in [*DISTRICTS, *PUBLISHED]:
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
                rows += [
                    [lea_id, fiscal_year, m["school_id"], m["grade_code"], group, count, "", ""]
                    for m in year["membership"]
                    for group, count in m.get("groups", {}).items()
                ]
                name = f"{lea_id}_{fiscal_year}_membership.csv"
                write(folder / name, MEMBERSHIP, rows)
                manifest.append([name, lea_id, "membership", fiscal_year, "fall", "standard"])
            if "staff" in year:
                rows = [[lea_id, fiscal_year, staff, school, "ELMTCH", "1.0", f"{pay:.2f}", "", 10, "bachelor", "Y", "Y", 187, "", ""]
                        for school, staff, pay in year["staff"]]  # fmt: skip
                write(folder / f"{lea_id}_{fiscal_year}_staff.csv", STAFF, rows)
                manifest.append([f"{lea_id}_{fiscal_year}_staff.csv", lea_id, "staff", fiscal_year, "fall", "standard"])
    write(
        folder / "manifest.csv", ["file", "lea_id", "collection", "fiscal_year", "reporting_period", "layout"], manifest
    )
    return folder / "manifest.csv"
