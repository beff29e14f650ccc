"""Pupils: planted counts by school, and the rows that report them.

Belongs here: fall membership by school, grade and group, ADM and ADA, and their totals.
Does not belong here: who the schools are (`agencies`), dollars per pupil (`truth`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from random import Random

from sample.agencies import Lea

FALL_HEADER = (
    "LEA ID",
    "Fiscal Year",
    "School ID",
    "Grade Code",
    "Student Group",
    "Fall Membership Count",
    "ADM",
    "ADA",
)
RACES = (
    ("race_ai", 0.03),
    ("race_as", 0.05),
    ("race_bl", 0.14),
    ("race_hi", 0.24),
    ("race_pi", 0.01),
    ("race_mr", 0.05),
)
TEN_THOUSAND = 10_000


@dataclass
class Pupils:
    """The planted pupils of an LEA-year. ADM and ADA are kept in ten-thousandths."""

    by_school: dict[str, dict[str, int]]
    adm: dict[tuple[str, str], int]
    ada: dict[tuple[str, str], int]
    own_total: dict[str, int] | None

    @cached_property
    def counts(self) -> dict[str, int]:
        """Pupils of each school."""
        return {school_id: sum(grades.values()) for school_id, grades in self.by_school.items()}

    def school_count(self, school_id: str) -> int:
        return self.counts[school_id]

    @cached_property
    def served(self) -> int:
        """Pupils of the LEA's schools together: what central money is spread by."""
        return sum(self.counts.values())

    @property
    def lea_count(self) -> int:
        """The LEA's own count where it reports one, else that of its schools."""
        return sum(self.own_total.values()) if self.own_total is not None else self.served


def draw_pupils(lea: Lea, fiscal_year: int, seed: int) -> Pupils:
    """Plant the pupils of one LEA and year. Every seventh LEA also reports a count of its own."""
    rng = Random(f"{seed}/pupils/{lea.lea_id}/{fiscal_year}")
    size = lea.size(fiscal_year)
    whole = sum(school.weight for school in lea.schools)
    by_school: dict[str, dict[str, int]] = {}
    adm: dict[tuple[str, str], int] = {}
    ada: dict[tuple[str, str], int] = {}
    for school in lea.schools:
        share = size * school.weight / whole / len(school.grades)
        counts = {grade: max(1, round(share * rng.uniform(0.9, 1.1))) for grade in school.grades}
        if not school.weight:
            counts = {school.grades[0]: 0}
        by_school[school.school_id] = counts
        for grade, count in counts.items():
            if not count:
                continue
            adm[school.school_id, grade] = count * rng.randint(9_600, 10_150)
            ada[school.school_id, grade] = adm[school.school_id, grade] * rng.randint(880, 970) // 1000
    own = None
    if lea.index % 7 == 5:
        grades = sorted({grade for counts in by_school.values() for grade in counts})
        # Pupils the LEA sends elsewhere count with the LEA, and in none of its schools.
        own = {g: sum(c.get(g, 0) for c in by_school.values()) + rng.randint(0, 3) for g in grades}
    return Pupils(by_school, adm, ada, own)


def fall_rows(lea: Lea, fiscal_year: int, pupils: Pupils, seed: int) -> Iterator[tuple[str, ...]]:
    """The fall file: every school, grade and group; then the LEA's own totals, if it gives them."""
    rng = Random(f"{seed}/groups/{lea.lea_id}/{fiscal_year}")
    head = (lea.lea_id, str(fiscal_year))
    for school in lea.schools:
        for grade, count in pupils.by_school[school.school_id].items():
            for group, size in _groups(count, school.poverty, rng):
                yield (*head, school.school_id, grade, group, str(size), "", "")
    for grade, count in (pupils.own_total or {}).items():
        yield (*head, "", grade, "all", str(count), "", "")
    if pupils.own_total is not None:
        yield (*head, "", "ALL", "resident", str(pupils.lea_count), "", "")


def year_end_rows(lea: Lea, fiscal_year: int, pupils: Pupils) -> Iterator[tuple[str, ...]]:
    """The year-end file: ADM and ADA of every school and grade."""
    for (school_id, grade), adm in pupils.adm.items():
        yield (
            lea.lea_id,
            str(fiscal_year),
            school_id,
            grade,
            "all",
            "",
            decimal4(adm),
            decimal4(pupils.ada[school_id, grade]),
        )


def decimal4(ten_thousandths: int) -> str:
    """Ten-thousandths as a plain decimal."""
    return f"{ten_thousandths // TEN_THOUSAND}.{ten_thousandths % TEN_THOUSAND:04d}"


def _groups(count: int, poverty: float, rng: Random) -> Iterator[tuple[str, int]]:
    yield "all", count
    if not count:
        return
    yield "econ_dis", min(count, round(count * poverty * rng.uniform(0.8, 1.2)))
    yield "el", round(count * rng.uniform(0.02, 0.14))
    yield "swd", round(count * rng.uniform(0.08, 0.18))
    girls = round(count * rng.uniform(0.45, 0.53))
    yield "gender_f", girls
    yield "gender_m", count - girls
    left = count
    for group, share in RACES:
        size = min(left, int(count * share * rng.uniform(0.5, 1.5)))
        left -= size
        yield group, size
    yield "race_wh", left
