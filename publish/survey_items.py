"""Which ledger lines an item of the F-33 takes, as a condition on mapped lines: the survey's rules read once more, apart from the models.

Belongs here: rules of the reference tables as SQL. Does not belong here: adding up (`explaining`).
"""

from __future__ import annotations

import duckdb

SPENT = "amount_type = 'actual' and account_class = 'expenditure'"
RECEIVED = "amount_type = 'actual' and account_class in ('revenue', 'other_source')"
MONEY = {
    "any": "true",
    "state|local|federal_replacing_local_tax": "not is_federal and not is_private",
    "federal_other": "is_federal and not is_private",
    "covid_federal": "covid_award is not null",
}
_REVENUE = {"federal_revenue", "state_revenue", "local_revenue"}
_WHOLE = {
    "TOTALREV": f"{RECEIVED} and f33_total_item is not null",
    "TOTALEXP": f"{SPENT} and item_group <> 'outside_f33'",
    "TCURELSC": f"{SPENT} and item_group = 'current'",
    "_31F": f"{SPENT} and f33_item = 'principal'",
}


def condition_of(con: duckdb.DuckDBPyConnection, item: str) -> str | None:
    """The condition of an item on the columns of a mapped line; None for one no ledger line leads to (pupils, balances)."""
    found = con.execute("select item_group from memory.reference.f33_item where f33_item = ?", [item]).fetchone()
    group = found[0] if found else ""
    if item in _WHOLE:
        return _WHOLE[item]
    if item in ("TFEDREV", "TSTREV", "TLOCREV"):
        return f"{RECEIVED} and f33_total_item = '{item}'"
    if group == "summary":
        return f"{SPENT} and total_item = '{item}'"
    if group in _REVENUE or item == "_21F":
        return f"{RECEIVED} and f33_item = '{item}'"
    if group == "exhibit_covid_rev":
        return f"{RECEIVED} and f33_total_item = 'TFEDREV' and covid_award in ({_awards(con, 'revenue_item', item)})"
    if group == "exhibit_covid_exp" and item[-1].isalpha():
        awards = _awards(con, "expenditure_suffix", item[-1])
        return f"{_exhibit(con, item[:-1])} and covid_award in ({awards})"
    if group.startswith("exhibit"):
        return _exhibit(con, item) if item != "CE3" else None
    return (
        f"{SPENT} and f33_item = '{item}'"
        if group in ("current", "nonelsec", "capital", "transfer", "interest")
        else None
    )


def _awards(con: duckdb.DuckDBPyConnection, column: str, value: str) -> str:
    sql = f"select award_code from memory.reference.covid_award where {column} = ? order by 1"
    return ", ".join(f"'{row[0]}'" for row in con.execute(sql, [value]).fetchall()) or "null"


def _exhibit(con: duckdb.DuckDBPyConnection, item: str) -> str:
    rules = con.execute(
        "select functions, objects_include, objects_exclude, programs, fund_source from memory.reference.f33_crosswalk_rule "
        "where rule_group = 'exhibit' and f33_item = ? order by rule_id",
        [item],
    ).fetchall()
    ways = [
        " and ".join(
            [
                _codes("function_code", functions),
                _codes("object_code", taken),
                f"not {_codes('object_code', left)}" if left else "true",
                _codes("program_code", programs),
                MONEY[money],
            ]
        )
        for functions, taken, left, programs, money in rules
    ]
    return f"{SPENT} and ({' or '.join(f'({way})' for way in ways)})"


def _codes(column: str, listed: str) -> str:
    """A list of codes and ranges, divided by bars, as a condition; `any` is any national code."""
    if listed == "any":
        return f"({column} is not null and {column} <> 'unmapped')"
    parts = [part.partition("-") for part in listed.split("|")]
    return (
        "("
        + " or ".join(
            f"{column} between '{low}' and '{high}'" if high else f"{column} = '{low}'" for low, _, high in parts
        )
        + ")"
    )
