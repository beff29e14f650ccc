"""The panel's true rows: what each district of a year says of today's districts, and of groups that never changed outside.

Belongs here: carrying the planted figures forward event by event, in exact fractions; groups; the rows of `lea_panel`.
Does not belong here: drawing events (`lineage`) or figures (`truth`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from sample.agencies import Lea
from sample.lineage import Event, lea_id
from sample.truth import CPI, Row, dollars, is_broken

AMOUNTS = (
    "total_expenditure_amount", "current_expenditure_amount", "instruction_amount", "support_services_amount",
    "capital_outlay_amount", "debt_service_amount", "federal_revenue_amount", "state_revenue_amount", "local_revenue_amount",
    "total_revenue_amount",
)  # fmt: skip
MEASURES = (*AMOUNTS, "fall_membership_count", "adm", "ada")
TOTAL, CURRENT, PUPILS = MEASURES.index(AMOUNTS[0]), MEASURES.index(AMOUNTS[1]), MEASURES.index("fall_membership_count")
Figures = tuple[int | None, ...]
Part = tuple[str, Figures, bool]


class Panel:
    """Collects the figures of every district and year, in cents, pupils and ten-thousandths of a pupil."""

    def __init__(self, events: list[Event]) -> None:
        self.events = [e for e in events if all(way.source and way.target for way in e.ways)]
        self.figures: dict[tuple[str, int], Figures] = {}
        self.names: dict[tuple[str, int], str] = {}
        self.last_name: dict[str, str] = {}

    def add(self, lea: Lea, spending: Row) -> None:
        """Keep what a row of `district_spending` says."""
        key = lea.lea_id, spending["fiscal_year"]
        units = [
            spending[name] if name in ("fall_membership_count",) else _units(name, spending[name]) for name in MEASURES
        ]
        self.figures[key] = tuple(units)
        self.names[key], self.last_name[lea.lea_id] = lea.name(key[1]), lea.names[-1][1]

    def rows(self) -> Iterator[Row]:
        """The rows of the three views."""
        parts: dict[tuple[str, str, int], list[Part]] = defaultdict(list)
        groups = self._groups()
        ways = self._ways()
        for (lea, year), figures in self.figures.items():
            parts["as_reported", lea, year].append((lea, figures, False))
            parts["constant_boundary", groups[lea], year].append((lea, figures, False))
            for unit, share, is_estimated in self._carried(lea, year, figures, ways):
                parts["harmonized", unit, year].append((lea, share, is_estimated))
        years = {year for _, year in self.figures}
        by_unit: dict[tuple[str, str], dict[int, list[Part]]] = defaultdict(dict)
        for (view, unit, year), of_year in parts.items():
            by_unit[view, unit][year] = sorted(of_year)
        breaks = self._breaks(ways)
        for (view, unit), of_unit in by_unit.items():
            yield from self._unit_rows(view, unit, of_unit, (min(years), max(years)), breaks)

    def _ways(self) -> dict[int, list[tuple[Event, str, list[tuple[str, Fraction]]]]]:
        """By fiscal year: event, the district it leads from, and the districts it leads to with exact weights."""
        found: dict[int, list[tuple[Event, str, list[tuple[str, Fraction]]]]] = defaultdict(list)
        for event in self.events:
            for source in dict.fromkeys(way.source for way in event.ways):
                targets = [
                    (lea_id(way.target or 0), Fraction(way.percent, 100)) for way in event.ways if way.source == source
                ]
                if event.is_estimated:
                    counts = {t: self.figures[t, event.fiscal_year][PUPILS] or 0 for t, _ in targets}
                    targets = [(t, Fraction(count, sum(counts.values()))) for t, count in counts.items()]
                found[event.fiscal_year].append((event, lea_id(source or 0), targets))
        return found

    def _carried(
        self, lea: str, year: int, figures: Figures, ways: dict[int, Any]
    ) -> Iterator[tuple[str, Figures, bool]]:
        held: dict[str, tuple[Fraction, bool]] = {lea: (Fraction(1), False)}
        for later in sorted(y for y in ways if y > year):
            for event, source, targets in ways[later]:
                if source not in held:
                    continue
                weight, was_estimated = held.pop(source)
                for target, share in targets:
                    old, estimated = held.get(target, (Fraction(0), False))
                    held[target] = old + weight * share, estimated or was_estimated or event.is_estimated
        weights = {unit: weight for unit, (weight, _) in held.items()}
        columns = [divided(value, weights) for value in figures]
        for unit, (_, is_estimated) in held.items():
            yield unit, tuple(column[unit] for column in columns), is_estimated

    def _groups(self) -> dict[str, str]:
        group = {lea: lea for lea, _ in self.figures}
        for event in self.events:
            for way in event.ways:
                one, other = group[lea_id(way.source or 0)], group[lea_id(way.target or 0)]
                for lea, name in group.items():
                    if name in (one, other):
                        group[lea] = min(one, other)
        return group

    def _breaks(self, ways: dict[int, Any]) -> dict[tuple[str, int], str]:
        types: dict[tuple[str, int], set[str]] = defaultdict(set)
        for year, of_year in ways.items():
            for event, source, targets in of_year:
                for target, _ in targets:
                    for lea in (source, target) if source != target else ():
                        types[lea, year].add(event.event_type)
        return {key: ", ".join(sorted(names)) for key, names in types.items()}

    def _unit_rows(
        self,
        view: str,
        unit: str,
        of_unit: dict[int, list[Part]],
        window: tuple[int, int],
        breaks: dict[tuple[str, int], str],
    ) -> Iterator[Row]:
        first, last = window
        whole = sum(all(figures[CURRENT] is not None for _, figures, _ in parts) for parts in of_unit.values())
        for year, parts in of_unit.items():
            is_own = view == "as_reported"
            yield _sums(parts, year) | {
                "view": view, "unit_id": unit, "fiscal_year": year,
                "unit_name": self.names[unit, year] if is_own else self.last_name[unit],
                "is_balanced": whole == last - first + 1,
                "is_entry": year > first and year - 1 not in of_unit,
                "is_exit": year < last and year + 1 not in of_unit,
                "event_types": breaks.get((unit, year)) if is_own else None,
                "next_event_types": breaks.get((unit, year + 1)) if is_own else None,
            }  # fmt: skip


def divided(value: int | None, weights: dict[str, Fraction]) -> dict[str, int | None]:
    """Divide whole units by weight: whole parts first, one more to the largest remainders, ties by id."""
    if value is None:
        return dict.fromkeys(weights)
    exact = {unit: abs(value) * weight for unit, weight in weights.items()}
    given = {unit: part.numerator // part.denominator for unit, part in exact.items()}
    order = sorted(weights, key=lambda unit: (given[unit] - exact[unit], unit))
    for unit in order[: abs(value) - sum(given.values())]:
        given[unit] += 1
    return {unit: count if value > 0 else -count for unit, count in given.items()}


def _units(name: str, value: Any) -> int | None:
    return None if value is None else round(value * (100 if name in AMOUNTS else 10_000))


def _shown(name: str, units: int | None) -> Any:
    if units is None or name == "fall_membership_count":
        return units
    return dollars(units) if name in AMOUNTS else units / 10_000


def _added(values: list[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _sums(parts: list[Part], year: int) -> Row:
    sums = [_added([figures[i] for _, figures, _ in parts]) for i in range(len(MEASURES))]
    estimated = _added([figures[TOTAL] for _, figures, is_estimated in parts if is_estimated])
    covered = all(figures[CURRENT] is not None and figures[PUPILS] is not None for _, figures, _ in parts)
    current, pupils, total = sums[CURRENT], sums[PUPILS], sums[TOTAL]
    per_pupil = current / 100 / pupils if covered and current is not None and pupils else None
    return {
        "member_lea_ids": ", ".join(lea for lea, _, _ in parts), "lea_count": len(parts),
        "reporting_lea_count": sum(figures[TOTAL] is not None for _, figures, _ in parts),
        **{name: _shown(name, units) for name, units in zip(MEASURES, sums, strict=True)},
        "current_expenditure_per_pupil": per_pupil,
        "real_current_expenditure_per_pupil": per_pupil * CPI[2025] / CPI[year] if per_pupil is not None and year in CPI else None,
        "is_estimated": any(is_estimated for _, _, is_estimated in parts),
        "estimated_expenditure_amount": dollars(estimated),
        "estimated_rate": estimated / total if estimated is not None and total else None,
        "has_series_break": is_broken(year),
    }  # fmt: skip
