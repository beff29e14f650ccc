"""The operating budget that the warehouse must find: from all planted spending down to what runs the schools of the year.

Belongs here: the generator's own reading of the bridge, and its rows. Does not belong here: anything read from the warehouse's rules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sample import chart, classify
from sample.agencies import Lea
from sample.money import MONEY
from sample.postings import AMOUNT, Line
from sample.spending import Plan
from sample.truth import Row, dollars, targets

STEPS = ("all_spending", "transfers_and_other_uses", "fiduciary_funds", "debt_service", "capital_outlay", "non_elementary_secondary",
         "payments_to_others", "unmapped", "operating_budget")  # fmt: skip
_PAID_TO_OTHERS = {"511", "512", "561", "562", "563", "564", "565", "566", "567", "569", "591", "592"}
_FREE = {"general", "equalization", "impact", "store", "levy", "activity"}
_NATIONAL_FUNDS = {money.fund_code: money.national_fund for money in MONEY.values()} | {"610": "7"}
_RESTRICTED = {(money.fund_code, money.project_code): name not in _FREE for name, money in MONEY.items()}


class Part(NamedTuple):
    """An amount in national codes, with the state's fund and project."""

    account_class: str
    fund_code: str
    project_code: str
    function: str
    object: str
    program: str
    cents: int


def actual_parts(plan: Plan, fiscal_year: int, is_audited: bool) -> Iterator[Part]:
    """What the books spend, and what they pass between funds."""
    for cell in plan.spending(is_audited):
        money = MONEY[cell.money]
        program = chart.PROGRAMS[cell.program] if cell.is_split else cell.program
        for function, object_, cents in targets(cell, fiscal_year):
            yield Part("expenditure", money.fund_code, money.project_code, function, object_, program, cents)
    if plan.transfer_cents:
        yield Part("other_use", "010", "0000", "", "", "", plan.transfer_cents)


def encumbered_parts(plan: Plan) -> Iterator[Part]:
    """What is ordered and not yet paid: supplies for instruction."""
    for cents in plan.encumbrances:
        yield Part("expenditure", "010", "0000", "1000", "610", "", cents)


def budgeted_parts(lines: Iterable[Line], fiscal_year: int) -> Iterator[Part]:
    """What a budget's lines mean in national codes."""
    for line in lines:
        fund, account_class, function, object_, program, project = line[2:8]
        if account_class != "expenditure":
            continue
        meanings = [chart.function_meaning(function, fiscal_year), chart.object_meaning(object_, function, fiscal_year)]
        for (national, bought), cents in chart.parts(int(line[AMOUNT].replace(".", "")), meanings):
            yield Part("expenditure", fund, project, national, bought, chart.PROGRAMS[program], cents)


def rows(lea: Lea, fiscal_year: int, amount_type: str, parts: Iterable[Part] | None) -> tuple[list[Row], list[Row]]:
    """The rows of `operating_budget` and of `operating_budget_source_use` of one LEA, year and amount type; None where nothing stands."""
    key: Row = {"lea_id": lea.lea_id, "fiscal_year": fiscal_year, "amount_type": amount_type}
    if parts is None:
        return [{**key, "step": step, "spending_status": "missing"} for step in STEPS], []
    left: dict[str, int] = defaultdict(int)
    streams: dict[tuple[str, str, str, bool], int] = defaultdict(int)
    for part in parts:
        step = _step(part)
        left["all_spending"] += part.cents
        left[step] -= part.cents
        if step == "operating_budget":
            streams[(*_stream(part), classify.item(part.function, part.object, part.program, ""))] += part.cents
    left["operating_budget"] *= -1
    bridge, running = [], 0
    for step in STEPS:
        running = left[step] if step == "operating_budget" else running + left[step]
        bridge.append(
            {
                **key,
                "step": step,
                "amount": dollars(left[step]),
                "running_amount": dollars(running),
                "spending_status": "reported",
            }
        )
    uses = [
        {**key, "source": source, "source_level": level, "is_restricted": is_restricted, "use": use, "amount": dollars(cents)}
        for (source, level, is_restricted, use), cents in sorted(streams.items())
    ]  # fmt: skip
    return bridge, uses


def _step(part: Part) -> str:
    """Where an amount leaves; the first heading it falls under counts."""
    object_ = part.object
    if part.account_class == "other_use" or object_.startswith("9"):
        return "transfers_and_other_uses"
    if _NATIONAL_FUNDS[part.fund_code] in "89":
        return "fiduciary_funds"
    if object_.startswith("83") or object_ == "800":
        return "debt_service"
    if part.function.startswith("4") or object_.startswith("7") or object_ == "450":
        return "capital_outlay"
    if part.function.startswith("33") or part.program[:1] in ("5", "6", "7", "8"):
        return "non_elementary_secondary"
    if object_ in _PAID_TO_OTHERS:
        return "payments_to_others"
    return "unmapped" if classify.UNMAPPED in (part.function, object_) else "operating_budget"


def _stream(part: Part) -> tuple[str, str, bool]:
    level = chart.source_level(part.fund_code, part.project_code)
    is_project = part.project_code in chart.PROJECT_LEVELS
    name = f"project {part.project_code}" if is_project else f"fund {part.fund_code}"
    return name, level, _RESTRICTED[part.fund_code, part.project_code]
