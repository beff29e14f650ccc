"""Pay of few persons in an LEA's amounts by function and object: what is hidden, so that none of it follows from the totals beside it.

Nobody submits how many persons an amount of a ledger pays. Below the policy's `pay_amount_minimum` it is taken to be the pay of fewer than
`minimum_persons`. Amounts that are hidden together under a shown total make at least that minimum, and are two at least.

Belongs here: that choice for one LEA and year. Does not belong here: reading the amounts (`pay_tables`), pay at schools (`site_pay`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

Row = tuple[str, str, str, str]
"""Function, object, source level, fund."""
Cell = TypeVar("Cell", bound=Hashable)
SALARIES, BENEFITS = "1", "2"
TOTAL_SALARIES, TOTAL_BENEFITS = "Z32", "Z34"
# The totals of current spending between its functions and all of it.
BETWEEN = ("TCURINST", "TCURSSVC", "TCUROTH")


@dataclass(frozen=True)
class Group:
    """Functions that the F-33 tells together, with its items of their salaries, their benefits and all their current spending."""

    functions: tuple[str, str]
    salaries: str = ""
    benefits: str = ""
    spending: str = ""

    def holds(self, function_code: str) -> bool:
        return self.functions[0] <= function_code <= self.functions[1]


@dataclass(frozen=True)
class Before:
    """What earlier releases say of the same amounts, unchanged since: hidden there, or shown."""

    hidden: Collection[Row] = frozenset()
    shown: Collection[Row] = frozenset()


@dataclass
class HiddenPay:
    rows: set[Row] = field(default_factory=set)
    items: set[str] = field(default_factory=set)


def hide_pay(
    rows: Mapping[Row, Decimal], groups: Sequence[Group], minimum: Decimal, before: Before = Before()
) -> HiddenPay:
    """Choose the rows and F-33 items of one LEA and year that are hidden. `rows`: every amount of its spending."""
    return _Choice(rows, groups, minimum, before).made()


class _Choice:
    def __init__(self, rows: Mapping[Row, Decimal], groups: Sequence[Group], minimum: Decimal, before: Before):
        self.minimum, self.before, self.hidden = minimum, before, HiddenPay()
        self.parts: dict[Group, dict[Row, Decimal]] = defaultdict(dict)
        for row, amount in sorted(rows.items()):
            if amount:
                self.parts[self._group_of(row[0], groups)][row] = amount

    @staticmethod
    def _group_of(function_code: str, groups: Sequence[Group]) -> Group:
        own = Group((function_code[:2], function_code[:2] + "~"))
        return next((one for one in groups if one.holds(function_code)), own)

    def made(self) -> HiddenPay:
        whole = self._salaries()
        # What hid a salary once, hides it still.
        self.hidden.rows |= {row for part in self.parts.values() for row in part if row in self.before.hidden}
        if self.hidden.rows:
            self._benefits()
            self._spending(whole)
        return self.hidden

    def _of(self, group: Group, kind: str) -> dict[Row, Decimal]:
        return {row: amount for row, amount in self.parts[group].items() if row[1].startswith(kind)}

    def _salaries(self) -> list[Group]:
        """Hide salaries of few; give the groups whose salaries are hidden one and all."""
        totals: dict[Group, Decimal] = {}
        gone = set()
        for group in self.parts:
            if paid := self._of(group, SALARIES):
                totals[group] = sum(paid.values())
                cells, is_whole = hidden_together(paid, self.minimum, self.before.hidden, self.before.shown)
                self.hidden.rows |= cells
                if is_whole:
                    gone.add(group)
        cells, is_whole = hidden_together(totals, self.minimum, gone)
        for group in cells - gone:
            self.hidden.rows |= set(self._of(group, SALARIES))
        self.hidden.items |= {group.salaries for group in cells if group.salaries}
        if is_whole and cells:
            self.hidden.items.add(TOTAL_SALARIES)
        return sorted(cells, key=lambda one: one.functions)

    def _benefits(self) -> None:
        """Benefits go with the salaries of their function, source and fund; one alone under a total would be what is left of it."""
        totals, gone = {}, set()
        salaries = [row for part in self.parts.values() for row in part if row[1].startswith(SALARIES)]
        shown = {(row[0], *row[2:]) for row in salaries if row not in self.hidden.rows}
        hidden = {(row[0], *row[2:]) for row in self.hidden.rows} - shown
        shown_functions = {row[0] for row in shown}
        for group in self.parts:
            if paid := self._of(group, BENEFITS):
                totals[group] = sum(paid.values())
                kept = {row for row in paid if (row[0], *row[2:]) in hidden or row[0] not in shown_functions}
                cells, is_whole = hidden_together(
                    paid, Decimal(0), kept | (set(paid) & set(self.before.hidden)), small=Decimal(0)
                )
                self.hidden.rows |= cells
                if cells and (is_whole or cells == set(paid)):
                    gone.add(group)
        cells, is_whole = hidden_together(totals, Decimal(0), gone, small=Decimal(0))
        for group in cells - gone:
            self.hidden.rows |= set(self._of(group, BENEFITS))
        self.hidden.items |= {group.benefits for group in cells if group.benefits}
        if is_whole and cells:
            self.hidden.items.add(TOTAL_BENEFITS)

    def _spending(self, whole: Sequence[Group]) -> None:
        """Where all salaries of a group are hidden, its spending less what else is shown would be its pay."""
        bare = [group for group in whole if not self._hide_largest_other(group) and group.spending]
        if bare:
            others = [g for g in self.parts if g.spending and g not in bare]
            if len(bare) == 1 and others:
                partner = min(others, key=lambda one: (one not in whole, sum(self.parts[one].values()), one.functions))
                self._hide_largest_other(partner)
                self.hidden.rows |= set(self._of(partner, SALARIES))
                bare.append(partner)
            self.hidden.items |= {group.spending for group in bare if group.spending} | set(BETWEEN)

    def _hide_largest_other(self, group: Group) -> bool:
        amounts: dict[str, Decimal] = defaultdict(Decimal)
        for row, amount in self.parts[group].items():
            if row[1][:1] not in (SALARIES, BENEFITS):
                amounts[row[1]] += amount
        amounts = {
            code: amount
            for code, amount in amounts.items()
            if not any(row[1] == code and row in self.before.shown for row in self.parts[group])
        }
        chosen = max(amounts, key=lambda code: (amounts[code], code), default=None)
        if chosen is None or amounts[chosen] <= 0:
            return False
        self.hidden.rows |= {row for row in self.parts[group] if row[1] == chosen}
        return True


def hidden_together(
    parts: Mapping[Cell, Decimal],
    minimum: Decimal,
    kept: Collection[Cell] = frozenset(),
    avoid: Collection[Cell] = frozenset(),
    small: Decimal | None = None,
) -> tuple[set[Cell], bool]:
    """Parts of a shown total to hide: those that are small or `kept`, and more until together they are no longer small, and two at least.

    `avoid`: parts that are known and hide nothing. `small`: what is small by itself, where it is not `minimum`.

    Returns:
        The parts, and whether the total must be hidden too, for all parts together are too small or one is alone.
    """
    limit = minimum if small is None else small
    found = {cell for cell, amount in parts.items() if cell in kept or amount < 0 or 0 < amount < limit}
    if not found:
        return found, False
    left = {cell: amount for cell, amount in parts.items() if cell not in found and cell not in avoid and amount > 0}
    while len(found) < 2 or sum(parts[cell] for cell in found) < minimum:
        if not left:
            return found, True
        lacking = minimum - sum(parts[cell] for cell in found)
        enough = [cell for cell in left if left[cell] >= lacking]
        chosen = (min if enough else max)(enough or left, key=lambda cell: (left[cell], str(cell)))
        found.add(chosen)
        del left[chosen]
    return found, False
