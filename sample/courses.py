"""Course sections: planted classes, their pupils and minutes.

Belongs here: the sections of an LEA-year and the totals that follow from them.
Does not belong here: the teachers' own data (`people`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from sample.agencies import Lea
from sample.membership import Pupils
from sample.people import Assignment

HEADER = ("LEA ID", "Fiscal Year", "School ID", "Section ID", "Course Code", "Subject Code", "Grade Code", "Student Count",
          "Minutes Per Week", "Staff ID")  # fmt: skip
COURSES = {"01": ("01034", 300), "02": ("02034", 300), "03": ("03054", 225), "04": ("04104", 225)}


@dataclass(frozen=True)
class Section:
    school_id: str
    section_id: str
    subject: str
    grade: str
    students: int
    minutes: int
    staff_id: str


def draw_sections(
    lea: Lea, fiscal_year: int, pupils: Pupils, assignments: list[Assignment], seed: int
) -> list[Section]:
    """Plant the sections of one LEA-year; every teacher is one of the school's own."""
    rng = Random(f"{seed}/sections/{lea.lea_id}/{fiscal_year}")
    teachers: dict[str, list[str]] = {}
    for a in assignments:
        if a.person.is_teacher:
            teachers.setdefault(a.school_id, []).append(a.person.staff_id)
    sections: list[Section] = []
    for school in lea.schools:
        subjects = ("01", "02") if school.level == "elementary" else tuple(COURSES)
        for grade, count in pupils.by_school[school.school_id].items():
            for subject in subjects:
                for size in _classes(count, rng):
                    number = len(sections) + 1
                    minutes = COURSES[subject][1] + 15 * rng.randint(-2, 2)
                    staff = rng.choice(teachers[school.school_id])
                    shown = "ALL" if school.level == "high" else grade
                    sections.append(
                        Section(school.school_id, f"{subject}-{number:05d}", subject, shown, size, minutes, staff)
                    )
    return sections


def _classes(count: int, rng: Random) -> Iterator[int]:
    number = -(-count // 24)
    for index in range(number):
        size = count // number + (1 if index < count % number else 0)
        yield max(1, size + (rng.randint(-2, 2) if number > 1 else 0))


def section_rows(lea: Lea, fiscal_year: int, sections: list[Section]) -> Iterator[tuple[str, ...]]:
    """The sections file."""
    for s in sections:
        yield (lea.lea_id, str(fiscal_year), s.school_id, s.section_id, COURSES[s.subject][0], s.subject, s.grade,
               str(s.students), str(s.minutes), s.staff_id)  # fmt: skip
