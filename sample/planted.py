"""One LEA-year as it is planted, and what the warehouse must say of it once its files are in.

Belongs here: what stands of a year, and its rows of truth. Does not belong here: drawing, files, the order of work (`make`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sample import (
    courses,
    defects,
    people,
    spending,
    timetable,
    truth,
    truth_allocation,
    truth_budget,
    truth_f33,
    truth_school,
)
from sample.agencies import Lea
from sample.compared import Comparison
from sample.keep import Truth
from sample.membership import Pupils
from sample.truth_panel import Panel
from sample.truth_staff import staffing_row

Rows = list[tuple[str, ...]]
COMPARED = {"fall": ("membership", "fall"), "outcomes": ("outcomes", "final")}


@dataclass
class Year:
    """Everything planted for one LEA-year, and the versions that stand: slot -> accepted version."""

    fiscal_year: int
    pupils: Pupils
    plan: spending.Plan
    assignments: list[people.Assignment]
    staffing: people.Staffing
    sections: list[courses.Section]
    rows: dict[tuple[str, str], Rows]
    accepted: dict[tuple[str, str], int] = field(default_factory=dict)
    # The lines of an accepted file with a harmless defect, which are not quite those planted.
    sent: dict[tuple[str, str], list[list[str]] | None] = field(default_factory=dict)

    def stands(self, collection: str, period: str) -> bool:
        return (collection, period) in self.accepted

    def standing(self, collection: str, periods: tuple[str, ...]) -> str | None:
        """The first of these reporting periods that stands."""
        return next((period for period in periods if self.stands(collection, period)), None)


@dataclass
class Run:
    """Where the run writes to, and what every LEA needs."""

    into: Path
    truth: Truth
    manifest: Any
    last_year: int
    seed: int
    deck: defects.Deck | None
    panel: Panel
    comparison: Comparison


def finding_rows(
    lea: Lea, fiscal_year: int, slot: tuple[str, str], defect: defects.Defect, spoiled: defects.Spoiled
) -> Iterator[dict[str, Any]]:
    """The findings that a spoiled file must have."""
    sha256 = hashlib.sha256(spoiled.data).hexdigest()
    for edit_id, row_number, column, is_consequence in spoiled.findings:
        yield {"sha256": sha256, "collection": slot[0], "lea_id": lea.lea_id, "fiscal_year": fiscal_year,
               "reporting_period": slot[1], "defect": defect.name, "edit_id": edit_id, "row_number": row_number,
               "column_name": column, "is_consequence": is_consequence}  # fmt: skip


def quality_row(lea: Lea, year: Year, turn: timetable.Turn, count: int) -> dict[str, Any]:
    """One row of `submission_quality`, after so many versions."""
    window = turn.window
    slot = window.collection, window.period
    row: dict[str, Any] = {"lea_id": lea.lea_id, "collection": slot[0], "fiscal_year": year.fiscal_year, "reporting_period": slot[1],
                           "is_expected": window.is_expected, "submission_count": count}  # fmt: skip
    due: date = timetable.day(year.fiscal_year, window.due)
    if not count:
        # The sample's last due day is past when it is made: what never came is late.
        return row | {"status": "never_submitted", "due_on": due, "is_late": True}
    late = max(0, (turn.received_on - due).days)
    first = datetime.fromisoformat(timetable.received_at(turn.received_on, 0)).replace(tzinfo=None)
    return row | {
        "status": "accepted" if slot in year.accepted else "suspended", "latest_version": count,
        "accepted_version": year.accepted.get(slot), "is_late": late > 0, "due_on": due,
        "first_received_at": first, "days_late": late or None,
    }  # fmt: skip


def keep_budgets(run: Run, lea: Lea, year: Year, books: truth.Books | None) -> None:
    """The operating budget of the books and the budget that stand; a budget is expected, encumbrances are told where there are some."""
    fiscal_year = year.fiscal_year
    actual = year.standing("ledger", ("actual_audited", "actual_unaudited"))
    budget = year.standing("ledger", ("revised_budget", "adopted_budget"))
    parts = {
        "actual": truth_budget.actual_parts(year.plan, fiscal_year, actual == "actual_audited") if actual else None,
        "budget": truth_budget.budgeted_parts(year.rows["ledger", budget], fiscal_year) if budget else None,
    }
    if actual and year.plan.encumbrances:
        sent = year.sent.get(("ledger", actual))
        parts["encumbrance"] = truth_budget.ordered_parts(sent) if sent else truth_budget.encumbered_parts(year.plan)
    for amount_type, found in parts.items():
        bridge, uses = truth_budget.rows(lea, fiscal_year, amount_type, found)
        run.truth.add("operating_budget", bridge)
        run.truth.add("operating_budget_source_use", uses)
    spent = list(truth_budget.actual_parts(year.plan, fiscal_year, actual == "actual_audited")) if actual else []
    run.truth.add("spending_flexibility", truth_budget.flexibility_rows(lea, fiscal_year, spent))
    lines = year.rows["ledger", actual] if actual else []
    pupils = year.pupils.lea_count if year.stands("membership", "fall") else None
    row = truth_budget.sustainability_row(lea, fiscal_year, books, year.plan, spent if actual else None, lines, pupils)
    run.truth.add("sustainability", [row])


def keep_money(run: Run, lea: Lea, year: Year) -> truth.Books | None:
    """Spending and revenue of the books that stand, down to schools; gives the books."""
    period = year.standing("ledger", ("actual_audited", "actual_unaudited"))
    books = truth.keep_books(year.plan, year.fiscal_year, period == "actual_audited") if period else None
    fall = year.pupils if year.stands("membership", "fall") else None
    end = year.pupils if year.stands("membership", "year_end") else None
    survey = truth_f33.rows(lea, year.fiscal_year, year.plan if period else None, period == "actual_audited", fall)
    run.truth.add("f33_detail", survey)
    spent = truth.spending_row(lea, year.fiscal_year, period, books, fall, end)
    run.truth.add("district_spending", [spent])
    run.panel.add(lea, spent)
    run.truth.add("district_spending_detail", truth.detail_rows(lea, year.fiscal_year, books, fall))
    staff = truth_school.average_salaries(year.assignments) if year.stands("staff", "fall") else {}
    schools, exclusions = truth_school.school_rows(lea, year.fiscal_year, books, fall, staff)
    run.truth.add("school_spending", schools)
    run.truth.add("school_spending_mix", truth_school.mix_rows(schools, books))
    run.truth.add("title_i_comparability", truth_school.comparability_rows(lea, schools, staff))
    run.truth.add("school_spending_exclusion", exclusions)
    run.truth.add("school_allocation", _allocations(lea, year, schools, period))
    files = {name: year.rows[slot] if year.stands(*slot) else [] for name, slot in COMPARED.items()}
    run.comparison.add(lea, spent, schools, files | {"pupils": fall, "end": end})
    return books


def _allocations(lea: Lea, year: Year, schools: list[dict[str, Any]], period: str | None) -> Iterator[dict[str, Any]]:
    operating = None
    if period:
        parts = truth_budget.actual_parts(year.plan, year.fiscal_year, period == "actual_audited")
        operating = int(truth_budget.rows(lea, year.fiscal_year, "actual", parts)[0][-1]["amount"].scaleb(2))
    yield from truth_allocation.rows(
        lea, year.fiscal_year, schools, year.rows["membership", "fall"], year.pupils,
        year.stands("membership", "fall"), year.stands("membership", "year_end"), operating,
    )  # fmt: skip


def keep_staffing(run: Run, lea: Lea, year: Year, books: truth.Books | None, following: Year | None) -> None:
    """Staffing of a year, once the following one is known: it says who left."""
    after = following.staffing if following and following.stands("staff", "fall") else None
    row = staffing_row(
        lea, year.fiscal_year, year.staffing if year.stands("staff", "fall") else None, after,
        year.pupils if year.stands("membership", "fall") else None,
        year.sections if year.stands("sections", "fall") else None, books,
    )  # fmt: skip
    run.truth.add("district_staffing", [row])
