"""The operating budget that the warehouse must find: from all planted spending down to what runs the schools of the year.

Belongs here: the generator's own reading of the bridge, and its rows. Does not belong here: anything read from the warehouse's rules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from sample import chart, classify
from sample.agencies import Lea
from sample.money import MONEY, YEARS
from sample.postings import AMOUNT, Line
from sample.spending import Plan
from sample.truth import Books, Row, dollars, ratio, targets

STEPS = ("all_spending", "transfers_and_other_uses", "fiduciary_funds", "debt_service", "capital_outlay", "non_elementary_secondary",
         "payments_to_others", "unmapped", "operating_budget")  # fmt: skip
_PAID_TO_OTHERS = {"511", "512", "561", "562", "563", "564", "565", "566", "567", "569", "591", "592"}
# Awards that end, with their last fiscal year.
_LAST_YEARS = {MONEY[name].project_code: last for name, (_, last) in YEARS.items()}
_COMMITTED = {"levy", "activity"}
_FREE = {"general", "equalization", "impact", "store", "levy", "activity"}
_NATIONAL_FUNDS = {money.fund_code: money.national_fund for money in MONEY.values()} | {"610": "7"}
_CLASSES = {
    (money.fund_code, money.project_code): "committed" if name in _COMMITTED else "unrestricted" if name in _FREE else "restricted"
    for name, money in MONEY.items()
}  # fmt: skip


class Part(NamedTuple):
    """An amount in national codes, with the state's fund and project."""

    account_class: str
    fund_code: str
    project_code: str
    function: str
    object: str
    program: str
    cents: int
    school_id: str = ""


def actual_parts(plan: Plan, fiscal_year: int, is_audited: bool) -> Iterator[Part]:
    """What the books spend, and what they pass between funds."""
    for cell in plan.spending(is_audited):
        money = MONEY[cell.money]
        program = chart.PROGRAMS[cell.program] if cell.is_split else cell.program
        for function, object_, cents in targets(cell, fiscal_year):
            yield Part(
                "expenditure", money.fund_code, money.project_code, function, object_, program, cents, cell.school_id
            )
    if plan.transfer_cents:
        yield Part("other_use", "010", "0000", "", "", "", plan.transfer_cents)


def encumbered_parts(plan: Plan) -> Iterator[Part]:
    """What is ordered and not yet paid: supplies for instruction."""
    for cents in plan.encumbrances:
        yield Part("expenditure", "010", "0000", "1000", "610", "", cents)


def ordered_parts(lines: Iterable[Sequence[str]]) -> Iterator[Part]:
    """The same of a file whose harmless defects stand in such lines; a project nobody registered leaves all to the fund."""
    for line in lines:
        if line[15] == "encumbrance":
            yield Part("expenditure", "010", "0000", "1000", "610", "", int(line[AMOUNT].replace(".", "")))


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
    return name, level, _CLASSES[part.fund_code, part.project_code] == "restricted"


def flexibility_rows(lea: Lea, fiscal_year: int, parts: Iterable[Part]) -> list[Row]:
    """The rows of `spending_flexibility`: of each school, and of the LEA under an empty school."""
    sums: dict[str | None, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for part in parts:
        if _step(part) == "operating_budget":
            bound = _CLASSES[part.fund_code, part.project_code]
            for school_id in {part.school_id or None, None}:
                sums[school_id]["operating"] += part.cents
                sums[school_id][bound] += part.cents
            sums[None]["site"] += part.cents if part.school_id else 0
    return [
        {
            "lea_id": lea.lea_id, "fiscal_year": fiscal_year, "school_id": school_id,
            **{f"{name}_amount": dollars(found[name]) for name in ("operating", "restricted", "committed", "unrestricted")},
            "site_share_rate": found["site"] / found["operating"] if school_id is None else None,
        }
        for school_id, found in sums.items()
    ]  # fmt: skip


def sustainability_row(
    lea: Lea,
    fiscal_year: int,
    books: Books | None,
    plan: Plan,
    parts: Sequence[Part] | None,
    lines: Iterable[Line],
    pupils: int | None,
) -> Row:
    """One row of `sustainability`; `lines` are those of the books that stand, for the balances they close with."""
    row: Row = {"lea_id": lea.lea_id, "fiscal_year": fiscal_year, "spending_status": "reported" if books else "missing"}
    if books is None or parts is None:
        return row
    own = [part for part in parts if _step(part) == "operating_budget"]
    general = sum(part.cents for part in own if _NATIONAL_FUNDS[part.fund_code] == "1")
    one_time = [part for part in own if part.project_code in _LAST_YEARS]
    ending = [part for part in one_time if _LAST_YEARS[part.project_code] == fiscal_year]
    balance = sum(
        int(line[AMOUNT].replace(".", ""))
        for line in lines
        if line[3] == "closing_balance" and _NATIONAL_FUNDS[line[2]] == "1"
    )
    legacy = sum(part.cents for part in own if part.object[:2] in ("23", "24"))
    debt = books.items.get("I86", 0) + books.items.get("principal", 0)
    row |= {
        "general_fund_balance_amount": dollars(balance), "fund_balance_months": 12 * balance / general if general else None,
        "one_time_operating_amount": dollars(_cents(one_time)), "one_time_pay_amount": dollars(_cents(one_time, is_pay=True)),
        "ending_operating_amount": dollars(_cents(ending)), "ending_pay_amount": dollars(_cents(ending, is_pay=True)),
        "legacy_cost_amount": dollars(legacy), "legacy_cost_per_pupil": ratio(legacy, pupils),
        "debt_payment_amount": dollars(debt), "debt_payment_per_pupil": ratio(debt, pupils),
    }  # fmt: skip
    if books.has_revenue:
        revenue = sum(books.revenue.values())
        passing = sum(income.cents for income in plan.income if MONEY[income.money].project_code in _LAST_YEARS)
        beside = [part for part in parts if _step(part) in ("payments_to_others", "non_elementary_secondary")]
        lasting = sum(part.cents for part in beside if part.project_code not in _LAST_YEARS)
        gap = revenue - passing - (_cents(own) - _cents(one_time) + lasting + debt)
        row |= {
            "one_time_revenue_amount": dollars(passing), "one_time_revenue_share_rate": passing / revenue,
            "debt_burden_rate": debt / revenue, "structural_gap_amount": dollars(gap), "structural_gap_per_pupil": ratio(gap, pupils),
        }  # fmt: skip
    return row


def _cents(parts: Iterable[Part], is_pay: bool = False) -> int:
    return sum(part.cents for part in parts if not is_pay or part.object[:1] in ("1", "2"))
