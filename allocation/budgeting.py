"""Student-based budgeting: what a formula gives each school, to the cent.

Exact arithmetic on fractions; cents by largest remainder, so that the shares add to the pool. Source: SSFR pilot and the
formulas of `definitions` (student-based budgeting, hold-harmless by water-filling).

Belongs here: the formula. Does not belong here: who the schools are (`schools`), what it does to them together (`effects`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from allocation.scenario import Scenario
from allocation.schools import School
from ingest.refusals import Refusal

CENT = Decimal("0.01")
MILLION = 1_000_000


@dataclass(frozen=True)
class Allocation:
    """What a school gets. `formula`: before floors; `floor`: what it may not fall below, None without hold-harmless."""

    school: School
    weighted_pupils: Fraction
    formula: Decimal
    floor: Decimal | None
    is_at_floor: bool
    amount: Decimal

    @property
    def change(self) -> Decimal | None:
        """Dollars more than before; None where nobody says what was before."""
        return None if self.school.prior is None else self.amount - self.school.prior

    @property
    def per_pupil(self) -> float | None:
        """Dollars per pupil, unrounded."""
        return float(self.amount) / float(self.school.pupils) if self.school.pupils else None


@dataclass(frozen=True)
class Result:
    """A scenario worked out. `base`: dollars of a weighted pupil by the formula, `base_after_floors` once floors are paid."""

    scenario: Scenario
    pool: Decimal
    base: Fraction
    base_after_floors: Fraction
    allocations: tuple[Allocation, ...]


def allocate(scenario: Scenario, schools: Sequence[School]) -> Result:
    """Work a scenario out.

    Raises:
        Refusal: the schools have not what the formula counts; the pool does not reach for what is fixed, or for the floors.
    """
    ordered = sorted(_counted(scenario, schools), key=lambda school: (school.lea_id, school.school_id))
    weighted = [_weighted(scenario, school) for school in ordered]
    fixed = [_fixed(scenario, school) for school in ordered]
    whole = sum(weighted, Fraction(0))
    if not whole:
        raise Refusal(f"Scenario {scenario.name}: the schools have no pupils to give money for.")
    if scenario.base is not None:
        base = Fraction(scenario.base)
        exact = [f + base * w for f, w in zip(fixed, weighted, strict=True)]
        pool = _cents(sum(exact, Fraction(0)))
    else:
        pool = _pool(scenario, ordered)
        base = (Fraction(pool) - sum(fixed, Fraction(0))) / whole
        if base < 0:
            raise Refusal(
                f"Scenario {scenario.name}: foundation and small-school amounts take {_cents(sum(fixed, Fraction(0))):,} dollars, "
                f"{_cents(sum(fixed, Fraction(0)) - Fraction(pool)):,} more than the pool."
            )
        exact = [f + base * w for f, w in zip(fixed, weighted, strict=True)]
    formula = _in_cents(exact, pool)
    floors = _floors(scenario, ordered)
    bound, after = _water_filled(scenario, pool, weighted, fixed, floors)
    amounts = formula
    if bound:
        free = [i for i in range(len(ordered)) if i not in bound]
        left = pool - sum((floors[i] for i in bound), Decimal(0))
        shares = _in_cents([fixed[i] + after * weighted[i] for i in free], left)
        amounts = [floors[i] if i in bound else shares[free.index(i)] for i in range(len(ordered))]
    return Result(
        scenario, pool, base, after if bound else base,
        tuple(
            Allocation(school, weighted[i], formula[i], floors.get(i), i in bound, amounts[i])
            for i, school in enumerate(ordered)
        ),
    )  # fmt: skip


def _counted(scenario: Scenario, schools: Sequence[School]) -> Sequence[School]:
    """The schools with a count of every group the formula asks for."""
    if scenario.missing_is_zero:
        none = dict.fromkeys(scenario.groups, Decimal(0))
        schools = [replace(school, needs={**none, **school.needs}) for school in schools]
    _check(scenario, schools)
    return schools


def _check(scenario: Scenario, schools: Sequence[School]) -> None:
    for school in schools:
        for group in scenario.groups:
            if group not in school.needs:
                known = ", ".join(sorted({name for one in schools for name in one.needs})) or "none"
                raise Refusal(
                    f"Scenario {scenario.name}: school {school.school_id} has no count of {group}, and a missing count is not zero. Counted are {known}; missing_is_zero: true says that nobody is meant."
                )
            if school.needs[group] > school.pupils:
                raise Refusal(
                    f"Scenario {scenario.name}: school {school.school_id} has more pupils of {group} ({school.needs[group]:,}) than pupils ({school.pupils:,})."
                )
    if (scenario.pool == "current" or scenario.hold_harmless is not None) and (
        lacking := [school.school_id for school in schools if school.prior is None]
    ):
        raise Refusal(
            f"Scenario {scenario.name}: what schools {', '.join(lacking[:5])} had before is not known, and {'the pool' if scenario.pool == 'current' else 'hold_harmless'} needs it."
        )


def _weighted(scenario: Scenario, school: School) -> Fraction:
    """Weighted pupils to six decimals, half up: what is told is what is multiplied, here and in the marts."""
    found = Fraction(school.pupils)
    for group, weight in scenario.weights.items():
        found += Fraction(weight) * Fraction(school.needs[group])
    if (more := scenario.concentration) and school.pupils:
        share = Fraction(school.needs[more.group]) / Fraction(school.pupils)
        over = max(Fraction(0), (share - Fraction(more.threshold)) / (1 - Fraction(more.threshold)))
        counted = school.pupils if more.counts == "pupils" else school.needs[more.group]
        found += Fraction(more.rate) * over * Fraction(counted)
    return Fraction(math.floor(found * MILLION + Fraction(1, 2)), MILLION)


def _fixed(scenario: Scenario, school: School) -> Fraction:
    """Dollars that do not depend on the pool; none for a school without pupils."""
    if not school.pupils:
        return Fraction(0)
    found = Fraction(scenario.foundation_per_school)
    if small := scenario.small_school:
        found += Fraction(small.amount_per_missing_pupil) * max(Fraction(0), small.below - Fraction(school.pupils))
    return found


def _pool(scenario: Scenario, schools: Sequence[School]) -> Decimal:
    if scenario.pool == "current":
        had = sum((school.prior for school in schools if school.prior is not None), Decimal(0))
        return had.quantize(CENT, ROUND_HALF_UP)
    return Decimal(scenario.pool or 0).quantize(CENT, ROUND_HALF_UP)


def _floors(scenario: Scenario, schools: Sequence[School]) -> dict[int, Decimal]:
    if scenario.hold_harmless is None:
        return {}
    return {
        i: (scenario.hold_harmless * school.prior).quantize(CENT, ROUND_HALF_UP)
        for i, school in enumerate(schools)
        if school.prior is not None
    }


def _water_filled(
    scenario: Scenario, pool: Decimal, weighted: list[Fraction], fixed: list[Fraction], floors: Mapping[int, Decimal]
) -> tuple[set[int], Fraction]:
    """Which schools get their floor, and the base of the others: fix who is below, share the rest again, until nobody is."""
    whole = sum(floors.values(), Decimal(0))
    if whole > pool:
        raise Refusal(
            f"Scenario {scenario.name}: the floors take {whole:,} dollars, {whole - pool:,} more than the pool of {pool:,}."
        )
    bound: set[int] = set()
    while True:
        free = [i for i in range(len(weighted)) if i not in bound]
        left = (
            Fraction(pool)
            - sum((Fraction(floors[i]) for i in bound), Fraction(0))
            - sum((fixed[i] for i in free), Fraction(0))
        )
        divisor = sum((weighted[i] for i in free), Fraction(0))
        base = left / divisor if divisor else Fraction(0)
        if base < 0:
            raise Refusal(
                f"Scenario {scenario.name}: floors, foundation and small-school amounts take {_cents(-left):,} dollars more than the pool of {pool:,}."
            )
        below = {i for i in free if i in floors and fixed[i] + base * weighted[i] < Fraction(floors[i])}
        if not below:
            return bound, base
        bound |= below


def _cents(amount: Fraction) -> Decimal:
    return (Decimal(amount.numerator) / Decimal(amount.denominator)).quantize(CENT, ROUND_HALF_UP)


def _in_cents(exact: Sequence[Fraction], whole: Decimal) -> list[Decimal]:
    """Round shares down to cents and give the cents left to the largest remainders, ties in the order of the schools."""
    cents = [amount * 100 for amount in exact]
    given = [amount.numerator // amount.denominator for amount in cents]
    left = int(whole * 100) - sum(given)
    order = sorted(range(len(cents)), key=lambda i: (-(cents[i] - given[i]), i))
    for i in order[:left]:
        given[i] += 1
    return [Decimal(amount).scaleb(-2) for amount in given]
