"""Amounts of an LEA by function and object, as `pay` looks at them, and what it hides as tables a query can join.

Belongs here: reading and writing them. Does not belong here: the choice (`pay`), pay at schools (`site_pay`).
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa

from publish.content_hash import literal
from publish.disclosure.earlier_figures import amounts_before
from publish.disclosure.pay import Before, Group, Row, hidden_together, hide_pay
from publish.disclosure.policy import DisclosurePolicy

DETAIL = "district_spending_detail"
KEYS = ("function_code", "object_code", "source_level", "fund_code")
ROW_SCHEMA = pa.schema([("fiscal_year", pa.int32()), ("lea_id", pa.string()), *((key, pa.string()) for key in KEYS), ("reason", pa.string())])  # fmt: skip
ITEM_SCHEMA = pa.schema([("fiscal_year", pa.int32()), ("lea_id", pa.string()), ("f33_item", pa.string()), ("reason", pa.string())])  # fmt: skip
PAY = "small_cell"


def read_groups(seeds: Path) -> list[Group]:
    """The groups of functions that the F-33 tells apart, with their items, from its crosswalk."""
    with (seeds / "f33_crosswalk_rule.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    kinds = {"100-199": "salaries", "200-299": "benefits", "100-699|810|820|890": "spending"}
    found: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for row in rows:
        kind = kinds.get(row["objects_include"])
        is_own = row["basis"] == "file" and "100" in row["programs"].split("|")
        if kind and is_own:
            for span in row["functions"].split("|"):
                low, _, high = span.partition("-")
                found[low, high or low].setdefault(kind, row["f33_item"])
    return [Group(span, **items) for span, items in sorted(found.items())]


def teacher_items(seeds: Path) -> tuple[str, ...]:
    """The items that tell teachers' salaries apart by program."""
    with (seeds / "f33_crosswalk_rule.csv").open(encoding="utf-8", newline="") as stream:
        return tuple(row["f33_item"] for row in csv.DictReader(stream) if row["objects_include"] == "111|113")


def write_pay(
    con: duckdb.DuckDBPyConnection, at: str, policy: DisclosurePolicy, seeds: Path, earlier: Sequence[tuple[Path, Path]]
) -> None:
    """Write the tables `hidden_pay_row` and `hidden_pay_item` in the schema `at`. `earlier`: of each release its public and restricted folder."""
    groups, rows, items = read_groups(seeds), [], []
    past, kept = _past(earlier), _kept_items(con, earlier)
    for (year, lea_id), amounts in _amounts(con):
        before = _unchanged(past.get((year, lea_id), ()), amounts)
        hidden = hide_pay(amounts, groups, policy.pay_amount_minimum, before)
        rows += [(year, lea_id, *row, PAY) for row in sorted(hidden.rows)]
        items += [(year, lea_id, item, PAY) for item in sorted(hidden.items | kept.pop((year, lea_id), set()))]
    items += [(*key, item, PAY) for key, left in sorted(kept.items()) for item in sorted(left)]
    items += [one for one in _of_teachers(con, policy, teacher_items(seeds)) if one not in set(items)]
    for name, schema, found in (("row", ROW_SCHEMA, rows), ("item", ITEM_SCHEMA, items)):
        con.register("found", pa.Table.from_arrays(_columns(found, schema), schema=schema))
        con.execute(f"create or replace table {at}.hidden_pay_{name} as from found")
        con.unregister("found")


def _columns(rows: Sequence[tuple], schema: pa.Schema) -> list[pa.Array]:
    values = list(zip(*rows, strict=True)) or [()] * len(schema)
    return [pa.array(column, one.type) for column, one in zip(values, schema, strict=True)]


def _amounts(con: duckdb.DuckDBPyConnection) -> Iterable[tuple[tuple[int, str], Mapping[Row, Decimal]]]:
    found = con.execute(
        f"select fiscal_year, lea_id, {', '.join(KEYS)}, sum(amount) from {DETAIL} where function_code is not null and object_code is not null "
        "group by all order by fiscal_year, lea_id"
    )
    key, amounts = None, {}
    while batch := found.fetchmany(100_000):
        for year, lea_id, *row, amount in batch:
            if (year, lea_id) != key:
                if key:
                    yield key, amounts
                key, amounts = (year, lea_id), {}
            amounts[tuple(part or "" for part in row)] = amount
    if key:
        yield key, amounts


def _of_teachers(con: duckdb.DuckDBPyConnection, policy: DisclosurePolicy, items: Sequence[str]) -> list[tuple]:
    """Salaries of teachers by program, which together are objects that the ledger's rows may show."""
    parts: dict[tuple, dict[str, Decimal]] = defaultdict(dict)
    listed = ", ".join(literal(item) for item in items)
    for year, lea_id, item, amount in con.execute(
        f"select fiscal_year, lea_id, f33_item, amount from f33_detail where f33_item in ({listed}) and amount <> 0 order by all"
    ).fetchall():
        parts[year, lea_id][item] = amount
    return [
        (*key, item, PAY)
        for key, amounts in parts.items()
        for item in sorted(hidden_together(amounts, policy.pay_amount_minimum)[0])
    ]


def _past(earlier: Sequence[tuple[Path, Path]]) -> dict[tuple[int, str], list[tuple[Row, Decimal, bool]]]:
    """What earlier releases told of pay: by year and LEA the row, its amount then, and whether it was hidden."""
    found: dict[tuple, list] = defaultdict(list)
    for (year, lea_id, *row), amount, is_hidden in amounts_before(earlier, DETAIL, ("fiscal_year", "lea_id", *KEYS)):
        found[year, lea_id].append((tuple(part or "" for part in row), amount, is_hidden))
    return found


def _kept_items(
    con: duckdb.DuckDBPyConnection, earlier: Sequence[tuple[Path, Path]]
) -> dict[tuple[int, str], set[str]]:
    """F-33 items that an earlier release hid as pay and that are the same now: they stay hidden."""
    past = defaultdict(set)
    for key, amount, is_hidden in amounts_before(earlier, "f33_detail", ("fiscal_year", "lea_id", "f33_item")):
        if is_hidden:
            past[key].add(amount)
    found = defaultdict(set)
    if past:
        for year, lea_id, item, amount in con.execute(
            "select fiscal_year, lea_id, f33_item, amount from f33_detail"
        ).fetchall():
            if amount in past.get((year, lea_id, item), ()):
                found[year, lea_id].add(item)
    return found


def _unchanged(past: Iterable[tuple[Row, Decimal, bool]], amounts: Mapping[Row, Decimal]) -> Before:
    same = [(row, is_hidden) for row, amount, is_hidden in past if amounts.get(row) == amount]
    return Before({row for row, is_hidden in same if is_hidden}, {row for row, is_hidden in same if not is_hidden})
