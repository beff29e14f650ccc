"""The numbers the analysts' tables must show after the night, from what was planted.

Belongs here: sums of planted cells in the shape of the marts' rows, cents until they are written.
Does not belong here: ledger lines, state codes that stand for one national code, the files' form.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sample import chart, classify
from sample.agencies import Lea
from sample.membership import Pupils
from sample.money import MONEY
from sample.spending import Cell, Plan

# Mean of July to June of the consumer price index CPI-U (CUUR0000SA0, 1982-84 = 100, Bureau of Labor Statistics),
# rounded to three decimals. Base year of real dollars in the sample's policy: 2025.
CPI = {1995: 150.408, 1996: 154.500, 1997: 158.908, 1998: 161.742, 1999: 164.542, 2000: 169.292, 2001: 175.092, 2002: 178.192,
       2003: 182.108, 2004: 186.092, 2005: 191.692, 2006: 198.992, 2007: 204.138, 2008: 211.702, 2009: 214.658, 2010: 216.735,
       2011: 221.087, 2012: 227.565, 2013: 231.352, 2014: 234.966, 2015: 236.677, 2016: 238.273, 2017: 242.656, 2018: 248.126,
       2019: 253.268, 2020: 257.230, 2021: 263.151, 2022: 282.025, 2023: 299.685, 2024: 309.570, 2025: 317.731}  # fmt: skip
STATE_CWIFT = 1.021
STATE_CWIFT_ERROR, LEA_CWIFT_ERROR = 0.012, 0.010
# Years in which figures of the federal survey cannot be compared with those before, whatever a district did.
SERIES_BREAKS = {1995, 2009, 2010, 2015, 2018, 2020, 2021, 2022}
# Payments for pupils of other systems, which the count of an LEA's own does not divide.
_PAID_ELSEWHERE = {"511", "512", "561", "562", "563", "564", "565", "566", "567", "569", "591", "592"}
Row = dict[str, Any]


@dataclass
class Books:
    """The sums of one LEA-year's accepted books."""

    items: dict[str, int]
    detail: dict[tuple[str, str, str, str], int]
    site: dict[str, list[int]]
    excluded: dict[str, int]
    exclusions: dict[str, int]
    pool: list[int]
    mix: dict[tuple[str, str], int]
    revenue: dict[str, int]
    has_revenue: bool
    instructional_pay: int
    compensation: int = 0


def is_broken(fiscal_year: int) -> bool:
    """Whether the federal series breaks in a fiscal year."""
    return fiscal_year in SERIES_BREAKS


def keep_books(plan: Plan, fiscal_year: int, is_audited: bool) -> Books:
    """Add up the planted money of the books that stand."""
    books = Books(defaultdict(int), defaultdict(int), {}, defaultdict(int), defaultdict(int), [0, 0], defaultdict(int),
                  {"federal": 0, "state": 0, "local": 0}, plan.has_revenue, 0)  # fmt: skip
    for cell in plan.spending(is_audited):
        for function, object_, cents in targets(cell, fiscal_year):
            _book(books, cell, function, object_, cents)
    for income in plan.income if plan.has_revenue else ():
        parts = (
            chart.parts(income.cents, [chart.SOURCES[income.source]])
            if income.is_split
            else [((income.source,), income.cents)]
        )
        for (source,), cents in parts:
            books.revenue[classify.revenue_level(source) or ""] += cents
    books.revenue["local"] += plan.sale_cents
    return books


def targets(cell: Cell, fiscal_year: int) -> list[tuple[str, str, int]]:
    """National function, object and cents of a cell."""
    if not cell.is_split:
        return [(cell.function, cell.object, cell.cents)]
    function = chart.function_meaning(cell.function, fiscal_year)
    object_ = chart.object_meaning(cell.object, cell.function, fiscal_year)
    return [(f, o, cents) for (f, o), cents in chart.parts(cell.cents, [function, object_])]


def _book(books: Books, cell: Cell, function: str, object_: str, cents: int) -> None:
    money = MONEY[cell.money]
    program = chart.PROGRAMS[cell.program] if cell.is_split else cell.program
    item = classify.item(function, object_, program, cell.payee)
    books.items[item] += cents
    books.detail[function, object_, money.level, money.national_fund] += cents
    if item == "E13" and "100" <= object_ <= "299":
        books.instructional_pay += cents
    if item in classify.CURRENT and "100" <= object_ <= "299":
        books.compensation += cents
    category = classify.excluded_category(item, money.level == "private", cell.location_type)
    side = 0 if money.level == "federal" and cell.money != "impact" else 1
    if cell.location_type == "school":
        if category:
            books.excluded[cell.school_id] += cents
        else:
            books.site.setdefault(cell.school_id, [0, 0])[side] += cents
            books.mix[cell.school_id, classify.mix_category(function, object_)] += cents
    elif category:
        books.exclusions[category] += cents
    else:
        books.pool[side] += cents


def dollars(cents: int | None) -> Decimal | None:
    """Cents as exact dollars."""
    return None if cents is None else Decimal(cents).scaleb(-2)


def ratio(cents: int | None, count: int | float | None) -> float | None:
    """Dollars for each pupil; null where a part is missing or nobody is counted."""
    return cents / 100 / count if cents is not None and count else None


def spending_row(
    lea: Lea, fiscal_year: int, period: str | None, books: Books | None, fall: Pupils | None, end: Pupils | None
) -> Row:
    """One row of `district_spending`."""
    sums = _sums(books)
    count = fall.lea_count if fall else None
    adm = sum(end.adm.values()) / 10_000 if end else None
    ada = sum(end.ada.values()) / 10_000 if end else None
    per_pupil = ratio(sums["current_expenditure_amount"], count)
    row: Row = {
        "lea_id": lea.lea_id, "nces_lea_id": lea.nces_lea_id, "lea_name": lea.name(fiscal_year), "fiscal_year": fiscal_year,
        "reporting_period": period, "spending_status": "reported" if books else "missing",
        "revenue_status": "reported" if books and books.has_revenue else "missing",
        "membership_status": "reported" if fall else "missing",
    }  # fmt: skip
    row |= {name: dollars(cents) for name, cents in sums.items()}
    row |= {
        "fall_membership_count": count, "adm": adm, "ada": ada,
        "current_expenditure_per_pupil": per_pupil,
        "current_expenditure_per_adm": ratio(sums["current_expenditure_amount"], adm),
        "current_expenditure_per_ada": ratio(sums["current_expenditure_amount"], ada),
    }  # fmt: skip
    return row | _prices(lea, fiscal_year, per_pupil, sums["current_expenditure_amount"], books)


def _prices(lea: Lea, fiscal_year: int, per_pupil: float | None, current: int | None, books: Books | None) -> Row:
    """Spending per pupil in other prices; what cannot be computed is left out."""
    share = min(1.0, books.compensation / current) if books and current else None
    row: Row = {"labor_share_rate": share}
    if per_pupil is None:
        return row
    index, error = wage_index(lea, fiscal_year), LEA_CWIFT_ERROR if lea.cwift else STATE_CWIFT_ERROR
    row |= {
        "wage_adjusted_current_expenditure_per_pupil": per_pupil / index,
        "wage_adjusted_current_expenditure_per_pupil_se": per_pupil * error / index**2,
    }
    if share is not None:
        row["labor_share_adjusted_current_expenditure_per_pupil"] = per_pupil * (share / index + 1 - share)
    if fiscal_year in CPI:
        row |= {
            f"real_{name}": row[name] * CPI[2025] / CPI[fiscal_year]
            for name in tuple(row)
            if name.endswith("_per_pupil")
        }
        row["real_current_expenditure_per_pupil"] = per_pupil * CPI[2025] / CPI[fiscal_year]
    return row


def _sums(books: Books | None) -> dict[str, int | None]:
    def of(items: set[str]) -> int | None:
        return sum(books.items.get(item, 0) for item in items) if books else None

    def money(level: str) -> int | None:
        return books.revenue[level] if books and books.has_revenue else None

    inside = (
        classify.CURRENT | classify.NON_ELEMENTARY_SECONDARY | classify.CAPITAL | classify.PAYMENT_TO_OTHER | {"I86"}
    )
    return {
        "total_expenditure_amount": of(inside),
        "current_expenditure_amount": of(classify.CURRENT),
        "instruction_amount": of({"E13"}),
        "support_services_amount": of(classify.SUPPORT),
        "other_current_amount": of(classify.OTHER_CURRENT),
        "nonelementary_secondary_amount": of(classify.NON_ELEMENTARY_SECONDARY),
        "capital_outlay_amount": of(classify.CAPITAL),
        "debt_service_amount": of({"I86"}),
        "principal_amount": of({"principal"}),
        "payment_to_other_amount": of(classify.PAYMENT_TO_OTHER),
        "unmapped_amount": of({classify.UNMAPPED}),
        "federal_revenue_amount": money("federal"),
        "state_revenue_amount": money("state"),
        "local_revenue_amount": money("local"),
        "total_revenue_amount": sum(books.revenue.values()) if books and books.has_revenue else None,
    }


def wage_index(lea: Lea, fiscal_year: int) -> float:
    """The LEA's wage index of the latest issue up to the year, else the first; charter LEAs take the state's."""
    if not lea.cwift:
        return STATE_CWIFT
    issues = [year for year in lea.cwift if year <= fiscal_year]
    return float(lea.cwift[max(issues) if issues else min(lea.cwift)])


def detail_rows(lea: Lea, fiscal_year: int, books: Books | None, fall: Pupils | None) -> list[Row]:
    """The rows of `district_spending_detail`."""
    count = fall.lea_count if fall else None
    return [
        {"lea_id": lea.lea_id, "fiscal_year": fiscal_year, "function_code": function, "object_code": object_, "source_level": level,
         "fund_code": fund, "amount": dollars(cents), "per_pupil": None if object_ in _PAID_ELSEWHERE else ratio(cents, count)}
        for (function, object_, level, fund), cents in sorted(books.detail.items() if books else ())
    ]  # fmt: skip
