"""The districts and schools of the whole state side by side, collected while it is made LEA by LEA.

Belongs here: what of a planted year the comparison needs. Does not belong here: comparing (`truth_peers`, `truth_productivity`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sample.agencies import Lea
from sample.membership import Pupils
from sample.truth import CPI, LEA_CWIFT_ERROR, STATE_CWIFT_ERROR, Row, wage_index
from sample.truth_peers import Unit, choose_peers, describe, peer_rows, set_span
from sample.truth_productivity import Outcome, productivity_rows, read_outcome

Key = tuple[str, str, int]


class Comparison:
    """Collects units and outcomes; gives the rows of the four tables at the end."""

    def __init__(self) -> None:
        self.units: dict[Key, Unit] = {}
        self.outcomes: dict[Key, list[Outcome]] = {}

    def add(self, lea: Lea, spent: Row, schools: list[Row], sent: dict[str, Any]) -> None:
        """Keep a year of an LEA: its rows of `district_spending` and `school_spending`, and what was accepted.

        `sent`: `pupils` of the fall file and of the year-end file (`end`), None where it does not stand; rows of `fall` and `outcomes`.
        """
        fiscal_year, pupils = spent["fiscal_year"], sent["pupils"]
        whole = Unit(lea.lea_id, "", fiscal_year, "7" if lea.is_charter else "1")
        counts = {"count": spent["fall_membership_count"], "adm": spent["adm"], "ada": spent["ada"]}
        _price(whole, lea, spent["current_expenditure_per_pupil"], spent["current_expenditure_amount"], counts, spent)
        self._keep(whole, lea, counts["count"], [row for row in sent["fall"] if row[2]])
        if pupils and pupils.own_total is not None and whole.has_pupils:
            set_span(whole, {grade for grade, count in pupils.own_total.items() if count})
        for school, row in zip(lea.schools, schools, strict=True):
            unit = Unit(lea.lea_id, school.school_id, fiscal_year, school.level)
            counts = _school_counts(pupils, sent["end"], school.school_id)
            _price(unit, lea, row.get("total_per_pupil"), row.get("total_amount"), counts, spent)
            self._keep(unit, lea, counts["count"], [one for one in sent["fall"] if one[2] == school.school_id])
        for row in sent["outcomes"]:
            if row[6] == "all":
                self.outcomes.setdefault((lea.lea_id, row[2], fiscal_year), []).append(read_outcome(row))

    def _keep(self, unit: Unit, lea: Lea, count: int | None, rows: list[tuple[str, ...]]) -> None:
        if count:
            describe(unit, count, wage_index(lea, unit.fiscal_year), lea.locale_code, rows)
        self.units[unit.key] = unit

    def rows(self) -> Iterator[tuple[str, list[Row]]]:
        """The four tables and their rows."""
        choose_peers(self.units.values())
        for unit in self.units.values():
            yield "school_peers" if unit.school_id else "peers", list(peer_rows(unit))
        told = productivity_rows(self.units.values(), self.outcomes)
        yield "school_productivity", list(told.rows(of_schools=True))
        yield "district_productivity", list(told.rows(of_schools=False))


def _school_counts(pupils: Pupils | None, end: Pupils | None, school_id: str) -> dict[str, float | None]:
    def days(kind: str) -> float | None:
        found = [value for (school, _), value in getattr(end, kind).items() if school == school_id] if end else []
        return sum(found) / 10_000 if found else None

    return {"count": pupils.school_count(school_id) if pupils else None, "adm": days("adm"), "ada": days("ada")}


def _price(unit: Unit, lea: Lea, per_pupil: float | None, amount: Any, counts: dict[str, Any], spent: Row) -> None:
    """Spending as it is compared, its error, and the readings of it that can be made."""
    wage, share = wage_index(lea, unit.fiscal_year), spent.get("labor_share_rate")
    if per_pupil is not None and unit.fiscal_year in CPI:
        unit.spending = per_pupil / wage * CPI[2025] / CPI[unit.fiscal_year]
        unit.spending_error = unit.spending * (LEA_CWIFT_ERROR if lea.cwift else STATE_CWIFT_ERROR) / wage
    factors = {"plain": 1.0, "wage": 1 / wage}
    if share is not None:
        factors["labor"] = share / wage + 1 - share
    for pupils, count in counts.items():
        if amount is not None and count:
            unit.readings |= {f"{pupils} {name}": float(amount) / count * factor for name, factor in factors.items()}
