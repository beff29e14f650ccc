"""A district's money of one year in national terms: what the warehouse must find again.

Belongs here: drawing planted cells (amounts by national function, object, program, money and place) and revenue.
Does not belong here: the state's codes and ledger lines (`postings`), sums for the analysts' tables (`truth`).

Amounts on accounts that the state splits are drawn line by line, since each line is split by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

from sample import chart
from sample.agencies import Lea, School
from sample.membership import Pupils
from sample.money import MONEY, REVENUE, SPENDING, SPLIT_REVENUE, SPLIT_SPENDING, YEARS, Pattern

PLACES = {"S": "school", "C": "central", "D": "districtwide_program", "U": "unknown", "N": "non_school"}
SMALLEST = 2_000
PER_PUPIL_2021 = 1_280_000
EXACT_STEP = 1_000_000


class Cell(NamedTuple):
    """An amount in cents at one place, in national codes. A split cell holds the state's codes and one line's cents."""

    function: str
    object: str
    program: str
    money: str
    location_type: str
    school_id: str
    payee: str
    cents: int
    is_split: bool = False


class Income(NamedTuple):
    """Revenue in cents by national source (or the state's own code, where the state splits it)."""

    source: str
    money: str
    cents: int
    is_split: bool = False


@dataclass
class Plan:
    """The planted money of one LEA and year; `audit` is what the auditor adds to the unaudited cells."""

    cells: list[Cell]
    income: list[Income]
    audit: list[Cell]
    transfer_cents: int
    sale_cents: int
    bond_cents: int
    has_revenue: bool = True
    encumbrances: list[int] = field(default_factory=list)

    def spending(self, is_audited: bool) -> Iterator[Cell]:
        """The cells of the unaudited or the audited books."""
        yield from self.cells
        if is_audited:
            yield from self.audit


def draw_plan(lea: Lea, fiscal_year: int, pupils: Pupils, seed: int) -> Plan:
    """Plant the money of one LEA and year."""
    rng = Random(f"{seed}/money/{lea.lea_id}/{fiscal_year}")
    habits = Random(f"{seed}/habits/{lea.lea_id}")
    operating = pupils.lea_count * PER_PUPIL_2021 * lea.cost * 1.03 ** (fiscal_year - 2021)
    cells: list[Cell] = []
    for pattern in SPENDING:
        usual = _usual(pattern, habits)
        if usual and _is_funded(pattern, fiscal_year):
            cells += _cells(pattern, operating * usual / 1000 * rng.lognormvariate(0, 0.06), lea, pupils, rng)
    for pattern in SPLIT_SPENDING:
        usual = _usual(pattern, habits)
        if usual and _is_funded(pattern, fiscal_year) and chart.is_valid(pattern.function, fiscal_year):
            cells += _split_cells(pattern, operating * usual / 1000, lea, pupils, rng)
    has_revenue = not (lea.is_charter and fiscal_year % 2 == 0)
    other = [rng.random() for _ in range(5)]
    return Plan(
        cells=cells,
        income=list(_income(operating, fiscal_year, habits, rng)),
        audit=list(_audit(cells, rng)),
        transfer_cents=int(operating * 0.004 * other[0]) if has_revenue and other[1] < 0.7 else 0,
        sale_cents=int(operating * 0.001 * other[2]) if has_revenue and other[3] < 0.3 else 0,
        bond_cents=int(operating * 0.3) if has_revenue and other[4] < 0.08 else 0,
        has_revenue=has_revenue,
        encumbrances=[rng.randint(10_000, 9_000_000) for _ in range(rng.randint(3, 6))],
    )


def pay(plan: Plan) -> dict[str, int]:
    """Salaries of the unaudited books in cents by school; under the empty id what no school pays.

    The state's own objects of salaries begin with 1, as the national ones do.
    """
    paid: dict[str, int] = defaultdict(int)
    for cell in plan.cells:
        if cell.object.startswith("1"):
            paid[cell.school_id] += cell.cents
    return paid


def _usual(pattern: Pattern, habits: Random) -> float:
    """The district's usual weight of a pattern; drawn in full for every pattern so that later ones do not move."""
    present, level = habits.random() < pattern.chance, habits.lognormvariate(0, 0.2)
    return pattern.weight * level if present else 0.0


def _is_funded(pattern: Pattern, fiscal_year: int) -> bool:
    first, last = YEARS.get(pattern.money, (0, 9999))
    # From FY2024 no account means classroom technology support alone; see `chart.function_meaning`.
    return first <= fiscal_year <= last and not (pattern.function == "2230" and fiscal_year > 2023)


def _cells(pattern: Pattern, cents: float, lea: Lea, pupils: Pupils, rng: Random) -> Iterator[Cell]:
    head = pattern.function, pattern.object, pattern.program, pattern.money, PLACES[pattern.location]
    if pattern.location != "S":
        if cents >= SMALLEST:
            yield Cell(*head, "", pattern.payee, int(cents))
        return
    for school in lea.schools:
        share = cents * _share(pattern, school, pupils) * rng.uniform(0.85, 1.15)
        if share >= SMALLEST:
            yield Cell(*head, school.school_id, pattern.payee, int(share))


def _share(pattern: Pattern, school: School, pupils: Pupils) -> float:
    count = pupils.school_count(school.school_id)
    if not count:
        return (
            10 / pupils.served if pattern.function in ("1000", "2410", "2610") and pattern.money == "general" else 0.0
        )
    if pattern.money == "perkins" and school.level not in ("high", "combined"):
        return 0.0
    if pattern.money == "title1":
        return count / pupils.served if school.poverty > 0.4 else 0.0
    return count / pupils.served


def _split_cells(pattern: Pattern, cents: float, lea: Lea, pupils: Pupils, rng: Random) -> Iterator[Cell]:
    head = pattern.function, pattern.object, pattern.program, pattern.money, PLACES[pattern.location]
    places = (
        [(s.school_id, pupils.school_count(s.school_id) / pupils.served) for s in lea.schools]
        if pattern.location == "S"
        else [("", 1.0)]
    )
    for school_id, share in places:
        amount = int(cents * share * rng.uniform(0.85, 1.15))
        for _ in range(rng.randint(1, 2)):
            line = int(amount * rng.uniform(0.3, 0.6))
            if rng.random() < 0.6:
                line -= line % EXACT_STEP
            if line >= SMALLEST:
                yield Cell(*head, school_id, pattern.payee, line, True)


def _income(operating: float, fiscal_year: int, habits: Random, rng: Random) -> Iterator[Income]:
    wealth = habits.uniform(0.7, 1.3)
    for source, money, weight in REVENUE:
        first, last = YEARS.get(money, (0, 9999))
        tilt = 0.88 * (wealth if source == "1110" else 2 - wealth if source == "3100" else 1.0)
        cents = int(operating * weight / 1000 * tilt * rng.lognormvariate(0, 0.08))
        if first <= fiscal_year <= last and cents >= SMALLEST and not (money == "impact" and habits.random() > 0.25):
            yield Income(source, money, cents)
    for source, money, weight in SPLIT_REVENUE:
        yield Income(source, money, int(operating * weight / 1000 * rng.lognormvariate(0, 0.08)), True)


def _audit(cells: list[Cell], rng: Random) -> Iterator[Cell]:
    """A few adjustments by the auditor, up or down, on accounts the district has."""
    plain = [cell for cell in cells if not cell.is_split and MONEY[cell.money].level != "private"]
    for cell in rng.sample(plain, min(len(plain), rng.randint(3, 9))):
        change = int(cell.cents * rng.uniform(-0.03, 0.05))
        if change:
            yield cell._replace(cents=change)
