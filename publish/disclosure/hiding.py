"""Which counts are hidden: the small ones, and as many others as it takes that no small one can be worked out.

Counts hang together by sums (schools make their LEA, LEAs the state), in this release and in every one before. A small count is
hidden, and what was hidden before stays so while it is unchanged. Then whoever reads everything that was ever shown is played
(`attacker`), and while a small count of this release or an earlier one can be told more closely than the policy allows, the smallest
count that stands in its way is hidden too.

Belongs here: that choice. Does not belong here: where counts and sums come from (`pupils`), solving for them (`attacker`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from publish.disclosure.attacker import Attack, bounds_of

Cell = Hashable
SMALL, COMPLEMENT = "small_cell", "complement"


@dataclass(frozen=True)
class Sum:
    """A total that is the sum of its parts."""

    total: Cell
    parts: tuple[Cell, ...]

    @property
    def signs(self) -> dict[Cell, int]:
        return {self.total: -1, **dict.fromkeys(self.parts, 1)}


@dataclass
class Counts:
    """Counts of one moment with the sums among them. `unshown`: cells that stand in no table, but follow from others; `known`: to everybody,
    whatever is hidden."""

    values: Mapping[Cell, int]
    sums: Sequence[Sum]
    unshown: frozenset[Cell] = frozenset()
    known: frozenset[Cell] = frozenset()


@dataclass(frozen=True)
class Released:
    """A release: its counts as they were, the reason of each that it hid, and the minimum of the policy it was made under."""

    counts: Counts
    reasons: Mapping[Cell, str]
    minimum: int

    def is_hidden(self, cell: Cell) -> bool:
        return cell in self.reasons or cell in self.counts.unshown


@dataclass
class Hidden:
    """The choice: reasons by cell. `exposed`: small counts, of now or of an earlier release, that releases give away whatever is hidden
    now; each with its value."""

    reasons: dict[Cell, str] = field(default_factory=dict)
    exposed: list[tuple[Cell, int]] = field(default_factory=list)


def hide(counts: Counts, minimum: int, width: int, earlier: Sequence[Released] = ()) -> Hidden:
    """Choose what is hidden. The same counts give the same choice, in whatever order they come."""
    shown = {(cell, value) for one in earlier for cell, value in one.counts.values.items() if not one.is_hidden(cell)}
    chosen = Hidden()
    for cell, value in sorted(counts.values.items(), key=str):
        if 0 < value < minimum:
            chosen.reasons[cell] = SMALL
            if (cell, value) in shown:
                chosen.exposed.append((cell, value))
    for one in earlier:
        for cell in one.reasons:
            value = counts.values.get(cell)
            if value == one.counts.values[cell] and (cell, value) not in shown:
                chosen.reasons.setdefault(cell, COMPLEMENT)
    now = Released(counts, chosen.reasons, minimum)
    for cells, releases in _components([*earlier, now]):
        if any(cell in one.reasons for one in releases for cell in cells):
            _Part(cells, releases, chosen, shown, minimum, width).complete()
    for cell in counts.unshown:
        chosen.reasons.pop(cell, None)
    return chosen


class _Part:
    """One connected part of all releases; the last of them is the one that is being made."""

    def __init__(
        self, cells: set[Cell], releases: list[Released], chosen: Hidden, shown: set, minimum: int, width: int
    ):
        self.cells, self.releases, self.now = cells, releases, releases[-1]
        self.chosen, self.shown, self.minimum, self.width = chosen, shown, minimum, width
        self.given_up = {name for name in chosen.exposed if name[0] in cells}

    def complete(self) -> None:
        """Hide more until every small count is safe, or nothing more can be hidden."""
        while (unsafe := self._unsafe()) is not None:
            if (more := self._next(unsafe[0])) is not None:
                self.chosen.reasons[more] = COMPLEMENT
                continue
            self.given_up.add(unsafe)
            self.chosen.exposed.append(unsafe)

    def _unsafe(self) -> tuple[Cell, int] | None:
        told, bounds = set(self.shown), {}
        told |= {
            (c, v) for c in self.cells if (v := self.now.counts.values.get(c)) is not None and not self.now.is_hidden(c)
        }
        smalls = []
        for one in self.releases:
            for cell in sorted(self.cells & one.counts.values.keys(), key=str):
                name = (cell, one.counts.values[cell])
                if not one.is_hidden(cell) or name in told:
                    continue
                reason = one.reasons.get(cell, "")
                # What several releases tell of the same count holds together.
                (low, high), known = bounds_of(reason, one.minimum), bounds.get(name)
                bounds[name] = (max(low, known[0]), min(high, known[1])) if known else (low, high)
                if reason == SMALL and name not in self.given_up and name not in smalls:
                    smalls.append(name)
        attack = Attack(bounds, [row for one in self.releases for row in self._rows(one, bounds)])
        return next((name for name in smalls if attack.width(name, self.width) < self.width), None)

    def _rows(self, one: Released, bounds: Mapping) -> list[tuple[dict, int]]:
        found = []
        for total in one.counts.sums:
            row, right = defaultdict(int), 0
            for cell, sign in total.signs.items():
                value = one.counts.values[cell]
                if (cell, value) in bounds:
                    row[cell, value] += sign
                else:
                    right -= sign * value
            if row:
                found.append((row, right))
        return found

    def _next(self, unsafe: Cell) -> Cell | None:
        """The smallest count still shown in a sum that hangs together with the unsafe one by hidden counts; parts before totals."""
        reached, near, grown = {unsafe}, [], True
        sums = [total for one in self.releases for total in one.counts.sums]
        hidden = {
            cell for one in self.releases for cell in self.cells if cell in one.counts.values and one.is_hidden(cell)
        }
        while grown:
            more = [one for one in sums if one not in near and reached & one.signs.keys()]
            grown = bool(more)
            near += more
            reached |= {cell for one in more for cell in one.signs if cell in hidden}
        totals = {one.total for one in near}
        values = self.now.counts.values
        usable = {
            cell
            for one in near
            for cell in one.signs
            if cell in values
            and cell not in self.now.counts.known
            and not self.now.is_hidden(cell)
            and values[cell] >= self.minimum
            and (cell, values[cell]) not in self.shown
        }
        return min(usable, key=lambda cell: (cell in totals, values[cell], str(cell)), default=None)


def _components(releases: Sequence[Released]) -> list[tuple[set, list[Released]]]:
    """Connected parts: sets of cells that share sums in any release, with what each release says of them."""
    parent: dict[Cell, Cell] = {}

    def root(cell: Cell) -> Cell:
        parent.setdefault(cell, cell)
        while parent[cell] != cell:
            parent[cell] = parent[parent[cell]]
            cell = parent[cell]
        return cell

    for one in releases:
        for total in one.counts.sums:
            for cell in total.parts:
                parent[root(cell)] = root(total.total)
    cells = defaultdict(set)
    sums: dict = defaultdict(lambda: [[] for _ in releases])
    for number, one in enumerate(releases):
        for total in one.counts.sums:
            cells[root(total.total)].update(total.signs)
            sums[root(total.total)][number].append(total)
    return [
        (
            cells[key],
            [
                Released(replace(one.counts, sums=own), one.reasons, one.minimum)
                for one, own in zip(releases, sums[key], strict=True)
            ],
        )
        for key in sorted(cells, key=str)
    ]
