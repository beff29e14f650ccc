"""What the tests of nights do to a home and read from it.

Belongs here: sending files, killing a night, reading a generation for comparison. Does not belong here: what must hold.
"""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb

PROJECT = Path(__file__).parents[2]
SAMPLE = ("--leas", "4", "--first-year", "2024", "--last-year", "2025", "--seed", "2", "--errors")
CHANGE = Decimal("1000.00")
# The tables whose truth is planted, with their keys.
TRUTH = {
    "district_spending": ("lea_id", "fiscal_year"),
    "district_spending_detail": ("lea_id", "fiscal_year", "function_code", "object_code", "source_level", "fund_code"),
    "district_staffing": ("lea_id", "fiscal_year"),
    "operating_budget": ("lea_id", "fiscal_year", "amount_type", "step"),
    "operating_budget_source_use": ("lea_id", "fiscal_year", "amount_type", "source", "use"),
    "f33_detail": ("lea_id", "fiscal_year", "f33_item"),
    "lea_panel": ("view", "unit_id", "fiscal_year"),
    "peers": ("lea_id", "fiscal_year", "peer_lea_id"),
    "school_peers": ("lea_id", "school_id", "fiscal_year", "peer_lea_id", "peer_school_id"),
    "district_productivity": ("lea_id", "fiscal_year", "measure", "subject", "assessment_id", "model"),
    "school_productivity": ("lea_id", "school_id", "fiscal_year", "measure", "subject", "assessment_id", "model"),
    "school_allocation": ("lea_id", "school_id", "fiscal_year", "scenario"),
    "school_spending": ("lea_id", "school_id", "fiscal_year"),
    "spending_flexibility": ("lea_id", "fiscal_year", "school_id"),
    "sustainability": ("lea_id", "fiscal_year"),
    "school_spending_mix": ("lea_id", "school_id", "fiscal_year", "category"),
    "title_i_comparability": ("lea_id", "school_id", "fiscal_year"),
    "school_spending_exclusion": ("lea_id", "fiscal_year", "category"),
    "submission_quality": ("lea_id", "collection", "fiscal_year", "reporting_period"),
}
MARTS = (
    "district_spending",
    "district_spending_detail",
    "district_staffing",
    "school_spending",
    "school_spending_exclusion",
)
FACTS = ("fct_ledger", "fct_ledger_mapped", "fct_membership", "fct_outcomes", "fct_sections", "fct_staff_assignments")


def current(home) -> Path:
    """The folder of the generation that readers see."""
    return (home.path / "published" / "restricted" / "current").resolve()


def manifest(folder: Path) -> dict:
    return json.loads((folder / "manifest.json").read_text())


def contents(home, generation_id: str) -> dict[tuple[str, str, int], tuple[int, str]]:
    """A sum over all rows of each LEA and year of each table, interim ledgers apart."""
    parts = []
    for table in MARTS + FACTS:
        only = "where reporting_period <> 'interim'" if table.startswith("fct_ledger") else ""
        parts.append(
            f"select '{table}' as name, lea_id, fiscal_year, count(*) as n, cast(sum(cast(hash(t) as hugeint)) as varchar) as h "
            f"from (select columns(lambda c: c not like '%\\_at' escape '\\' and c <> 'data_as_of') from {table} {only}) as t group by all"
        )
    rows = json.loads(home.ok("sql", " union all ".join(parts), "--generation", generation_id, "--format", "json"))
    return {(r["name"], r["lea_id"], r["fiscal_year"]): (r["n"], r["h"]) for r in rows}


def differences(truth: Path, mart: Path, keys: tuple[str, ...]) -> list[str]:
    """How a mart differs from its truth: columns with the number of rows, and rows without a partner."""
    columns = {row[0]: row[1] for row in duckdb.sql(f"describe select * from '{truth}'").fetchall()}
    on = " and ".join(f"t.{key} is not distinct from m.{key}" for key in keys)
    differs = {
        name: f"abs(t.{name} - m.{name}) > 1e-9 * greatest(1, abs(t.{name})) or (t.{name} is null) <> (m.{name} is null)"
        if kind == "DOUBLE" else f"t.{name} is distinct from m.{name}"
        for name, kind in columns.items() if name not in keys
    }  # fmt: skip
    rows = duckdb.sql(
        f"select {', '.join(f'count(*) filter (where {test}) as {name}' for name, test in differs.items())} "
        f"from '{truth}' as t join '{mart}' as m on {on}"
    ).fetchall()[0]
    found = [f"{name}: {count} rows" for name, count in zip(differs, rows, strict=True) if count]
    for left, right in ((truth, mart), (mart, truth)):
        lost = duckdb.sql(f"select * from '{left}' as t anti join '{right}' as m on {on}").fetchall()
        found += [f"{len(lost)} rows of {left} have no partner: {lost[:3]}"] if lost else []
    return found


def kill_night(home, marker: str, wait: float = 0.0) -> str:
    """Start a night and kill -9 it `wait` seconds after it says `marker`; give the last line it said."""
    command = [str(Path(sys.executable).parent / "edfin"), "nightly"]
    night = subprocess.Popen(command, env=home.environment(), cwd=home.path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)  # fmt: skip
    said = ""
    for line in night.stderr:
        said = line.strip()
        if said.startswith(marker):
            time.sleep(wait)
            os.kill(night.pid, signal.SIGKILL)
            break
    night.wait()
    night.stderr.close()
    return said


@dataclass
class Sent:
    """What districts send between the two nights."""

    changed: tuple[str, int]
    changed_id: str
    suspended_id: str
    several_id: str


def latest(home, wanted) -> dict[str, str]:
    """The manifest's last row that meets a condition."""
    with (home.path / "sample" / "manifest.csv").open() as stream:
        return [row for row in csv.DictReader(stream) if wanted(row)][-1]


def submit(home, path: Path, lea_id: str, fiscal_year: int, period: str) -> str:
    lea = ("--lea", lea_id) if lea_id else ()
    said = home.ok("submit", path, "--collection", "ledger", "--fiscal-year", fiscal_year, "--period", period, *lea)
    return json.loads(said)["submission_id"]


def lines(home, row: dict[str, str]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((home.path / "sample" / row["file"]).read_text())))


def write(path: Path, lines: list[dict[str, str]]) -> Path:
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(lines[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)
    return path


def statuses(home) -> dict[str, str]:
    return {row["submission_id"]: row["status"] for row in json.loads(home.ok("status", "--format", "json"))}
