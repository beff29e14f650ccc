"""The districts and schools of the sample state.

Belongs here: which LEAs and schools exist, their size, need and wage level, and the directory's rows about them.
Does not belong here: pupils by grade (`membership`), money, or anything of one fiscal year only.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random

from sample.lineage import Event, Fate, fates, lea_id

GRADES = {
    "elementary": ("KG", "01", "02", "03", "04", "05"),
    "middle": ("06", "07", "08"),
    "high": ("09", "10", "11", "12"),
    "combined": ("KG", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12"),
    "other": ("09", "10", "11", "12"),
}
REGIONS = ("Coast", "Plains", "Hills", "Lakes")
PLACES = ("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Hazel", "Juniper", "Larch", "Maple", "Oak", "Pine",
          "Rowan", "Spruce", "Tamarack", "Willow")  # fmt: skip
LANDS = ("Bay", "Creek", "Falls", "Grove", "Harbor", "Hill", "Lake", "Park", "Prairie", "Ridge", "River", "Valley")
CWIFT_YEARS = (2019, 2021, 2022, 2023)
SOURCE = "edfin sample directory"


@dataclass(frozen=True)
class School:
    """A school; `weight` is its share of the LEA's pupils before noise, 0 for a school without pupils."""

    school_id: str
    name: str
    level: str
    weight: float
    poverty: float
    designation: str

    @property
    def grades(self) -> tuple[str, ...]:
        return GRADES[self.level]


@dataclass(frozen=True)
class Lea:
    """A district; `pupils` is its size in the first year, `cost` its spending level against the state.

    `moved` are pupils who come (or go, below zero) with an event, from a year on; `names` the names by the year they begin.
    """

    index: int
    lea_id: str
    names: tuple[tuple[int, str], ...]
    is_charter: bool
    locale_code: str
    region_name: str
    pupils: int
    growth: float
    poverty: float
    cost: float
    first_year: int
    last_year: int | None
    schools: tuple[School, ...]
    cwift: dict[int, str] = field(hash=False)
    moved: tuple[tuple[int, int], ...] = ()
    is_split_off: bool = False
    recoded_from: str = ""
    is_recoded: bool = False

    @property
    def nces_lea_id(self) -> str:
        """The national id; it outlives a change of the state's code."""
        return f"99{int(self.recoded_from or self.lea_id) // 7:05d}"

    @property
    def lineage_id(self) -> str:
        return f"L{self.recoded_from or self.lea_id}"

    def name(self, fiscal_year: int) -> str:
        """The district's name in a fiscal year."""
        return [name for year, name in self.names if year <= fiscal_year][-1]

    def size(self, fiscal_year: int) -> float:
        """Pupils in a fiscal year, before the noise of schools and grades."""
        grown = self.pupils * (1 + self.growth) ** (fiscal_year - self.first_year)
        return max(20.0, grown + sum(count for year, count in self.moved if year <= fiscal_year))

    def is_open(self, fiscal_year: int) -> bool:
        return self.first_year <= fiscal_year and (self.last_year is None or fiscal_year <= self.last_year)


def draw_leas(count: int, first_year: int, events: list[Event], seed: int) -> Iterator[Lea]:
    """Draw the state's districts one after another; the same seed gives the same districts."""
    told = fates(events)
    before = {source for fate in told.values() for source, _, _ in fate.takes}
    before |= {fate.recoded_from for fate in told.values() if fate.recoded_from}
    known: dict[int, Lea] = {}
    for index in range(1, count + 1):
        fate = told.get(index, Fate())
        if fate.recoded_from and fate.opens:
            lea = _recoded(known[fate.recoded_from], index, fate.opens)
        else:
            lea = _lea(index, first_year, Random(f"{seed}/lea/{index}"), fate, known)
        if index in before:
            known[index] = lea
        yield lea


def _recoded(old: Lea, index: int, opens: int) -> Lea:
    """The same district under the code it has from a year on."""
    return replace(
        old, index=index, lea_id=lea_id(index), pupils=round(old.size(opens)), first_year=opens, last_year=None,
        names=((opens, old.name(opens)),), recoded_from=old.lea_id, is_recoded=False,
    )  # fmt: skip


def _lea(index: int, first_year: int, rng: Random, fate: Fate, known: dict[int, Lea]) -> Lea:
    is_charter = index % 15 == 11
    if is_charter or index % 8 == 3:
        pupils = int(rng.uniform(60, 600))
    elif index % 40 == 7:
        pupils = int(rng.uniform(15_000, 40_000))
    else:
        pupils = min(30_000, max(120, int(rng.lognormvariate(math.log(1400), 1.1))))
    opens = fate.opens or first_year
    arrived = [(year, round(known[source].size(year) * percent / 100)) for source, percent, year in fate.takes]
    if fate.opens and arrived:
        pupils, arrived = sum(count for year, count in arrived if year == opens), [a for a in arrived if a[0] > opens]
    single = is_charter or (index % 8 == 3 and not fate.takes)
    poverty = min(0.9, max(0.05, rng.gauss(0.42, 0.18)))
    name = f"{PLACES[index % 16]} {LANDS[(index // 16 + index) % 12]}"
    if index > 192:
        name += f" {index // 192 + 1}"
    kind = "Charter School" if is_charter else "School District"
    wages = 0.93 + 0.22 * rng.random()
    cwift = (
        {}
        if is_charter
        else {year: f"{wages + 0.004 * (year - 2021) + rng.uniform(-0.005, 0.005):.3f}" for year in CWIFT_YEARS}
    )
    lea = Lea(
        index=index,
        lea_id=lea_id(index),
        names=((opens, f"{name} {kind}"), *([(fate.renamed, f"{name} Unified {kind}")] if fate.renamed else [])),
        is_charter=is_charter,
        locale_code=rng.choice(("13", "21", "23", "31", "32", "33", "41", "42", "43")),
        region_name=REGIONS[index % 4],
        pupils=pupils,
        growth=rng.gauss(0.0, 0.015),
        poverty=poverty,
        cost=(0.9 + 0.25 * poverty + max(0.0, (6.5 - math.log(pupils)) * 0.12)) * rng.lognormvariate(0, 0.08),
        first_year=opens,
        last_year=fate.closes,
        schools=tuple(_schools(index, 1 if single else max(2, round(pupils / 420)), single, poverty, rng)),
        cwift=cwift,
        moved=tuple(arrived),
        is_split_off=fate.is_split_off,
        is_recoded=fate.is_recoded,
    )
    leaving = tuple((year, -round(lea.size(year) * percent / 100)) for percent, year in fate.gives)
    return replace(lea, moved=lea.moved + leaving)


def _schools(index: int, count: int, single: bool, poverty: float, rng: Random) -> Iterator[School]:
    levels = ("combined",) if single else ("elementary", "high", "elementary", "middle", "elementary")
    weights = {"elementary": 0.9, "middle": 1.1, "high": 1.6, "combined": 1.0}
    for number in range(count):
        level = levels[number % len(levels)]
        need = min(0.97, max(0.03, rng.gauss(poverty, 0.1)))
        designation = (
            "CSI" if need > 0.75 else rng.choice(("none", "none", "none", "TSI", "ATSI")) if need > 0.6 else "none"
        )
        yield School(
            school_id=f"{number + 1:03d}",
            name=f"{rng.choice(PLACES)} {LANDS[number % 12]} {level.capitalize() if level != 'combined' else ''} School".replace(
                "  ", " "
            ),
            level=level,
            weight=weights[level] * rng.uniform(0.7, 1.4),
            poverty=need,
            designation=designation,
        )
    if not single and index % 5 == 2:
        yield School(f"{count + 1:03d}", "Online and Home Program", "other", 0.0, poverty, "none")


def lea_rows(lea: Lea) -> Iterator[tuple[object, ...]]:
    """The LEA's rows of the directory (reference table `leas`), one a name."""
    ends = [year - 1 for year, _ in lea.names[1:]] + [lea.last_year or ""]
    for (begins, name), ends_in in zip(lea.names, ends, strict=True):
        yield (lea.lea_id, lea.nces_lea_id, name, "7" if lea.is_charter else "1", "Y" if lea.is_charter else "N",
               lea.locale_code, lea.region_name, lea.lineage_id, begins, ends_in, SOURCE)  # fmt: skip


def alias_rows(lea: Lea) -> Iterator[tuple[object, ...]]:
    """The names by which a file of several LEAs may call the LEA (reference table `lea_alias`); of two codes, the later."""
    for _, name in () if lea.is_recoded else lea.names:
        yield name, lea.lea_id, SOURCE


def is_title_i(school: School) -> bool:
    """Whether the school takes part in Title I."""
    return school.poverty > 0.4


def school_rows(lea: Lea) -> Iterator[tuple[object, ...]]:
    """The rows of the LEA's schools (reference table `schools`)."""
    for school in lea.schools:
        title = "Y" if is_title_i(school) else "N"
        yield (school.school_id, lea.lea_id, f"{lea.nces_lea_id}{int(school.school_id):05d}", school.name, school.level,
               school.designation, title, lea.first_year, lea.last_year or "", SOURCE)  # fmt: skip


def cwift_rows(lea: Lea) -> Iterator[tuple[object, ...]]:
    """The LEA's wage index (reference table `cwift_lea`); charter LEAs have no territory and none."""
    for year, value in lea.cwift.items():
        yield (lea.lea_id, year, value, "0.010", "edfin sample, invented values")
