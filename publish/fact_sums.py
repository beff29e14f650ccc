"""The sums of a fact by fiscal year, kept from one build to the next that continues it.

Hashing every line of twenty years each night would cost more than all else. A year in which no LEA changed has the sums it had.

Belongs here: remembering those sums. Does not belong here: making them (`facts`, `content_hash`), deciding what changed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from publish.content_hash import Column, RowSums


@dataclass(frozen=True)
class YearSums:
    """One fiscal year of one fact: its content sums, and the sum of the engine's own row hashes."""

    fiscal_year: int | None
    sums: RowSums
    quick_sum: int


@dataclass
class FactSums:
    """What is known of the facts before they are read, and what was learned by reading them."""

    known: dict[str, Any] = field(default_factory=dict)
    changed_years: Collection[int] = frozenset()
    learned: dict[str, Any] = field(default_factory=dict)

    def unchanged(self, fact: str, columns: Sequence[Column]) -> list[YearSums]:
        """The years of a fact that need not be read; none if its columns are others than they were."""
        told = self.known.get(fact)
        if not told or told["columns"] != _signature(columns):
            return []
        years = (YearSums(year, RowSums(rows, low, high), quick) for year, rows, low, high, quick in told["years"])
        return [one for one in years if one.fiscal_year is not None and one.fiscal_year not in self.changed_years]

    def learn(self, fact: str, columns: Sequence[Column], years: Iterable[YearSums]) -> None:
        """Remember the years of a fact as they are now."""
        rows = [[y.fiscal_year, y.sums.rows, y.sums.low, y.sums.high, y.quick_sum] for y in years]
        self.learned[fact] = {"columns": _signature(columns), "years": rows}


def _signature(columns: Sequence[Column]) -> list[str]:
    return [f"{column.name} {column.data_type}" for column in columns]
