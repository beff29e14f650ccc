"""What the sample state's formulas give its schools, by the generator's own reading of them.

Belongs here: the three formulas of the sample, worked out in fractions. Does not belong here: anything read from the warehouse's rules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from sample.agencies import Lea
from sample.membership import Pupils
from sample.truth import Row, dollars

_NEED = {"econ_dis": Fraction(30, 100), "el": Fraction(25, 100), "swd": Fraction(90, 100)}
_GRADES = {"KG": Fraction(10, 100), **dict.fromkeys(("09", "10", "11", "12"), Fraction(15, 100))}
_MILLION = 1_000_000


def rows(
    lea: Lea,
    fiscal_year: int,
    schools: Sequence[Row],
    fall_rows: Iterable[tuple[str, ...]],
    pupils: Pupils,
    has_fall: bool,
    has_end: bool,
    operating_cents: int | None,
) -> Iterable[Row]:
    """The rows of `school_allocation`; `schools` are those of `school_spending`, `fall_rows` the file of fall membership."""
    groups: dict[tuple[str, str], int] = defaultdict(int)
    for row in fall_rows if has_fall else ():
        if row[2]:
            groups[row[2], row[4]] += int(row[5])
            if row[4] == "all":
                groups[row[2], row[3]] += int(row[5])
    ordered = sorted(schools, key=lambda one: one["school_id"])
    rates = _attendance(ordered, pupils) if has_end else None
    has_staff = any(one["salary_adjustment_amount"] is not None for one in ordered)
    for scenario in ("need_based", "per_pupil", "base_amount"):
        is_told = all(one["spending_status"] == "reported" and one["membership_count"] is not None for one in ordered)
        found = _given(scenario, ordered, groups) if is_told else [None] * len(ordered)
        told = [
            _row(scenario, lea, fiscal_year, one, given, groups, rates, has_staff)
            for one, given in zip(ordered, found, strict=True)
        ]
        amounts = [one["allocation_amount"] for one in told]
        if operating_cents and None not in amounts:
            for one in told:
                one["site_share_rate"] = float(sum(amounts)) / (operating_cents / 100)
        yield from told


def _row(scenario, lea, fiscal_year, school, given, groups, rates, has_staff) -> Row:
    name, count = school["school_id"], school["membership_count"]
    row: Row = {"lea_id": lea.lea_id, "school_id": name, "fiscal_year": fiscal_year, "scenario": scenario, "membership_count": count,
                "allocation_status": "missing", "allocation_amount": None,
                "weighted_pupil_count": None if count is None else float(_weighted(scenario, name, count, groups))}  # fmt: skip
    if given is None:
        return row
    formula, floored = given
    parts = {
        "formula_amount": formula,
        "hold_harmless_adjustment_amount": floored - formula,
        "ada_adjustment_amount": _ada(scenario, name, count, formula, rates),
        "salary_adjustment_amount": _salary(scenario, school, has_staff),
    }
    row |= {column: dollars(cents) for column, cents in parts.items()}
    if parts["salary_adjustment_amount"] is not None:
        now = _prior(scenario, school) + parts["salary_adjustment_amount"]
        row["projected_expenditure_amount"] = dollars(now)
        if parts["ada_adjustment_amount"] is not None:
            whole = sum(parts.values())
            other = _half_up(Fraction(now - whole, 2)) if scenario == "per_pupil" else 0
            row |= {"other_adjustment_amount": dollars(other), "allocation_amount": dollars(whole + other),
                    "surplus_amount": dollars(whole + other - now), "allocation_status": "reported"}  # fmt: skip
    return row


def _half_up(cents: Fraction) -> int:
    return int(Decimal(abs(cents.numerator) / Decimal(cents.denominator)).quantize(Decimal(1), ROUND_HALF_UP)) * (
        -1 if cents < 0 else 1
    )


def _cents(amount: Decimal) -> int:
    return int(amount.scaleb(2))


def _prior(scenario: str, school: Row) -> int:
    federal = _cents(school["site_federal_amount"]) if scenario == "base_amount" else 0
    return _cents(school["site_state_local_amount"]) + federal


def _weighted(scenario: str, school_id: str, count: int, groups: Mapping[tuple[str, str], int]) -> Fraction:
    if scenario == "per_pupil":
        return Fraction(count)
    poor = groups.get((school_id, "econ_dis"), 0)
    if scenario == "base_amount":
        return count + Fraction(20, 100) * poor
    whole = count + sum(weight * groups.get((school_id, group), 0) for group, weight in (_NEED | _GRADES).items())
    if count:
        over = max(Fraction(0), (Fraction(poor, count) - Fraction(55, 100)) / Fraction(45, 100))
        whole += Fraction(1, 2) * over * poor
    return Fraction(_half_up(whole * _MILLION), _MILLION)


def _given(scenario: str, schools: Sequence[Row], groups: Mapping[tuple[str, str], int]) -> list[tuple[int, int]]:
    """Cents of each school before floors and after."""
    counts = [one["membership_count"] for one in schools]
    weighted = [_weighted(scenario, one["school_id"], one["membership_count"], groups) for one in schools]
    fixed = [0] * len(schools)
    if scenario == "base_amount":
        exact = [720_050 * one for one in weighted]
        formula = _shared(exact, _half_up(sum(exact, Fraction(0))))
        return [(one, one) for one in formula]
    if scenario == "need_based":
        fixed = [10_000_000 + 50_000 * max(0, 300 - count) if count else 0 for count in counts]
    prior = [_prior(scenario, one) for one in schools]
    pool = sum(prior)
    formula = _formula(pool, fixed, weighted, {})
    if scenario == "per_pupil":
        return [(one, one) for one in formula]
    floors = {place: _half_up(Fraction(9, 10) * cents) for place, cents in enumerate(prior)}
    bound: dict[int, int] = {}
    while True:
        free = [place for place in floors if place not in bound]
        left = pool - sum(bound.values()) - sum(fixed[place] for place in free)
        units = sum((weighted[place] for place in free), Fraction(0))
        base = left / units if units else Fraction(0)
        below = {place: floors[place] for place in free if fixed[place] + base * weighted[place] < floors[place]}
        if not below:
            break
        bound |= below
    return list(zip(formula, _formula(pool, fixed, weighted, bound), strict=True))


def _formula(pool: int, fixed: Sequence[int], weighted: Sequence[Fraction], bound: Mapping[int, int]) -> list[int]:
    free = [place for place in range(len(fixed)) if place not in bound]
    left = pool - sum(bound.values())
    units = sum((weighted[place] for place in free), Fraction(0))
    base = (left - sum(fixed[place] for place in free)) / units
    shares = dict(zip(free, _shared([fixed[place] + base * weighted[place] for place in free], left), strict=True))
    return [bound.get(place, shares.get(place, 0)) for place in range(len(fixed))]


def _shared(exact: Sequence[Fraction], whole: int) -> list[int]:
    given = [one.numerator // one.denominator for one in exact]
    turns = sorted(range(len(exact)), key=lambda place: (-(exact[place] - given[place]), place))
    for place in turns[: whole - sum(given)]:
        given[place] += 1
    return given


def _attendance(schools: Sequence[Row], pupils: Pupils) -> dict[str, Fraction]:
    present: dict[str, int] = defaultdict(int)
    enrolled: dict[str, int] = defaultdict(int)
    for (school_id, grade), days in pupils.adm.items():
        for name in (school_id, ""):
            enrolled[name] += days
            present[name] += pupils.ada[school_id, grade]
    return {name: Fraction(present[name], days) for name, days in enrolled.items()}


def _ada(scenario: str, school_id: str, count: int, formula: int, rates: Mapping[str, Fraction] | None) -> int | None:
    if scenario == "per_pupil" or not count:
        return 0
    if rates is None:
        return None
    if scenario == "need_based":
        return _half_up(650_000 * count * (rates[""] - rates[school_id]))
    return _half_up(formula * (rates[""] / rates[school_id] - 1))


def _salary(scenario: str, school: Row, has_staff: bool) -> int | None:
    if scenario != "need_based":
        return 0
    if not has_staff:
        return None
    return _cents(school["salary_adjustment_amount"] or Decimal(0))
