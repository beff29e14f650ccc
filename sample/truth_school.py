"""The true rows of the tables on schools: spending, its mix, salaries at the average, Title I beside the others.

Belongs here: planted cells and assignments in the shape of those tables. Does not belong here: drawing them, rows of districts (`truth`).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from sample import classify
from sample.agencies import Lea, School, is_title_i
from sample.membership import Pupils
from sample.people import FULL, Assignment
from sample.truth import Books, Row, dollars, ratio


@dataclass(frozen=True)
class SchoolStaff:
    """FTE of a school's staff in ten-thousandths, and what it would cost more at average salaries, in cents."""

    fte: int
    adjustment: Fraction


def average_salaries(assignments: list[Assignment]) -> dict[str, SchoolStaff]:
    """Staff of each school beside the average of each position over the LEA's schools."""
    at_schools = [a for a in assignments if a.school_id]
    pay: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for a in at_schools:
        pay[a.person.category][0] += a.salary
        pay[a.person.category][1] += a.fte
    fte: dict[str, int] = defaultdict(int)
    more: dict[str, Fraction] = defaultdict(Fraction)
    for a in at_schools:
        salary, posts = pay[a.person.category]
        fte[a.school_id] += a.fte
        more[a.school_id] += Fraction(salary * a.fte, posts) - a.salary
    return {school: SchoolStaff(fte[school], more[school]) for school in fte}


def shared(cents: int, counts: dict[str, int]) -> dict[str, int]:
    """Spread cents over schools by their pupils: whole cents, then the largest remainders, ties by school id."""
    whole = sum(counts.values())
    given = {school: cents * count // whole for school, count in counts.items()}
    order = sorted(counts, key=lambda school: (-(cents * counts[school] % whole), school))
    for school in order[: cents - sum(given.values())]:
        given[school] += 1
    return given


def school_rows(
    lea: Lea, fiscal_year: int, books: Books | None, fall: Pupils | None, staff: dict[str, SchoolStaff]
) -> tuple[list[Row], list[Row]]:
    """The rows of `school_spending` and of `school_spending_exclusion`."""
    counts = {s.school_id: fall.school_count(s.school_id) for s in lea.schools} if fall else {}
    served = {school: count for school, count in counts.items() if count}
    exclusions = dict(books.exclusions) if books else {}
    central: list[dict[str, int]] = [{}, {}]
    if books and served:
        central = [shared(cents, served) for cents in books.pool]
    elif books and any(books.pool):
        exclusions["undistributed"] = sum(books.pool)
    key = {"lea_id": lea.lea_id, "fiscal_year": fiscal_year}
    rows = [
        _school_row(key, s.school_id, counts.get(s.school_id), books, central, staff.get(s.school_id))
        for s in lea.schools
    ]
    return rows, [{**key, "category": name, "amount": dollars(cents)} for name, cents in sorted(exclusions.items())]


def _school_row(
    key: Row,
    school_id: str,
    count: int | None,
    books: Books | None,
    central: list[dict[str, int]],
    staff: SchoolStaff | None,
) -> Row:
    row: Row = {"school_id": school_id, **key, "membership_count": count, "salary_adjustment_amount": _rounded(staff)}
    if books is None:
        return {**row, "spending_status": "missing"}
    federal, state_local = books.site.get(school_id, [0, 0])
    shares = [central[0].get(school_id, 0), central[1].get(school_id, 0)]
    total = federal + state_local + sum(shares)
    return row | {
        "site_federal_amount": dollars(federal), "site_state_local_amount": dollars(state_local),
        "central_federal_amount": dollars(shares[0]), "central_state_local_amount": dollars(shares[1]),
        "total_amount": dollars(total), "total_per_pupil": ratio(total, count),
        "site_per_pupil": ratio(federal + state_local, count),
        "excluded_amount": dollars(books.excluded.get(school_id, 0)), "spending_status": "reported",
    } | _at_average(state_local, total, count, row["salary_adjustment_amount"])  # fmt: skip


def _at_average(state_local: int, total: int, count: int | None, adjustment: Decimal | None) -> Row:
    if adjustment is None:
        return {}
    more = int(adjustment.scaleb(2))
    return {
        "average_salary_site_state_local_amount": dollars(state_local + more),
        "average_salary_total_per_pupil": ratio(total + more, count),
    }


def _rounded(staff: SchoolStaff | None) -> Decimal | None:
    """Whole cents, halves away from zero."""
    if staff is None:
        return None
    cents = Decimal(staff.adjustment.numerator) / Decimal(staff.adjustment.denominator)
    return cents.quantize(Decimal(1), ROUND_HALF_UP).scaleb(-2)


def mix_rows(rows: list[Row], books: Books | None) -> list[Row]:
    """The rows of `school_spending_mix`, from those of `school_spending`."""
    mixed = []
    for row in rows if books else ():
        total = int(row["total_amount"].scaleb(2))
        cents = {name: books.mix.get((row["school_id"], name), 0) for name in classify.MIX} if books else {}
        cents["central_share"] = total - sum(cents.values())
        for name, part in cents.items():
            mixed.append(
                {
                    "school_id": row["school_id"], "lea_id": row["lea_id"], "fiscal_year": row["fiscal_year"], "category": name,
                    "amount": dollars(part), "per_pupil": ratio(part, row["membership_count"]),
                    "share_rate": part / total if total else None,
                }
            )  # fmt: skip
    return mixed


def comparability_rows(lea: Lea, rows: list[Row], staff: dict[str, SchoolStaff]) -> list[Row]:
    """The rows of `title_i_comparability`, from those of `school_spending`."""
    schools = {school.school_id: school for school in lea.schools}
    counted = [row for row in rows if row["spending_status"] == "reported" and row["membership_count"]]
    found = []
    for row in counted:
        school = schools[row["school_id"]]
        if is_title_i(school):
            others = [other for other in counted if _is_beside(schools[other["school_id"]], school)]
            found.append(_compared(row, others, staff))
    return found


def _is_beside(other: School, school: School) -> bool:
    return other.level == school.level and not is_title_i(other)


def _compared(row: Row, others: list[Row], staff: dict[str, SchoolStaff]) -> Row:
    own, beside = _per_pupil([row], staff), _per_pupil(others, staff)
    actual, average, posts = (a / b if a is not None and b else None for a, b in zip(own, beside, strict=True))
    return {
        "school_id": row["school_id"], "lea_id": row["lea_id"], "fiscal_year": row["fiscal_year"],
        "comparison_school_count": len(others), "state_local_per_pupil": own[0], "comparison_state_local_per_pupil": beside[0],
        "actual_salary_rate": actual, "average_salary_rate": average, "pupils_per_staff_rate": posts,
        "comparability_status": "compared" if others else "no_comparison_school",
    }  # fmt: skip


def _per_pupil(rows: list[Row], staff: dict[str, SchoolStaff]) -> tuple[float | None, float | None, float | None]:
    """State and local dollars per pupil at actual and at average salaries, and pupils per post."""
    if not rows:
        return None, None, None
    pupils = sum(row["membership_count"] for row in rows)
    actual = float(sum(row["site_state_local_amount"] for row in rows)) / pupils
    if any(row["school_id"] not in staff for row in rows):
        return actual, None, None
    average = float(sum(row["average_salary_site_state_local_amount"] for row in rows)) / pupils
    return actual, average, pupils / (sum(staff[row["school_id"]].fte for row in rows) / FULL)
