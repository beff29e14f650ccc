"""What somebody can work out who has read everything that was ever shown.

Of hidden counts the least and the greatest value that all published sums allow, in this release and those before, knowing that a count
hidden for being small is small, that one hidden for its sake is not, and even which counts did not change from one release to the
next. Whole numbers, solved by HiGHS.

Belongs here: those values. Does not belong here: choosing what to hide (`hiding`).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, linprog, milp
from scipy.sparse import csr_matrix

from ingest.refusals import SystemFailure

MOST = 10**7
"""No count of pupils is larger."""
SLACK = 1e-6
Unknown = Hashable


class Attack:
    """Unknowns with their bounds, and sums they are in: each a mapping of unknowns to signs, and what they make together."""

    def __init__(self, bounds: Mapping[Unknown, tuple[int, int]], sums: Sequence[tuple[Mapping[Unknown, int], int]]):
        self.place = {name: number for number, name in enumerate(bounds)}
        self.bounds = list(bounds.values())
        rows, columns, signs = [], [], []
        for number, (row, _) in enumerate(sums):
            for name, sign in row.items():
                rows.append(number)
                columns.append(self.place[name])
                signs.append(sign)
        self.right = [value for _, value in sums]
        self.matrix = csr_matrix((signs, (rows, columns)), shape=(len(sums), len(self.bounds))) if sums else None
        # Every solution found tells how far the other unknowns can move too.
        self.low = np.full(len(self.bounds), np.inf)
        self.high = np.full(len(self.bounds), -np.inf)

    def width(self, name: Unknown, enough: int) -> int:
        """How far the unknown can move, at least; searched no further than `enough`."""
        place = self.place[name]
        if self.high[place] - self.low[place] < enough:
            for sign in (1, -1):
                self._push(place, sign)
        return int(self.high[place] - self.low[place])

    def _push(self, place: int, sign: int) -> None:
        target = np.zeros(len(self.bounds))
        target[place] = sign
        done = linprog(target, A_eq=self.matrix, b_eq=self.right or None, bounds=self.bounds, method="highs-ds")
        self._check(done)
        if np.abs(done.x - np.round(done.x)).max() > SLACK:
            # Pupils are whole: between fractions that a vertex allows there may be fewer whole numbers than policy wants.
            low, high = zip(*self.bounds, strict=True)
            sums = [LinearConstraint(self.matrix, self.right, self.right)] if self.right else []
            done = milp(target, constraints=sums, integrality=np.ones(len(low)), bounds=Bounds(low, high))
            self._check(done)
        found = np.round(done.x)
        self.low = np.minimum(self.low, found)
        self.high = np.maximum(self.high, found)

    @staticmethod
    def _check(done: OptimizeResult) -> None:
        if done.status != 0:
            # What cannot be solved is not safe: nobody knows what follows from sums that contradict what is told of them.
            raise SystemFailure(f"What releases told cannot be solved ({done.message}): nothing was released.")


def bounds_of(reason: str, minimum: int) -> tuple[int, int]:
    """What the reason tells of a hidden count; a count that stands nowhere can be anything."""
    if reason == "small_cell":
        return 1, minimum - 1
    return (minimum, MOST) if reason else (0, MOST)
