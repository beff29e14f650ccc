"""The schools a scenario gives money to: pupils, pupils by need, what they had before.

Belongs here: reading schools from a file or from a published generation. Does not belong here: the formula (`budgeting`).
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

import duckdb

from ingest.refusals import Refusal

MOST, MOST_DECIMALS = Decimal(10) ** 13, 6
"""Larger numbers, or finer ones, are no pupils and no dollars of a school."""
KEYS = ("lea_id", "school_id", "enrollment", "prior_amount")


@dataclass(frozen=True)
class School:
    """A school of one LEA and year. `needs`: pupils by group; `prior`: dollars it had, None where nobody says."""

    school_id: str
    pupils: Decimal
    needs: Mapping[str, Decimal] = field(default_factory=dict)
    prior: Decimal | None = None
    lea_id: str = ""


def schools_of_file(path: Path) -> list[School]:
    """Read a CSV with `school_id`, `enrollment`, one column a group, and `prior_amount` and `lea_id` where they are known.

    Raises:
        Refusal: the file cannot be read; a cell that is no number is named with its row and column.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            header = reader.fieldnames or []
            if missing := {"school_id", "enrollment"} - set(header):
                raise Refusal(f"{path}, line 1: column {' and '.join(sorted(missing))} is missing.")
            groups = [name for name in header if name not in KEYS]
            found = [_school(path, number, row, groups) for number, row in enumerate(reader, 2)]
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise Refusal(f"{path}: cannot be read ({problem}).") from problem
    if twice := [key for key, count in Counter((one.lea_id, one.school_id) for one in found).items() if count > 1]:
        raise Refusal(f"{path}: school {twice[0][1]} stands there twice.")
    if not found:
        raise Refusal(f"{path}: there is no school in it.")
    return found


def _school(path: Path, number: int, row: dict[str, str | None], groups: list[str]) -> School:
    def number_of(column: str) -> Decimal:
        text = (row.get(column) or "").strip()
        try:
            value = Decimal(text)
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite() or not 0 <= value < MOST or value.as_tuple().exponent < -MOST_DECIMALS:
            raise Refusal(
                f"{path}, row {number}, column {column}: {text or '(empty)'} is no number of pupils or dollars."
            )
        return value

    if not (row.get("school_id") or "").strip():
        raise Refusal(f"{path}, row {number}, column school_id: is empty.")
    prior = (row.get("prior_amount") or "").strip()
    return School(
        school_id=str(row["school_id"]).strip(),
        pupils=number_of("enrollment"),
        needs={group: number_of(group) for group in groups},
        prior=number_of("prior_amount") if prior else None,
        lea_id=(row.get("lea_id") or "").strip(),
    )


def schools_of_generation(con: duckdb.DuckDBPyConnection, lea_id: str, fiscal_year: int) -> list[School]:
    """The schools of an LEA and year as a generation knows them; prior dollars are their total_amount in school_spending.

    Raises:
        Refusal: the LEA-year has no schools with pupils there.
    """
    spending = con.execute(
        "select school_id, membership_count, total_amount from school_spending where lea_id = ? and fiscal_year = ? order by school_id",
        [lea_id, fiscal_year],
    ).fetchall()
    if unknown := [row[0] for row in spending if row[1] is None and row[2]]:
        raise Refusal(
            f"LEA {lea_id}, FY{fiscal_year}: nobody counted the pupils of school {', '.join(unknown[:5])}, which spends money; a formula cannot leave it out."
        )
    counted = [(school_id, pupils or 0, total) for school_id, pupils, total in spending if pupils or total]
    if not any(pupils for _, pupils, _ in counted):
        known = con.execute(
            "select min(lea_id), max(lea_id), min(fiscal_year), max(fiscal_year) from school_spending"
        ).fetchall()[0]
        raise Refusal(
            f"LEA {lea_id} has no schools with pupils in FY{fiscal_year} here; there are LEAs {known[0]} to {known[1]}, "
            f"FY{known[2]} to FY{known[3]}."
        )
    groups = con.execute(
        "select school_id, student_group, case when count(*) = count(fall_membership_count) then sum(fall_membership_count) end from fct_membership where lea_id = ? and fiscal_year = ? "
        "and reporting_period = 'fall' and school_id is not null and student_group <> 'all' and grade_code <> 'AE' group by all",
        [lea_id, fiscal_year],
    ).fetchall()
    needs: dict[str, dict[str, Decimal]] = {}
    for school_id, group, pupils in groups:
        if pupils is not None:
            needs.setdefault(school_id, {})[group] = Decimal(pupils)
    return [
        School(school_id, Decimal(pupils), needs.get(school_id, {}), total, lea_id)
        for school_id, pupils, total in counted
    ]
