"""From planted cells down to ledger lines in the state's own codes.

Belongs here: choosing state codes whose meaning is the planted one, cutting an amount into lines, balances, budgets.
Does not belong here: how much was planted (`spending`), how files are written (`files`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from random import Random

from sample import chart
from sample.agencies import Lea
from sample.money import MONEY
from sample.spending import Cell, Plan

HEADER = ("LEA ID", "Fiscal Year", "Fund Code", "Account Class", "Function Code", "Object Code", "Program Code",
          "Project Code", "Source Code", "Level Code", "Payee Type", "Location Type", "Location Code", "School ID",
          "Posting Date", "Amount Type", "Amount")  # fmt: skip
DATE, AMOUNT = 14, 16
LEVELS = {"elementary": "10", "middle": "20", "high": "30", "combined": "37", "other": "30"}
OFFICES = {"central": "900", "districtwide_program": "910", "non_school": "950", "unknown": ""}
Line = tuple[str, ...]


class Ledger:
    """Writes the lines of one LEA-year; keeps them distinct, so that no clean file repeats a line."""

    def __init__(self, lea: Lea, fiscal_year: int, seed: int, book: str) -> None:
        self.lea, self.fiscal_year = lea, fiscal_year
        self.rng = Random(f"{seed}/lines/{lea.lea_id}/{fiscal_year}/{book}")
        self.lines: list[Line] = []
        self._seen: set[Line] = set()
        self._levels = {school.school_id: LEVELS[school.level] for school in lea.schools}
        last = fiscal_year - 1
        self._dates = [f"{last}-{month:02d}" for month in range(7, 13)] + [
            f"{fiscal_year}-{month:02d}" for month in range(1, 7)
        ]

    def post(self, money: tuple[str, str], account_class: str, account: tuple[str, str, str, str], place: tuple[str, str, str],
             cents: int, amount_type: str = "actual") -> None:  # fmt: skip
        """Add one line. account: function, object, program, source; place: location type, school, payee."""
        location, school_id, payee = place
        fund, project = money
        function, object_, program, source = account
        code = school_id or OFFICES.get(location, "")
        head = (self.lea.lea_id, str(self.fiscal_year), fund, account_class, function, object_, program, project, source,
                self._levels.get(school_id, ""), payee, location, code, school_id)  # fmt: skip
        tail = (amount_type, decimal2(cents))
        line = (*head, self._date(), *tail)
        while line in self._seen:
            line = (*head, self._date(), *tail)
        self._seen.add(line)
        self.lines.append(line)

    def _date(self) -> str:
        rng = self.rng
        return f"{self._dates[int(rng.random() * 12)]}-{1 + int(rng.random() * 28):02d}"


def decimal2(cents: int) -> str:
    """Cents as plain dollars."""
    size = abs(cents)
    return f"{'-' if cents < 0 else ''}{size // 100}.{size % 100:02d}"


def actual_lines(
    plan: Plan, lea: Lea, fiscal_year: int, seed: int, opening: dict[str, int], is_audited: bool
) -> list[Line]:
    """The lines of the unaudited or audited books: spending, revenue, transfers, encumbrances, balances.

    Args:
        opening: fund balances at the start of the year, in cents; updated to those at its end.
    """
    ledger = Ledger(lea, fiscal_year, seed, "actual")
    for cell in plan.cells:
        _post_cell(ledger, cell)
    if plan.has_revenue:
        _post_income(ledger, plan)
    _post_other(ledger, plan)
    if is_audited:
        for cell in plan.audit:
            _post_one(ledger, cell, cell.cents)
    _post_balances(ledger, opening)
    return ledger.lines


def _post_cell(ledger: Ledger, cell: Cell) -> None:
    if cell.is_split:
        money = MONEY[cell.money]
        account = (cell.function, cell.object, cell.program, "")
        place = (cell.location_type, cell.school_id, cell.payee)
        ledger.post((money.fund_code, money.project_code), "expenditure", account, place, cell.cents)
        return
    for cents in cut(cell.cents, ledger.rng):
        _post_one(ledger, cell, cents)


def _post_one(ledger: Ledger, cell: Cell, cents: int) -> None:
    rng, year, money = ledger.rng, ledger.fiscal_year, MONEY[cell.money]
    functions = chart.function_codes(cell.function, year)
    function = functions[int(rng.random() * len(functions))]
    objects = chart.object_codes(cell.object, function, year)
    object_ = objects[int(rng.random() * len(objects))]
    programs = chart.program_codes(cell.program)
    program = programs[int(rng.random() * len(programs))]
    place = (cell.location_type, cell.school_id, cell.payee)
    ledger.post((money.fund_code, money.project_code), "expenditure", (function, object_, program, ""), place, cents)


def cut(cents: int, rng: Random) -> list[int]:
    """Cut an amount into one to three lines, now and then with a payment and its refund."""
    draw = rng.random()
    lines = [cents]
    if draw > 0.3 and cents > 10_000:
        first = int(cents * (0.2 + 0.6 * rng.random()))
        lines = [first, cents - first]
        if draw > 0.7:
            second = int(lines[1] * (0.3 + 0.4 * rng.random()))
            lines = [first, second, lines[1] - second]
    if draw < 0.03 and cents > 10_000:
        refund = 1 + int(cents * 0.04 * rng.random())
        lines = [cents + refund, -refund]
    return lines


def _post_income(ledger: Ledger, plan: Plan) -> None:
    for income in plan.income:
        money = MONEY[income.money]
        codes = chart.source_codes(income.source, ledger.fiscal_year)
        for cents in [income.cents] if income.is_split else cut(income.cents, ledger.rng):
            source = income.source if income.is_split else ledger.rng.choice(codes)
            ledger.post(
                (money.fund_code, money.project_code), "revenue", ("", "", "", source), ("central", "", ""), cents
            )


def _post_other(ledger: Ledger, plan: Plan) -> None:
    central = ("central", "", "")
    if plan.transfer_cents:
        ledger.post(("010", "0000"), "other_use", ("960", "9100", "", ""), central, plan.transfer_cents)
        ledger.post(("130", "0000"), "other_source", ("", "", "", "52100"), central, plan.transfer_cents)
    if plan.sale_cents:
        ledger.post(("010", "0000"), "other_source", ("", "", "", "53100"), central, plan.sale_cents)
    if plan.bond_cents:
        ledger.post(("210", "0000"), "other_source", ("", "", "", "51100"), central, plan.bond_cents)
    for cents in plan.encumbrances:
        ledger.post(("010", "0000"), "expenditure", ("110", "6110", "", ""), central, cents, "encumbrance")


def _post_balances(ledger: Ledger, opening: dict[str, int]) -> None:
    """Opening and closing balances, assets and liabilities: every fund rolls forward and balances."""
    change: dict[str, int] = defaultdict(int)
    for line in ledger.lines:
        if line[-2] == "actual":
            sign = 1 if line[3] in ("revenue", "other_source") else -1
            change[line[2]] += sign * int(line[AMOUNT].replace(".", ""))
    for fund in sorted(set(change) | set(opening)):
        before = opening.get(fund, 0)
        after = before + change[fund]
        owed = abs(after) // 20 + 100_000
        for name, cents in (
            ("opening_balance", before),
            ("closing_balance", after),
            ("asset", after + owed),
            ("liability", owed),
        ):
            ledger.post((fund, ""), name, ("", "", "", ""), ("central", "", ""), cents)
        opening[fund] = after


def budget_lines(actual: list[Line], lea: Lea, fiscal_year: int, seed: int, book: str) -> Iterator[Line]:
    """A budget by account, near what was spent later; no schools in it."""
    rng = Random(f"{seed}/budget/{lea.lea_id}/{fiscal_year}/{book}")
    sums: dict[Line, int] = defaultdict(int)
    for line in actual:
        if line[3] in ("expenditure", "revenue") and line[-2] == "actual":
            sums[line[2:9]] += int(line[AMOUNT].replace(".", ""))
    for account in sorted(sums):
        dollars = max(1, int(sums[account] * rng.uniform(0.95, 1.05)) // 100)
        yield (lea.lea_id, str(fiscal_year), *account, "", "", "unknown", "", "", "", "budget", f"{dollars}.00")
