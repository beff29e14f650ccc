"""Three successive releases of random states, attacked with everything they show.

The attacker here shares nothing with the product: it sees values, hidden cells with their reasons, and sums; it even knows which counts
did not change between releases, which nobody outside does.

Belongs here: that attack. Does not belong here: tables of a real generation (`test_protected_tables`).
"""

import random
from fractions import Fraction

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from publish.disclosure.hiding import COMPLEMENT, SMALL, Counts, Released, Sum, hide

MINIMUM, WIDTH = 10, 5
GROUPS = ("all", "swd", "others")


def _state(rng: random.Random) -> dict:
    """Pupils of schools by group; many small, some none."""
    counts = {}
    for lea in range(rng.randint(2, 4)):
        for school in range(rng.randint(1, 5)):
            swd = rng.choice([0, 1, 2, 5, 9, 10, 14, 30, rng.randint(0, 80)])
            rest = rng.choice([0, 3, 8, 12, 40, rng.randint(0, 400)])
            counts[lea, school] = (swd, rest)
    return counts


def _restated(counts: dict, rng: random.Random) -> dict:
    """A few schools count anew."""
    again = dict(counts)
    for key in rng.sample(sorted(counts), k=rng.randint(0, 2)):
        swd, rest = again[key]
        again[key] = (max(0, swd + rng.randint(-3, 3)), max(0, rest + rng.randint(-20, 20)))
    return again


def _cells(counts: dict) -> Counts:
    """School < LEA < state, and swd and others < all: tables that share their margins."""
    values, sums = {}, []
    leas = sorted({lea for lea, _ in counts})
    for (lea, school), (swd, rest) in counts.items():
        for group, count in zip(GROUPS, (swd + rest, swd, rest), strict=True):
            values["school", lea, school, group] = count
    for group in GROUPS:
        for lea in leas:
            parts = tuple(("school", one, school, group) for one, school in sorted(counts) if one == lea)
            values["lea", lea, group] = sum(values[part] for part in parts)
            sums.append(Sum(("lea", lea, group), parts))
        parts = tuple(("lea", lea, group) for lea in leas)
        values["state", group] = sum(values[part] for part in parts)
        sums.append(Sum(("state", group), parts))
    units = [("school", *key) for key in sorted(counts)] + [("lea", lea) for lea in leas] + [("state",)]
    sums += [Sum((*unit, "all"), ((*unit, "swd"), (*unit, "others"))) for unit in units]
    return Counts(values, sums)


class Attack:
    """Unknowns are the hidden counts of each release; one that did not change is one unknown."""

    def __init__(self, releases: list[tuple[Counts, dict]]):
        self.names: dict = {}
        self.low, self.high, rows = [], [], []
        shown = {}
        for counts, reasons in releases:
            for cell, value in counts.values.items():
                if cell not in reasons:
                    shown[cell, value] = value
        for counts, reasons in releases:
            for cell, reason in reasons.items():
                self._unknown((cell, counts.values[cell]), reason, shown)
        for counts, reasons in releases:
            for one in counts.sums:
                row, known = {}, 0
                for cell, sign in ((one.total, -1), *((part, 1) for part in one.parts)):
                    value = counts.values[cell]
                    if cell in reasons and (cell, value) in self.names:
                        row[self.names[cell, value]] = row.get(self.names[cell, value], 0) + sign
                    else:
                        known += sign * value
                if row:
                    rows.append((row, -known))
        self.rows = rows

    def _unknown(self, name, reason: str, shown: dict) -> None:
        # What an earlier release has shown is no secret any more.
        low, high = (1, MINIMUM - 1) if reason == SMALL else (MINIMUM, 10**6)
        if name in shown:
            return
        if name not in self.names:
            self.names[name] = len(self.low)
            self.low.append(low)
            self.high.append(high)

    def solved(self) -> set:
        """Unknowns that the equations alone determine: those in whose column the reduced rows have nothing else."""
        width = len(self.low)
        matrix = [[Fraction(row.get(place, 0)) for place in range(width)] for row, _ in self.rows]
        reduced, pivots = [], []
        for row in matrix:
            for pivot, old in zip(pivots, reduced, strict=True):
                if row[pivot]:
                    factor = row[pivot]
                    row = [a - factor * b for a, b in zip(row, old, strict=True)]
            lead = next((place for place, value in enumerate(row) if value), None)
            if lead is None:
                continue
            row = [value / row[lead] for value in row]
            reduced = [
                [a - old[lead] * b for a, b in zip(old, row, strict=True)] if old[lead] else old for old in reduced
            ]
            reduced.append(row)
            pivots.append(lead)
        return {pivot for pivot, row in zip(pivots, reduced, strict=True) if sum(1 for value in row if value) == 1}

    def interval(self, place: int) -> tuple[int, int]:
        """Least and greatest whole value, by integer programming."""
        width = len(self.low)
        target = np.zeros(width)
        target[place] = 1
        matrix = np.array(
            [[row.get(column, 0) for column in range(width)] for row, _ in self.rows] or [np.zeros(width)]
        )
        right = np.array([value for _, value in self.rows] or [0.0])
        ends = []
        for sign in (1, -1):
            done = milp(sign * target, constraints=LinearConstraint(matrix, right, right), integrality=np.ones(width), bounds=Bounds(self.low, self.high))  # fmt: skip
            assert done.status == 0, done.message
            ends.append(round(sign * done.fun))
        return ends[0], ends[1]


def _released(seed: int) -> list[tuple[Counts, dict, list]]:
    rng = random.Random(seed)
    moments = [_state(rng)]
    moments += [_restated(moments[-1], rng)]
    moments += [_restated(moments[-1], rng)]
    done, earlier = [], []
    for moment in moments:
        counts = _cells(moment)
        hidden = hide(counts, MINIMUM, WIDTH, earlier)
        done.append((counts, hidden.reasons, hidden.exposed))
        earlier.append(Released(counts, hidden.reasons, MINIMUM))
    return done


@pytest.mark.parametrize(
    "seed", [*range(50), *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(50, 1000))]
)
def test_no_small_count_is_solved_or_told_more_closely_than_the_policy_allows(seed):
    released = _released(seed)
    for last in range(1, len(released) + 1):
        attack = Attack([(counts, reasons) for counts, reasons, _ in released[:last]])
        exposed = {name for _, _, gone in released[:last] for name in gone}
        small = {
            (cell, counts.values[cell])
            for counts, reasons, _ in released[:last]
            for cell, reason in reasons.items()
            if reason == SMALL
        } - exposed
        solved = attack.solved()
        for name in small & attack.names.keys():
            place = attack.names[name]
            assert place not in solved, name
            low, high = attack.interval(place)
            assert high - low >= WIDTH, (name, low, high)


def test_no_more_is_hidden_than_half_of_what_could_be():
    """In linked tables half of whose cells are small: said in numbers, so that a change for the worse is seen."""
    small = others = cells = 0
    for seed in range(8):
        counts, reasons, _ = _released(seed)[0]
        cells += len(counts.values)
        small += sum(reason == SMALL for reason in reasons.values())
        others += sum(reason == COMPLEMENT for reason in reasons.values())
    assert small and others < 2 * small and others < cells / 2


def test_plain_suppression_by_lea_is_solved():
    """Two linked tables: in each LEA a second cell is hidden, and the groups' margins give both away."""
    counts = _cells({(0, 0): (4, 40), (0, 1): (20, 60), (0, 2): (30, 80)})
    reasons = {("school", 0, 0, "swd"): SMALL, ("school", 0, 1, "swd"): COMPLEMENT}
    attack = Attack([(counts, reasons)])
    assert attack.names[("school", 0, 0, "swd"), 4] in attack.solved()


def test_the_choice_does_not_depend_on_the_order_of_cells():
    counts = _cells(_state(random.Random(7)))
    turned = Counts(dict(reversed(counts.values.items())), list(reversed(counts.sums)))
    assert hide(counts, MINIMUM, WIDTH).reasons == hide(turned, MINIMUM, WIDTH).reasons


def test_a_count_hidden_before_is_not_given_away_by_the_next_release():
    """School 0 is small and school 1 hidden for its sake; later school 1 is shown by nobody, though its LEA is counted anew."""
    first = _cells({(0, 0): (0, 4), (0, 1): (0, 60), (0, 2): (0, 90)})
    before = hide(first, MINIMUM, WIDTH)
    second = _cells({(0, 0): (0, 4), (0, 1): (0, 60), (0, 2): (0, 95)})
    after = hide(second, MINIMUM, WIDTH, [Released(first, before.reasons, MINIMUM)])
    attack = Attack([(first, before.reasons), (second, after.reasons)])
    low, high = attack.interval(attack.names[("school", 0, 0, "others"), 4])
    assert high - low >= WIDTH and not after.exposed


def test_what_was_shown_once_is_said_to_be_exposed():
    counts = _cells({(0, 0): (0, 4), (0, 1): (0, 60)})
    careless = Released(counts, {}, MINIMUM)
    assert (("school", 0, 0, "others"), 4) in hide(counts, MINIMUM, WIDTH, [careless]).exposed
