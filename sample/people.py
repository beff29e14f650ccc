"""Staff: planted persons who come, stay and leave, and their assignments.

Belongs here: who works where in each year, with FTE, pay and experience, and what follows for the staffing table.
Does not belong here: sections they teach (`courses`), what the ledger pays at each place (`spending`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from sample.agencies import Lea, School
from sample.membership import Pupils, decimal4
from sample.postings import decimal2

HEADER = ("LEA ID", "Fiscal Year", "Staff ID", "School ID", "Assignment Category", "Assignment FTE", "Salary Amount",
          "Benefits Amount", "Experience Years", "Degree Code", "Is Certified", "Is In Field", "Contract Days", "Race Code",
          "Gender Code")  # fmt: skip
TEACHERS = {"PKTCH", "KINTCH", "ELMTCH", "SECTCH", "UGTCH"}
ROLES = {"PARA": "aide", "CORSUP": "instructional_support", "ELMGUI": "student_support", "SECGUI": "student_support",
         "OTHGUI": "student_support", "PSYCH": "student_support", "STUSUP": "student_support", "LIBSPE": "instructional_support",
         "LIBSUP": "instructional_support", "LEAADM": "admin", "LEASUP": "admin", "SCHADM": "leader", "SCHSUP": "admin",
         "OTHSUP": "other"}  # fmt: skip
PAY = {"SCHADM": 8_800_000, "LEAADM": 9_900_000, "PARA": 2_400_000, "OTHSUP": 2_900_000, "SCHSUP": 3_100_000, "LEASUP": 3_600_000,
       "LIBSUP": 2_700_000}  # fmt: skip
RACES = ("race_wh", "race_wh", "race_wh", "race_hi", "race_bl", "race_as", "race_mr", "race_ai", "")
FULL = 10_000


@dataclass
class Person:
    """One member of staff. `places` are (school id, ten-thousandths of FTE); experience in years, None if not reported."""

    staff_id: str
    category: str
    places: tuple[tuple[str, int], ...]
    experience: int | None
    degree: str
    is_certified: bool
    race: str
    gender: str

    @property
    def is_teacher(self) -> bool:
        return self.category in TEACHERS


@dataclass(frozen=True)
class Assignment:
    person: Person
    school_id: str
    fte: int
    salary: int


class Workforce:
    """The staff of one LEA, moved on year by year."""

    def __init__(self, lea: Lea, seed: int) -> None:
        self.lea = lea
        self.rng = Random(f"{seed}/staff/{lea.lea_id}")
        self._count = 0
        self.people: list[Person] = []

    def year(self, fiscal_year: int, pupils: Pupils) -> list[Assignment]:
        """Move staff on to a fiscal year and give their assignments."""
        self._leave()
        self._fill(pupils)
        wage = (0.9 + 0.2 * self.lea.cost) * 1.03 ** (fiscal_year - 2021)
        return [a for person in self.people for a in self._assignments(person, wage)]

    def _leave(self) -> None:
        stay = [person for person in self.people if self.rng.random() > 0.12]
        for person in stay:
            if person.experience is not None:
                person.experience += 1
            if person.is_teacher and self.rng.random() < 0.01:
                person.category = "CORSUP"
        self.people = stay

    def _fill(self, pupils: Pupils) -> None:
        have: dict[tuple[str, str], int] = {}
        for person in self.people:
            post = person.category, person.places[0][0]
            have[post] = have.get(post, 0) + 1
        for post, wanted in _posts(self.lea, pupils):
            for _ in range(wanted - have.get(post, 0)):
                self.people.append(self._hire(*post))

    def _hire(self, category: str, school_id: str) -> Person:
        rng = self.rng
        self._count += 1
        places: tuple[tuple[str, int], ...] = (
            (school_id, FULL if rng.random() < 0.85 else rng.choice((2_500, 5_000, 7_500))),
        )
        if school_id and len(self.lea.schools) > 1 and rng.random() < 0.04:
            other = rng.choice([s.school_id for s in self.lea.schools if s.school_id != school_id])
            places = ((school_id, 6_000), (other, 4_000))
        years = min(38, int(rng.expovariate(1 / 9)))
        return Person(
            staff_id=f"S{self.lea.lea_id}{self._count:06d}",
            category=category,
            places=places,
            experience=None if rng.random() < 0.02 else years,
            degree=rng.choice(("bachelor", "bachelor", "master", "master", "specialist", "doctorate"))
            if category not in PAY
            else "bachelor",
            is_certified=rng.random() < 0.95,
            race=rng.choice(RACES),
            gender=rng.choice(("gender_f", "gender_f", "gender_f", "gender_m")),
        )

    def _assignments(self, person: Person, wage: float) -> Iterator[Assignment]:
        base = PAY.get(person.category) or 4_300_000 + 120_000 * min(25, person.experience or 0) + (
            600_000 if person.degree != "bachelor" else 0
        )
        for school_id, fte in person.places:
            yield Assignment(person, school_id, fte, int(base * wage) * fte // FULL)


def paid(assignments: list[Assignment], pay: dict[str, int]) -> list[Assignment]:
    """The assignments with the salaries of the ledger: each place's pay, shared in proportion to the usual one."""
    usual: dict[str, int] = defaultdict(int)
    for a in assignments:
        usual[a.school_id] += a.salary
    left = {place: pay.get(place, 0) for place in usual}
    shared = []
    for a in assignments:
        salary = left[a.school_id] * a.salary // usual[a.school_id] if pay.get(a.school_id) else a.salary
        left[a.school_id] -= salary
        usual[a.school_id] -= a.salary
        shared.append(replace(a, salary=salary))
    return shared


def _posts(lea: Lea, pupils: Pupils) -> Iterator[tuple[tuple[str, str], int]]:
    for school in lea.schools:
        count = pupils.school_count(school.school_id)
        yield (_teacher(school), school.school_id), max(1, round(count / 16))
        if not count:
            continue
        guide = "ELMGUI" if school.level == "elementary" else "SECGUI"
        for category, each in (
            ("PARA", 70),
            (guide, 380),
            ("SCHADM", 480),
            ("SCHSUP", 300),
            ("LIBSPE", 600),
            ("OTHSUP", 80),
        ):
            yield (category, school.school_id), max(1 if category == "SCHADM" else 0, round(count / each))
    for category, each in (("LEAADM", 900), ("LEASUP", 500), ("CORSUP", 1200), ("PSYCH", 1100), ("OTHSUP", 150)):
        yield (category, ""), max(1 if category == "LEAADM" else 0, round(pupils.served / each))


def _teacher(school: School) -> str:
    return "ELMTCH" if school.level == "elementary" else "UGTCH" if school.level == "combined" else "SECTCH"


def staff_rows(lea: Lea, fiscal_year: int, assignments: list[Assignment]) -> Iterator[tuple[str, ...]]:
    """The staff file: one row a person and assignment."""
    for a in assignments:
        p = a.person
        yield (lea.lea_id, str(fiscal_year), p.staff_id, a.school_id, p.category, decimal4(a.fte), decimal2(a.salary),
               decimal2(a.salary * 31 // 100), "" if p.experience is None else str(p.experience), p.degree,
               "Y" if p.is_certified else "N", "Y" if p.is_certified and p.degree != "specialist" else "N",
               "187" if p.is_teacher else "210", p.race, p.gender)  # fmt: skip


@dataclass(frozen=True)
class Staffing:
    """What is true of a year's staff; FTE in ten-thousandths, pay in cents."""

    fte: dict[str, int]
    total_fte: int
    teacher_salary: int
    novice_fte: int
    known_fte: int
    experience_fte: int
    teachers: frozenset[str]


def staffing(assignments: list[Assignment]) -> Staffing:
    """Count a year's staff as planted."""
    fte: dict[str, int] = dict.fromkeys(["teacher", *dict.fromkeys(ROLES.values())], 0)
    salary = novice = known = years = 0
    for a in assignments:
        role = "teacher" if a.person.is_teacher else ROLES[a.person.category]
        fte[role] += a.fte
        if role != "teacher":
            continue
        salary += a.salary
        if a.person.experience is not None:
            known += a.fte
            years += a.fte * a.person.experience
            novice += a.fte if a.person.experience < 3 else 0
    teachers = frozenset(a.person.staff_id for a in assignments if a.person.is_teacher)
    return Staffing(fte, sum(fte.values()), salary, novice, known, years, teachers)
