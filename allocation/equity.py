"""How equal amounts per pupil are: pupil-weighted statistics of horizontal equity.

Quantiles are without interpolation: Q(p) is the smallest x whose cumulative weight is at least p of all. McLoone and Verstegen count
units at the median on both sides. Source: the definitions of the statistics as NCES 2000-020 uses them.

Belongs here: statistics of a list. Does not belong here: whose amounts they are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Equity:
    """Statistics of amounts `x` weighted by pupils; None where a statistic is not defined (an amount that is not positive, nobody)."""

    pairs: tuple[tuple[float, float], ...]

    @classmethod
    def of(cls, amounts: Sequence[float], pupils: Sequence[float]) -> Equity:
        """Amounts per pupil and the pupils behind each; units without pupils are left out."""
        return cls(tuple(sorted((x, w) for x, w in zip(amounts, pupils, strict=True) if w > 0)))

    @property
    def weight(self) -> float:
        return math.fsum(w for _, w in self.pairs)

    @property
    def mean(self) -> float:
        return math.fsum(x * w for x, w in self.pairs) / self.weight

    def quantile(self, p: float) -> float:
        """The smallest amount whose cumulative weight is at least `p` of all."""
        wanted, reached = p * self.weight, 0.0
        for x, w in self.pairs:
            reached += w
            if reached >= wanted - 1e-9 * self.weight:
                return x
        return self.pairs[-1][0]

    @property
    def median(self) -> float:
        return self.quantile(0.5)

    def statistics(self) -> dict[str, float | None]:
        """All of them by name."""
        if not self.pairs:
            return dict.fromkeys(_NAMES)
        low, high = self.quantile(0.05), self.quantile(0.95)
        deviation = math.sqrt(math.fsum(w * (x - self.mean) ** 2 for x, w in self.pairs) / self.weight)
        found = {
            "mean": self.mean,
            "median": self.median,
            "range": self.pairs[-1][0] - self.pairs[0][0],
            "restricted_range": high - low,
            "federal_range_ratio": _over(high - low, low),
            "standard_deviation": deviation,
            "coefficient_of_variation": _over(deviation, self.mean),
            "gini": self._gini(),
            "mcloone": self._beside_median([(x, w) for x, w in self.pairs if x <= self.median]),
            "verstegen": self._beside_median([(x, w) for x, w in self.pairs if x >= self.median]),
        }
        return found | self._entropies()

    def _gini(self) -> float | None:
        # Half the sum over pairs of |xi - xj|, by the order of the amounts: what stands before is not larger.
        half = weight = amount = 0.0
        for x, w in self.pairs:
            half += w * (x * weight - amount)
            weight, amount = weight + w, amount + w * x
        return _over(half, self.weight**2 * self.mean)

    def _beside_median(self, side: list[tuple[float, float]]) -> float | None:
        return _over(math.fsum(x * w for x, w in side), self.median * math.fsum(w for _, w in side))

    def _entropies(self) -> dict[str, float | None]:
        if self.pairs[0][0] <= 0:
            return dict.fromkeys(("theil", "mean_log_deviation", "atkinson_1"))
        mean, whole = self.mean, self.weight
        theil = math.fsum(w / whole * x / mean * math.log(x / mean) for x, w in self.pairs)
        mld = math.fsum(w / whole * math.log(mean / x) for x, w in self.pairs)
        return {"theil": theil, "mean_log_deviation": mld, "atkinson_1": 1 - math.exp(-mld)}


_NAMES = ("mean", "median", "range", "restricted_range", "federal_range_ratio", "standard_deviation", "coefficient_of_variation", "gini",
          "mcloone", "verstegen", "theil", "mean_log_deviation", "atkinson_1")  # fmt: skip


def _over(part: float, whole: float) -> float | None:
    return part / whole if whole else None
