"""The F-33 of all LEAs of a year in the layout of the survey's file: whole dollars, -1 missing, -2 not applicable, a flag an item.

Belongs here: values and columns. Does not belong here: files (`survey_book`), how an item comes about (`dbt/models`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import duckdb

from ingest.refusals import Refusal

MISSING = {"missing": -1, "not_applicable": -2}
CODES = {-1, -2, -3, -9}
"""What a negative number means in the survey's file: no amount may be written as one of them."""
OPENING = ("LEAID", "NAME", "YEAR")

Row = dict[str, Any]


@dataclass(frozen=True)
class Survey:
    """The year's file and what stands beside it.

    `rows`: one an LEA, its cells by column. `items`: name and group by item, in the survey's order. `tie_out`: lines from each ledger to
    each report. `moved`: the most dollars by which a total of rounded parts differs from the exact total. `breaks`: what changed in
    the federal series that year. `negative`: items below zero, with what is written for them.
    """

    fiscal_year: int
    columns: tuple[str, ...]
    rows: list[Row]
    items: dict[str, tuple[str, str]]
    tie_out: list[Row]
    moved: Decimal
    breaks: list[str]
    negative: list[str]


def read_survey(con: duckdb.DuckDBPyConnection, fiscal_year: int) -> Survey:
    """The survey of a year. `con`: a generation, its reference tables in schema `memory.reference`.

    Raises:
        Refusal: the generation has no such year.
    """
    years = [row[0] for row in con.execute("select distinct fiscal_year from f33 order by 1").fetchall()]
    if fiscal_year not in years:
        has = f"FY{years[0]} to FY{years[-1]}" if years else "no year at all"
        raise Refusal(f"The generation has no FY{fiscal_year}: it has {has}.")
    listed = con.execute(
        "select f33_item, item_name, item_group, is_flagged from memory.reference.f33_item where item_group <> 'outside_f33'"
    ).fetchall()
    items = {item: (name, group) for item, name, group, _ in listed}
    flagged = [item for item, _, _, is_flagged in listed if is_flagged == "Y"]
    identities = dict(con.execute("select total_item, components from memory.reference.f33_identity").fetchall())
    found: dict[str, Row] = {}
    moved, negative = Decimal(0), []
    for lea_id, exact in _leas(con, fiscal_year).items():
        whole = {item: round_dollars(amount) for item, (amount, _, _) in exact["items"].items() if amount is not None}
        for item, dollars in whole.items():
            if dollars < 0:
                is_code = dollars in CODES
                whole[item] = 0 if is_code else dollars
                negative.append(
                    f"{exact['lea_name'] or lea_id}: {item} is {exact['items'][item][0]:,.2f}"
                    + (", written as 0: the number is a code" if is_code else "")
                )
        for total in _innermost_first(identities):
            if total in whole:
                whole[total] = _sum(identities[total], whole)
                moved = max(moved, abs(whole[total] - exact["items"][total][0]))
        row: Row = {
            "LEAID": exact["nces_lea_id"] or "",
            "NAME": exact["lea_name"] or lea_id,
            "YEAR": f"{fiscal_year % 100:02}",
        }
        for item in items:
            _, status, flag = exact["items"][item]
            row[item] = whole.get(item, MISSING.get(status, -1))
            if item in flagged:
                row[f"FL_{item}"] = flag
        found[lea_id] = row
    return Survey(
        fiscal_year,
        (*OPENING, *items, *(f"FL_{item}" for item in flagged)),
        list(found.values()),
        items,
        _tie_out(con, fiscal_year),
        moved,
        _breaks(con, fiscal_year),
        negative,
    )


def round_dollars(amount: Decimal) -> int:
    """Whole dollars, half up: away from zero."""
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


def _leas(con: duckdb.DuckDBPyConnection, fiscal_year: int) -> dict[str, Row]:
    found: dict[str, Row] = {}
    rows = con.execute(
        "select f.lea_id, f.nces_lea_id, f.lea_name, d.f33_item, d.amount, d.item_status, d.flag from f33 as f "
        "join f33_detail as d using (lea_id, fiscal_year) where fiscal_year = ? order by f.nces_lea_id, f.lea_id",
        [fiscal_year],
    ).fetchall()
    for lea_id, nces_lea_id, lea_name, item, amount, status, flag in rows:
        one = found.setdefault(lea_id, {"nces_lea_id": nces_lea_id, "lea_name": lea_name, "items": {}})
        one["items"][item] = (amount, status, flag)
    return found


def _innermost_first(identities: Mapping[str, str]) -> list[str]:
    """Totals in an order in which the parts that are totals themselves come before."""
    order: list[str] = []

    def put(total: str) -> None:
        for part in re.findall(r"\w+", identities[total]):
            if part in identities and part not in order:
                put(part)
        if total not in order:
            order.append(total)

    for total in identities:
        put(total)
    return order


def _sum(components: str, whole: Mapping[str, int]) -> int:
    return sum(
        (-1 if sign == "-" else 1) * whole.get(part, 0) for sign, part in re.findall(r"([+-]?)(\w+)", components)
    )


def _tie_out(con: duckdb.DuckDBPyConnection, fiscal_year: int) -> list[Row]:
    done = con.execute(
        "select lea_id, lea_name, report, line_order, line_name, amount, published_amount, unexplained_amount from spending_tie_out "
        "where fiscal_year = ? order by lea_id, report, line_order",
        [fiscal_year],
    )
    names = [one[0] for one in done.description]
    return [dict(zip(names, row, strict=True)) for row in done.fetchall()]


def _breaks(con: duckdb.DuckDBPyConnection, fiscal_year: int) -> list[str]:
    sql = "select what_changed from memory.reference.f33_break where cast(fiscal_year as varchar) = ? order by 1"
    return [row[0] for row in con.execute(sql, [str(fiscal_year)]).fetchall()]
