"""The staffing table's true rows, from planted persons and sections.

Belongs here: ratios of planted FTE, pay, experience, turnover and class sizes.
Does not belong here: drawing persons (`people`) or sections (`courses`).
"""

from __future__ import annotations

from sample.agencies import Lea
from sample.courses import Section
from sample.membership import Pupils
from sample.people import FULL, Staffing
from sample.truth import Books, Row

INSTRUCTIONAL_WEEKS = 36
GROUPS = ("aide", "leader", "student_support", "instructional_support", "admin", "other")


def _over(part: float | None, whole: float | None) -> float | None:
    return part / whole if part is not None and whole else None


def staffing_row(
    lea: Lea,
    fiscal_year: int,
    staff: Staffing | None,
    next_staff: Staffing | None,
    fall: Pupils | None,
    sections: list[Section] | None,
    books: Books | None,
) -> Row:
    """One row of `district_staffing`; a part that was not accepted leaves its ratios null."""
    count = fall.lea_count if fall else None
    row: Row = {"lea_id": lea.lea_id, "fiscal_year": fiscal_year, "staffing_status": "reported" if staff else "missing"}
    if staff:
        row |= _staff_measures(staff, next_staff, count)
    if sections is not None:
        row |= _section_measures(sections, books)
    return row


def _staff_measures(staff: Staffing, next_staff: Staffing | None, count: int | None) -> Row:
    teacher = staff.fte["teacher"] / FULL
    left = len(staff.teachers - next_staff.teachers) if next_staff else None
    row: Row = {
        "teacher_fte": teacher,
        "total_fte": staff.total_fte / FULL,
        "pupils_per_teacher_fte": _over(count, teacher),
        "teacher_fte_per_100_pupils": _over(teacher * 100, count),
        "average_teacher_salary_amount": _over(staff.teacher_salary / 100, teacher),
        "novice_teacher_share_rate": _over(staff.novice_fte, staff.known_fte),
        "average_teacher_experience_years": _over(staff.experience_fte, staff.known_fte),
        "teacher_turnover_rate": _over(left, len(staff.teachers)),
    }
    return row | {f"{group}_fte_per_100_pupils": _over(staff.fte[group] / FULL * 100, count) for group in GROUPS}


def _section_measures(sections: list[Section], books: Books | None) -> Row:
    students = sum(s.students for s in sections)
    hours = sum(s.students * s.minutes for s in sections) / 60 * INSTRUCTIONAL_WEEKS
    return {
        "average_class_size": _over(students, len(sections)),
        "pupil_weighted_class_size": _over(sum(s.students**2 for s in sections), students),
        "instructional_hours": hours,
        "spend_per_instructional_hour": _over(books.instructional_pay / 100 if books else None, hours),
    }
