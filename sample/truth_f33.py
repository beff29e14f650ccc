"""The federal survey that the warehouse must find: every item of an LEA-year from what was planted.

Belongs here: the generator's own reading of the F-33's instructions, and what its own chart cannot tell. Does not belong here:
anything read from the warehouse's rules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sample import chart, classify
from sample.agencies import Lea
from sample.membership import Pupils
from sample.money import MONEY
from sample.spending import Plan
from sample.truth import Row, dollars, targets

# What the sample's chart tells, by the year in which the survey began to ask.
TOLD = {
    0: """TOTALREV TFEDREV TSTREV TLOCREV TOTALEXP TCURELSC TCURINST TCURSSVC TCUROTH TNONELSE TCAPOUT V33 C14 C15 C19 C20 C25 C36 B10
        C01 C05 C10 C12 C13 C35 C38 T06 T09 D11 D23 A07 A09 A13 U22 U97 E13 E17 E07 E08 E09 V40 V45 V90 V85 E11 V60 V65 V70 V75 V80
        F12 G15 K09 K10 L12 M12 Q11 I86 V91 V92 Z32 Z33 V11 V13 V15 V17 V21 V23 V37 V29 Z34 V10 V12 V14 V16 V18 V22 V24 V38 V30 V32
        _21F _31F""",
    2004: "Z35 Z36 Z37 Z38 V93",
    2006: "U11 U50",
    2010: "MEMBERSCH",
    2015: "V95 V02 K14",
    2016: "CE1 CE2",
    2020: "C22 SE1 SE2 SE3 SE4 SE5 AE1 AE2 AE3 AE4 AE5 AE6",
    2021: "AR1A AR1B AE7 AE8",
    2022: "AE1B AE1C AE2B AE2C AE4B AE4C",
}
# What it has no account for, or what stands in no ledger.
UNTOLD = {
    0: "B11 B12 B13 C04 C06 C07 C08 C09 C11 C39 T02 T15 T40 T99 A08 A11 A20 C24 _19H _41F _61V _66V W01 W31 W61",
    2006: "A40 U30",
    2018: "CE3",
    2020: "C23 C26 C27 B14 AR1 AR2 AR3 AR6",
    2021: "AR2A AR6A",
    2022: "AE1A AE1D AE1E AE1F AE1G AE2A AE2D AE2E AE2F AE2G AE4A AE4D AE4E AE4F AE4G",
}
# Items for what a chart does not specify; the sample's specifies.
NOT_ASKED = ("K11", "A15")
REVENUE = ("C", "B", "T0", "T1", "T4", "T9", "D", "A0", "A1", "A2", "A4", "U", "AR")
TOTALS_OF_REVENUE = {"TOTALREV", "TFEDREV", "TSTREV", "TLOCREV", "_21F"}
_BY_MONEY = {"title1": "C14", "idea": "C15", "perkins": "C19", "title2": "C22", "esser2": "C20", "esser3": "C20", "impact": "B10",
             "equalization": "C01", "sped_state": "C05", "bus_state": "C12", "preschool": "C13", "onbehalf": "C38"}  # fmt: skip
_BY_SOURCE = {"1110": "T06", "1120": "T09", "1311": "A07", "1321": "D11", "1421": "D11", "1510": "U22", "1611": "A09", "1740": "A13",
              "1920": "U50", "1990": "U97", "2100": "D23"}  # fmt: skip
_MEALS = {"3200": "C10", "4500": "C25"}
_LEVELS = {"federal": "TFEDREV", "state": "TSTREV", "local": "TLOCREV"}
_AWARDS = {"esser2": ("AR1A", "B"), "esser3": ("AR1B", "C")}
_PAY = {"10": ("Z33", "V10"), "21": ("V11", "V12"), "22": ("V13", "V14"), "23": ("V15", "V16"), "24": ("V17", "V18"), "25": ("V37", "V38"),
        "26": ("V21", "V22"), "27": ("V23", "V24"), "29": ("V37", "V38"), "31": ("V29", "V30"), "32": (None, "V32")}  # fmt: skip
_TEACHERS = {"100": "Z35", "200": "Z36", "300": "Z37", "400": "Z38", "900": "Z38"}
_SCHOOL_PROGRAMS = {"100", "200", "300", "400", "900"}
_SPED_SUPPORT = {"21": "SE3", "22": "SE4", "27": "SE5"}


def rows(lea: Lea, fiscal_year: int, plan: Plan | None, is_audited: bool, fall: Pupils | None) -> Iterable[Row]:
    """The rows of `f33_detail` of one LEA and year; no plan: no ledger of it stands."""
    found = _items(plan, fiscal_year, is_audited) if plan else {}
    if fall:
        found |= {"V33": 100 * fall.lea_count, "MEMBERSCH": 100 * fall.served}
    has_revenue = bool(plan and plan.has_revenue)
    for listed, is_told in ((TOLD, True), (UNTOLD, False)):
        for first, names in listed.items():
            for name in names.split():
                is_there = fall if name in ("V33", "MEMBERSCH") else has_revenue if _is_revenue(name) else plan
                lacking = "not_applicable" if first > fiscal_year else None if is_told and is_there else "missing"
                yield _row(lea, fiscal_year, name, found.get(name, 0), lacking)
    for name in NOT_ASKED:
        yield _row(
            lea, fiscal_year, name, 0, "not_applicable" if plan and (name == "K11" or has_revenue) else "missing"
        )


def _row(lea: Lea, fiscal_year: int, item: str, cents: int, lacking: str | None) -> Row:
    status = lacking or ("reported" if cents else "zero")
    amount = None if lacking else dollars(cents)
    return {"lea_id": lea.lea_id, "fiscal_year": fiscal_year, "f33_item": item, "amount": amount, "item_status": status}


def _is_revenue(item: str) -> bool:
    return item in TOTALS_OF_REVENUE or (item.startswith(REVENUE) and not item.startswith("CE"))


def _items(plan: Plan, fiscal_year: int, is_audited: bool) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for cell in plan.spending(is_audited):
        program = chart.PROGRAMS[cell.program] if cell.is_split else cell.program
        for function, object_, cents in targets(cell, fiscal_year):
            item = classify.item(function, object_, program, cell.payee)
            for name in {"_31F"} if item == "principal" else {item, *_totals(item)}:
                sums[name] += cents
            if function != classify.UNMAPPED:
                for name in _exhibits(function, object_, program, cell.money):
                    sums[name] += cents
    for income in plan.income:
        split = income.is_split
        for (source,), cents in (
            chart.parts(income.cents, [chart.SOURCES[income.source]]) if split else [((income.source,), income.cents)]
        ):
            item = _BY_SOURCE.get(source) or _BY_MONEY.get(income.money) or _MEALS[source]
            item = _earlier(item, fiscal_year)
            for name in (item, _LEVELS[classify.revenue_level(source) or ""], "TOTALREV"):
                sums[name] += cents
            if income.money in _AWARDS:
                sums[_AWARDS[income.money][0]] += cents
    for name in (_earlier("U11", fiscal_year), "TLOCREV", "TOTALREV"):
        sums[name] += plan.sale_cents
    sums["_21F"] += plan.bond_cents
    return sums


def _earlier(item: str, fiscal_year: int) -> str:
    """What took the money before the survey asked for the item."""
    first, before = {"C22": (2020, "C20"), "U11": (2006, "U97"), "U50": (2006, "U97")}.get(item, (0, ""))
    return before if fiscal_year < first else item


def _totals(item: str) -> Iterable[str]:
    groups = {
        "TCURINST": {"E13"}, "TCURSSVC": classify.SUPPORT, "TCUROTH": classify.OTHER_CURRENT, "TCURELSC": classify.CURRENT,
        "TNONELSE": classify.NON_ELEMENTARY_SECONDARY, "TCAPOUT": classify.CAPITAL,
    }  # fmt: skip
    yield from (total for total, items in groups.items() if item in items)
    if item not in {classify.UNMAPPED, "principal", "debt_other", "non_expenditure"}:
        yield "TOTALEXP"


def _exhibits(function: str, object_: str, program: str, money: str) -> set[str]:
    """The exhibits an amount stands in beside its item."""
    found: set[str] = set()
    is_school_program, place = program in _SCHOOL_PROGRAMS, function[:2]
    is_schooling = function[0] in "12" or place in ("31", "32")
    is_running = object_[0] in "123456" or object_ in ("810", "820", "890")
    is_paid_out = object_ in {"511", "512", "561", "562", "563", "564", "565", "566", "567", "569", "591", "592"}
    if object_[0] == "1":
        found.add("Z32")
    if object_[0] == "2" and object_[:2] != "24":
        found.add("Z34")
    if is_school_program and place in _PAY and object_[0] in "12":
        found.add(_PAY[place][int(object_[0]) - 1] or "")
    if place == "10" and object_ in ("111", "113") and program in _TEACHERS:
        found.add(_TEACHERS[program])
    if place == "10" and object_ == "640":
        found.add("V93")
    if place == "26" and (object_ == "410" or object_.startswith("62")):
        found.add("V95")
    is_technology, is_device = object_ in ("351", "352", "432", "443", "530", "650"), object_ in ("734", "735")
    found |= {"V02"} if is_technology else {"K14"} if is_device else set()
    if (
        is_schooling
        and is_school_program
        and is_running
        and object_ != "450"
        and not is_paid_out
        and MONEY[money].level != "private"
    ):
        found.add("CE2" if MONEY[money].level == "federal" and money != "impact" else "CE1")
    if program == "200" and is_running and object_ not in ("450", "591", "592"):
        found |= _special(function, object_, is_schooling)
    if money in _AWARDS:
        found |= _covid(
            function, object_, is_school_program and is_running and object_ not in ("450", "591", "592"), is_paid_out
        )
        found |= {"AE5"} if is_technology else {"AE6"} if is_device else set()
        found |= {name + _AWARDS[money][1] for name in found & {"AE1", "AE2", "AE4"}}
    return found - {""}


def _special(function: str, object_: str, is_schooling: bool) -> set[str]:
    found, is_ride = set(), object_ in ("511", "512")
    is_moved = object_ in ("561", "562", "564", "565", "567")
    if is_schooling and not is_ride and not is_moved:
        found.add("SE1")
    if object_ == "820":
        return found
    if function[0] == "1" and not is_moved:
        found.add("SE2")
    if function[:2] in _SPED_SUPPORT and not (function[:2] == "27" and is_ride):
        found.add(_SPED_SUPPORT[function[:2]])
    return found


def _covid(function: str, object_: str, is_usual: bool, is_paid_out: bool) -> set[str]:
    found, is_ride = set(), object_ in ("511", "512")
    if is_usual:
        if (function[0] in "12" or function[:2] in ("31", "32")) and not is_paid_out:
            found.add("AE1")
        if function[0] == "1" and object_ != "820" and (is_ride or not is_paid_out):
            found.add("AE2")
        if function[0] == "2" and not is_ride:
            found.add("AE3")
        if function[:2] == "26":
            found.add("AE7")
        if function[:2] == "31" and not is_paid_out:
            found.add("AE8")
    if object_ != "790" and (
        (function[0] == "4" and object_[0] in "1234567")
        or (function[0] == "4" and object_ == "890")
        or (object_[0] == "7" and object_ != "790")
    ):
        found.add("AE4")
    return found
