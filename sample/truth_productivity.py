"""What spending stands beside which outcome, against whom, and how surely: the true rows of the two tables of productivity.

Belongs here: the generator's own reading of medians, intervals, quadrants and cost over the planted figures. Does not belong here:
choosing peers (`truth_peers`), anything read from the warehouse's rules.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import median, quantiles
from typing import NamedTuple

from sample.truth import Row
from sample.truth_peers import FEWEST, Unit

Z = 1.959963984540054
FEW_PUPILS, FENCE, STABLE, FAR = 10, 3, 0.8, 1.5
# How many years of spending a unit of the outcome takes; of absence nobody buys a unit.
YEARS = {"proficiency_rate": 1, "graduation_rate_4yr": 4, "growth_mean": 1}
LESS_IS_BETTER, POINTS = {"chronic_absenteeism_rate"}, {"growth_mean"}


class Measure(NamedTuple):
    """Which outcome it is."""

    name: str
    subject: str
    assessment: str


@dataclass
class Outcome:
    """One outcome of a unit: `bounds` as published, `ends` of its interval, `error` of sampling."""

    measure: Measure
    status: str
    value: float | None = None
    bounds: tuple[float, float] | None = None
    pupils: int | None = None
    is_broken: bool = False
    ends: tuple[float, float] | None = None
    error: float | None = None

    @property
    def is_comparable(self) -> bool:
        return self.value is not None and (self.pupils is None or self.pupils >= FEW_PUPILS)


def read_outcome(row: tuple[str, ...] | list[str]) -> Outcome:
    """An outcome as its file tells it."""
    measure, (pupils, value, low, high, status, broken) = Measure(row[3], row[4], row[7]), row[9:15]
    found = Outcome(measure, status, pupils=int(pupils) if pupils else None, is_broken=broken == "Y")
    if status == "range":
        found.bounds, found.status = (float(low), float(high)), "estimated"
        found.value = (found.bounds[0] + found.bounds[1]) / 2
    elif status == "reported":
        found.value, found.bounds = float(value), (float(value), float(value))
        found.status = status if found.value else "zero"
    if found.bounds and found.pupils and measure.name not in POINTS:
        found.ends = _score_ends(found.bounds[0], found.pupils)[0], _score_ends(found.bounds[1], found.pupils)[1]
        found.error = ((found.ends[1] - found.ends[0]) - (found.bounds[1] - found.bounds[0])) / 2 / Z
    return found


def _score_ends(share: float, n: int) -> tuple[float, float]:
    """Shares x at which (share - x)² is z² x (1 - x) / n: the roots of a square equation."""
    a, b, c = 1 + Z * Z / n, -(2 * share + Z * Z / n), share * share
    root = math.sqrt(max(0.0, b * b - 4 * a * c))
    return max(0.0, (-b - root) / 2 / a), min(1.0, (-b + root) / 2 / a)


class Productivity:
    """All units and outcomes of the state; gives the rows once peers are chosen."""

    def __init__(self, units: dict[tuple[str, str, int], Unit], outcomes: dict[tuple[str, str, int], list[Outcome]]):
        self.units = units
        self.outcomes = {key: {one.measure: one for one in told} for key, told in outcomes.items()}
        self._add_missing()
        self.fences = self._fences()

    def _add_missing(self) -> None:
        """A district has a row for each outcome that some district of the year has."""
        asked = defaultdict(set)
        for (_, school_id, year), told in self.outcomes.items():
            if not school_id:
                asked[year] |= set(told)
        for key in self.units:
            if not key[1]:
                told = self.outcomes.setdefault(key, {})
                for measure in asked[key[2]] - set(told):
                    told[measure] = Outcome(measure, "missing")

    def _fences(self) -> dict[tuple, tuple[int, tuple[float, float], tuple[float, float]]]:
        figures = defaultdict(list)
        for key, told in self.outcomes.items():
            unit = self.units[key]
            for one in told.values():
                if unit.has_pupils and unit.spending and one.value is not None:
                    place = bool(key[1]), unit.group, key[2], one.measure
                    figures[place].append((math.log(unit.spending), one.value))
        return {
            place: (len(found), *(_fence(list(side)) for side in zip(*found, strict=True)))
            for place, found in figures.items()
        }

    def rows(self, of_schools: bool) -> Iterator[Row]:
        """The rows of `school_productivity`, or of `district_productivity`."""
        for key, told in self.outcomes.items():
            if bool(key[1]) == of_schools:
                for one in told.values():
                    yield self._row(self.units[key], one)

    def _row(self, unit: Unit, one: Outcome) -> Row:
        row = _own_figures(unit, one)
        row |= self._outcome_beside(unit, one) | _spending_beside(unit)
        side_of_outcome = _side(row["residual_value"], "outcome", one.measure.name in LESS_IS_BETTER)
        side_of_spending = _side(row["spending_difference_per_pupil"], "spend")
        row |= _quadrants(row, side_of_outcome, side_of_spending)
        if row["point_quadrant"] != "indeterminate":
            row |= _stability(unit, side_of_spending or "")
        row |= self._cost(unit, one)
        reasons = _reasons(unit, one, row)
        place = (
            self.fences.get((bool(unit.school_id), unit.group, unit.fiscal_year, one.measure))
            if unit.has_pupils
            else None
        )
        if place:
            row |= {"compared_lea_count": place[0], "compared_school_count": place[0],
                    "is_spending_outlier": _is_out(math.log(unit.spending) if unit.spending else None, place[1]),
                    "is_outcome_outlier": _is_out(one.value, place[2])}  # fmt: skip
        return row | {"do_not_rank": bool(reasons), "do_not_rank_reason": ", ".join(reasons) or None}

    def _outcome_beside(self, unit: Unit, one: Outcome) -> Row:
        told = [self.outcomes.get(peer.key, {}).get(one.measure) for peer in unit.peers]
        peers = [other for other in told if other and other.is_comparable]
        row: Row = {"peer_outcome_count": len(peers), "expected_value": None, "residual_value": None}
        if len(peers) < FEWEST:
            return row
        row["expected_value"] = median(other.value for other in peers)
        if one.value is None:
            return row
        row["residual_value"] = one.value - row["expected_value"]
        margin = _margin([other.error for other in peers])
        if one.ends and one.bounds and margin is not None:
            low, high = (median(other.bounds[end] for other in peers) for end in (0, 1))
            row["residual_low"] = one.bounds[0] - high - math.hypot(one.bounds[0] - one.ends[0], margin)
            row["residual_high"] = one.bounds[1] - low + math.hypot(one.ends[1] - one.bounds[1], margin)
        return row

    def _cost(self, unit: Unit, one: Outcome) -> Row:
        row: Row = {"cost_per_outcome_unit": None, "outcome_per_thousand_dollars": None}
        years = YEARS.get(one.measure.name)
        if unit.spending and one.value is not None:
            scale = 1 if one.measure.name in POINTS else 100
            row["outcome_per_thousand_dollars"] = scale * one.value * 1000 / unit.spending
        if not years:
            return row | {"cost_status": "not_applicable"}
        if not unit.spending:
            return row | {"cost_status": "missing"}
        if one.value is None or not one.value:
            return row | {"cost_status": one.status}
        if one.measure.name in POINTS:
            return row | {"cost_status": "interval_unknown"}
        spans = [self.units.get((unit.lea_id, unit.school_id, unit.fiscal_year - back)) for back in range(years)]
        if not all(span and span.spending for span in spans):
            return row | {"cost_status": "earlier_years_missing"}
        return row | {
            "cost_status": one.status,
            "cost_per_outcome_unit": sum(span.spending for span in spans) / one.value,
        }


def _own_figures(unit: Unit, one: Outcome) -> Row:
    measure, ends = one.measure, one.ends or (None, None)
    return {
        "lea_id": unit.lea_id, "school_id": unit.school_id, "fiscal_year": unit.fiscal_year, "measure": measure.name,
        "subject": measure.subject or None, "assessment_id": measure.assessment or None, "student_group": "all", "model": "peer_median",
        "outcome_value": one.value, "outcome_low": ends[0], "outcome_high": ends[1], "outcome_status": one.status,
        "real_wage_adjusted_current_expenditure_per_pupil": unit.spending, "real_wage_adjusted_total_per_pupil": unit.spending,
        "spending_status": "reported" if unit.spending else "missing",
        "peer_count": len(unit.peers), "peer_distance": median(unit.distances) if unit.peers else None,
    }  # fmt: skip


def _spending_beside(unit: Unit) -> Row:
    row: Row = {"expected_spending_per_pupil": None, "spending_difference_per_pupil": None}
    if len(unit.peers) < FEWEST:
        return row
    row["expected_spending_per_pupil"] = median(peer.spending for peer in unit.peers)
    if unit.spending is None:
        return row
    difference = row["spending_difference_per_pupil"] = unit.spending - row["expected_spending_per_pupil"]
    width = math.hypot(Z * unit.spending_error, _margin([peer.spending_error for peer in unit.peers]))
    return row | {"spending_difference_low": difference - width, "spending_difference_high": difference + width}


def _margin(errors: list[float | None]) -> float | None:
    """Half the interval of a median of figures with these errors, as of normal ones; None where one is not known."""
    if None in errors:
        return None
    return Z * math.sqrt(math.pi / 2 * sum(error**2 for error in errors) / len(errors) / len(errors))


def _side(difference: float | None, word: str, is_turned: bool = False) -> str | None:
    if not difference:
        return None
    return f"{'high' if (difference > 0) != is_turned else 'low'}_{word}"


def _quadrants(row: Row, outcome: str | None, spending: str | None) -> Row:
    point = f"{outcome}_{spending}" if outcome and spending else "indeterminate"
    whys = []
    for what, low in (("outcome", "residual"), ("spending", "spending_difference")):
        ends = row.get(f"{low}_low"), row.get(f"{low}_high")
        if ends[0] is None:
            whys.append(f"{what}_interval_unknown")
        elif ends[0] <= 0 <= ends[1]:
            whys.append(f"{what}_interval_crosses")
    surely = "indeterminate" if whys else point
    return {"point_quadrant": point, "quadrant": surely, "indeterminate_reason": ", ".join(whys) or None}


def _stability(unit: Unit, side: str) -> Row:
    sides = []
    for name, own in unit.readings.items():
        others = [peer.readings[name] for peer in unit.peers if name in peer.readings]
        if len(others) >= FEWEST:
            sides.append(_side(own - median(others), "spend"))
    share = sides.count(side) / len(sides)
    return {"stability_rate": share, "reading_count": len(sides), "is_stable": share >= STABLE}


def _reasons(unit: Unit, one: Outcome, row: Row) -> list[str]:
    found = [] if unit.spending else ["spending_missing"]
    if one.value is None:
        found.append(f"outcome_{one.status}")
    elif not one.ends:
        found.append("outcome_interval_unknown")
    if one.pupils is not None and one.pupils < FEW_PUPILS:
        found.append("few_pupils")
    if one.is_broken:
        found.append("scale_break")
    if not unit.has_pupils:
        found.append("pupils_or_group_unknown")
    elif len(unit.peers) < FEWEST:
        found.append("few_peers")
    elif row["peer_outcome_count"] < FEWEST:
        found.append("few_peers_with_outcome")
    if row["peer_distance"] is not None and row["peer_distance"] > FAR:
        found.append("distant_peers")
    return found


def _fence(values: list[float]) -> tuple[float, float]:
    first, _, third = quantiles(values, method="inclusive") if len(values) > 1 else values * 3
    return first - FENCE * (third - first), third + FENCE * (third - first)


def _is_out(value: float | None, fence: tuple[float, float]) -> bool | None:
    return None if value is None else not fence[0] <= value <= fence[1]


def productivity_rows(units: Iterable[Unit], outcomes: dict[tuple[str, str, int], list[Outcome]]) -> Productivity:
    """The figures of the state, its peers chosen."""
    return Productivity({unit.key: unit for unit in units}, outcomes)
