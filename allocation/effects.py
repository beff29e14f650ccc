"""What scenarios do to the schools together: winners and losers, equity, and proof that no dollar came or went.

Belongs here: comparing results. Does not belong here: the formula (`budgeting`), how it is shown (`report`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from allocation.budgeting import Result
from allocation.equity import Equity


@dataclass(frozen=True)
class Effects:
    """A scenario in sums. `moved`: dollars that go to other schools; `unallocated`: pool less allocations, zero to the cent."""

    name: str
    pool: Decimal
    allocated: Decimal
    base: float
    base_after_floors: float
    winners: int
    losers: int
    unchanged: int
    at_floor: int
    moved: Decimal
    prior: Decimal | None
    equity: dict[str, float | None]

    @property
    def unallocated(self) -> Decimal:
        return self.pool - self.allocated

    @property
    def beyond_prior(self) -> Decimal | None:
        """Dollars more than the schools had before; zero for a scenario that only moves money."""
        return None if self.prior is None else self.allocated - self.prior


def effects_of(result: Result) -> Effects:
    """Sum a result up."""
    changes = [one.change for one in result.allocations if one.change is not None]
    counted = [one for one in result.allocations if one.per_pupil is not None]
    has_prior = len(changes) == len(result.allocations)
    return Effects(
        name=result.scenario.name,
        pool=result.pool,
        allocated=sum((one.amount for one in result.allocations), Decimal(0)),
        base=float(result.base),
        base_after_floors=float(result.base_after_floors),
        winners=sum(change > 0 for change in changes),
        losers=sum(change < 0 for change in changes),
        unchanged=sum(change == 0 for change in changes),
        at_floor=sum(one.is_at_floor for one in result.allocations),
        moved=sum((change for change in changes if change > 0), Decimal(0)),
        prior=sum((one.school.prior for one in result.allocations if one.school.prior is not None), Decimal(0))
        if has_prior
        else None,
        equity=Equity.of(
            [one.per_pupil or 0.0 for one in counted], [float(one.school.pupils) for one in counted]
        ).statistics(),
    )


ROW = ("scenario", "lea_id", "school_id", "pupil_count", "weighted_pupil_count", "formula_amount", "floor_amount", "is_at_floor",
       "allocation_amount", "allocation_per_pupil", "prior_amount", "change_amount")  # fmt: skip


def rows_of(results: Sequence[Result]) -> list[dict[str, object]]:
    """One row a scenario and school, in the columns of `ROW`; ratios and weighted pupils to six places."""
    return [
        dict(
            zip(
                ROW,
                (
                    result.scenario.name, one.school.lea_id, one.school.school_id, one.school.pupils,
                    round(float(one.weighted_pupils), 6), one.formula, one.floor, one.is_at_floor, one.amount,
                    None if one.per_pupil is None else round(one.per_pupil, 6), one.school.prior, one.change,
                ),
                strict=True,
            )
        )
        for result in results
        for one in result.allocations
    ]  # fmt: skip
