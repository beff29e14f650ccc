"""A comparison as text and as a page with charts: nothing loaded from anywhere, no script.

Belongs here: filling the template, bars of the charts. Does not belong here: figures (`budgeting`, `effects`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from allocation.budgeting import Result
from allocation.effects import Effects, effects_of

EQUITY = {
    "coefficient_of_variation": "Coefficient of variation (0 = equal)",
    "gini": "Gini (0 = equal)",
    "mcloone": "McLoone (1 = nobody below the median lacks)",
    "verstegen": "Verstegen (1 = nobody above the median has more)",
    "federal_range_ratio": "Federal range ratio (0 = equal)",
    "theil": "Theil (0 = equal)",
}
WIDTH = 320


class Bar(NamedTuple):
    """A bar of a chart: where it begins and how long it is, in units of the drawing."""

    label: str
    start: float
    length: float
    text: str
    is_loss: bool


def as_text(results: Sequence[Result]) -> str:
    """The comparison as lines for a terminal."""
    return "\n".join(line for result in results for line in _lines(result, effects_of(result)))


def _lines(result: Result, effects: Effects) -> Iterator[str]:
    yield f"{effects.name}: {effects.pool:,.2f} dollars for {len(result.allocations)} schools; unallocated {effects.unallocated:,.2f}"
    yield f"  a weighted pupil brings {effects.base:,.2f}" + (
        f"; {effects.base_after_floors:,.2f} once {effects.at_floor} floors are paid" if effects.at_floor else ""
    )
    if effects.prior is not None:
        yield (
            f"  {effects.winners} schools gain, {effects.losers} lose, {effects.unchanged} stay; {effects.moved:,.2f} dollars gained; "
            f"{effects.beyond_prior:+,.2f} to what they had before"
        )
    said = ", ".join(
        f"{name} {value:.4f}"
        for name in ("coefficient_of_variation", "gini", "mcloone")
        if (value := effects.equity[name]) is not None
    )
    yield f"  equity of dollars per pupil: {said}"
    yield f"  {'school':<12}{'pupils':>9}{'weighted':>11}{'allocation':>16}{'per pupil':>12}{'before':>16}{'change':>15}"
    for one in result.allocations:
        school = f"{one.school.lea_id}/{one.school.school_id}" if one.school.lea_id else one.school.school_id
        yield (
            f"  {school:<12}{one.school.pupils:>9,}{float(one.weighted_pupils):>11,.1f}{one.amount:>16,.2f}"
            f"{_shown(one.per_pupil):>12}{_shown(one.school.prior):>16}{_shown(one.change, '+'):>15}{'  at its floor' if one.is_at_floor else ''}"
        )


def _shown(value: Decimal | float | None, sign: str = "") -> str:
    return "-" if value is None else f"{value:{sign},.2f}"


def as_html(results: Sequence[Result], title: str) -> str:
    """The comparison as a page."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = FileSystemLoader(Path(__file__).parent / "templates")
    pages = Environment(loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    pages.filters["shown"] = _shown
    compared = [
        (result, effects_of(result), change_bars(result), per_pupil_bars(result, results)) for result in results
    ]
    return pages.get_template("comparison.html.j2").render(title=title, compared=compared, equity=EQUITY, width=WIDTH)


def change_bars(result: Result) -> list[Bar]:
    """Change of each school in percent of what it had, losses to the left of the middle."""
    rates = [
        (one.school.school_id, float(one.change) / float(one.school.prior))
        for one in result.allocations
        if one.change is not None and one.school.prior
    ]
    largest = max((abs(rate) for _, rate in rates), default=0.0) or 1.0
    half = WIDTH / 2
    return [
        Bar(
            school, half + (min(rate, 0) / largest) * half, abs(rate) / largest * half, f"{100 * rate:+.1f} %", rate < 0
        )
        for school, rate in sorted(rates, key=lambda pair: pair[1])
    ]


def per_pupil_bars(result: Result, results: Sequence[Result]) -> list[Bar]:
    """Dollars per pupil of each school, on one scale for all scenarios."""
    largest = max((one.per_pupil or 0.0 for each in results for one in each.allocations), default=0.0) or 1.0
    return [
        Bar(one.school.school_id, 0.0, one.per_pupil / largest * WIDTH, f"{one.per_pupil:,.0f}", False)
        for one in result.allocations
        if one.per_pupil is not None
    ]
