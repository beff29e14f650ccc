"""The words of the layout language: every key a layout file may hold, and what else is refused.

Belongs here: keys and the few fixed values, level by level. Does not belong here: columns of a header or of a
contract (`layouts`), what a key does (`layout_mapping`).
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

TOP = frozenset(
    [
        "layout",
        "collection",
        "title",
        "source",
        "first_fiscal_year",
        "last_fiscal_year",
        "file",
        "header",
        "lea",
        "fiscal_year",
        "columns",
        "amounts",
        "rows",
        "derive",
        "number",
        "sign",
        "exclude",
        "checks",
        "other_columns",
    ]
)
FILE = frozenset(
    ["format", "encoding", "delimiter", "preamble_rows", "footer_pattern", "control_pattern", "sheet", "formulas"]
)
FORMULAS = frozenset(["refused", "cached"])
RULE = frozenset(
    [
        "from",
        "value",
        "pad",
        "empty_as",
        "map",
        "keep",
        "date",
        "number",
        "lookup",
        "dimension",
        "column",
        "otherwise",
        "for",
        "sum",
        "less",
        "round",
    ]
)
CHECK = frozenset(["sum", "less", "equals", "tolerance", "why", "first_fiscal_year", "last_fiscal_year"])
OTHER_COLUMNS = frozenset(["refused", "ignored"])
OTHER_YEARS = frozenset(["findings", "left_aside"])
AMOUNT = frozenset(["amount_type", "from", "debit", "credit", "skip_zero"])
EXCLUDE = frozenset(["when", "reason", "why"])
CONDITION = frozenset(["empty", "pattern", "not"])
DERIVE = frozenset({"count_within"})
NUMBER = frozenset(["thousands", "currency", "negative"])
SIGNS = frozenset({"natural", "debit_positive"})
NEGATIVES = frozenset({"minus", "parentheses", "trailing_minus"})


def first_unknown(entry: dict[str, Any]) -> str | None:
    """Say what the first key or fixed value is that no layout may hold, and the nearest known one; None if all are known."""
    return next((said for level, found, known in _levels(entry) if (said := _unknown(level, found, known))), None)


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that looks most like this one."""
    return get_close_matches(str(word), sorted(known), n=1, cutoff=0)[0]


def _unknown(level: str, found: Iterable[Any], known: frozenset[str]) -> str | None:
    word = next((word for word in found if word not in known), None)
    return None if word is None else f"{level} knows no {word}; the nearest known key is {nearest(word, known)}"


def _levels(entry: dict[str, Any]):
    """Each level of a layout file: its name, the keys found there, the keys known there."""
    yield "the layout", entry, TOP
    yield "file", entry.get("file") or {}, FILE
    yield "sign", [entry.get("sign", "natural")], SIGNS
    yield from _number("number", entry.get("number"))
    yield from _rule("lea", entry.get("lea"), RULE)
    yield "other_columns", [entry.get("other_columns", "refused")], OTHER_COLUMNS
    yield from _rule("fiscal_year", entry.get("fiscal_year"), RULE | {"add", "other_years"})
    yield "file: formulas", [(entry.get("file") or {}).get("formulas", "refused")], FORMULAS
    yield "fiscal_year: other_years", [(entry.get("fiscal_year") or {}).get("other_years", "findings")], OTHER_YEARS
    for check in entry.get("checks") or ():
        yield "checks", check, CHECK
    for name, rule in (entry.get("columns") or {}).items():
        yield from _rule(f"column {name}", rule, RULE)
    for amount in entry.get("amounts") or ():
        yield "amounts", amount, AMOUNT
    for row in entry.get("rows") or ():
        for name, rule in row.items():
            yield from _rule(f"rows: {name}", rule, RULE)
    for name, rule in (entry.get("derive") or {}).items():
        yield f"derive: {name}", rule, DERIVE
    for one in entry.get("exclude") or ():
        yield from _exclude(one)


def _rule(level: str, rule: Any, known: frozenset[str]):
    if isinstance(rule, dict):
        yield level, rule, known
        yield from _number(f"{level}: number", rule.get("number"))


def _number(level: str, form: Any):
    if isinstance(form, dict):
        yield level, form, NUMBER
        forms = form.get("negative", "minus")
        yield f"{level}: negative", [forms] if isinstance(forms, str) else forms, NEGATIVES


def _exclude(entry: dict[str, Any]):
    yield "exclude", entry, EXCLUDE
    when = dict(entry.get("when") or {})
    for name, condition in [*(when.pop("mapped", None) or {}).items(), *when.items()]:
        if isinstance(condition, dict):
            yield f"exclude: {name}", condition, CONDITION
