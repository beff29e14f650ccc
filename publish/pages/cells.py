"""One value as a reader sees it. Here alone numbers are rounded, half up; zero, not reported, suppressed and not applicable are told apart in words.

Belongs here: the kind of a cell and its text. Does not belong here: which cells a table has (`figures`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

from expectations.reports.visible import visible
from publish.pages.catalogue import Column, catalogue

MINUS = "\u2212"
LONGEST_TEXT = 160
KINDS = {
    "missing": "not reported",
    "suppressed": "suppressed (small number)",
    "not_applicable": "not applicable",
    "zero": "zero",
}
OWN = "this district"
PLACES = {"count": 0, "rank": 0, "points": 1, "dollars": 0, "tenths": 1, "hundredths": 2, "percent": 1}
"""Decimal places shown; a percentage has them after it is multiplied by 100."""


_OF_OUTCOMES = {"outcome": ("tenths", "percent"), "difference": ("tenths", "points")}
"""How an outcome is written: one on a scale of its own, and one that is a share."""
_EXACT = Context(prec=400)
"""More digits than any number of a table has."""
_SHARE = re.compile(r"_rate(_\w+)?$")


@dataclass(frozen=True)
class Cell:
    """A value, why it may not be there (`reported` where it is), and its text."""

    value: object
    kind: str
    text: str

    @property
    def number(self) -> float | None:
        """What is drawn."""
        return float(self.value) if isinstance(self.value, int | float | Decimal) else None


def cell_of(column: Column, row: Mapping, empty: str, suppressed: frozenset[str]) -> Cell:
    """The cell of a column in a row.

    Args:
        column: which, with its format.
        row: the values by name, the row's statuses and `measure` among them.
        empty: what nothing means where no status says it.
        suppressed: the row's columns that are withheld.
    """
    value = row[column.name]
    if isinstance(value, float) and not math.isfinite(value):
        value = None
    status = row.get(column.status) if column.status else None
    if value is None:
        return _absent("suppressed" if column.name in suppressed else status, column.empty or empty)
    if column.format == "words":
        known = catalogue().said(column.name, value)
        return Cell(value, "reported", visible(KINDS.get(known, known), LONGEST_TEXT))
    if column.format in ("text", "year"):
        return Cell(value, "reported", f"FY{value}" if column.format == "year" else visible(value, LONGEST_TEXT))
    text = number_text(value, column.format, row.get("measure")) + (" (estimated)" if status == "estimated" else "")
    return Cell(value, "zero" if value == 0 else "reported", text)


def _absent(status: object, empty: str) -> Cell:
    if status in KINDS:
        return Cell(None, str(status), KINDS[str(status)])
    if status and status not in ("reported", "estimated"):
        return Cell(None, "missing", str(status).replace("_", " "))
    return Cell(None, "not_applicable" if empty.startswith(KINDS["not_applicable"]) else "missing", empty)


def number_text(value: int | float | Decimal, form: str, measure: object = None) -> str:
    """A number rounded half up, with its unit; nothing but zero itself is called zero."""
    if value == 0:
        return OWN if form == "rank" else KINDS["zero"]
    is_signed = form == "difference"
    if form in _OF_OUTCOMES:
        form = _OF_OUTCOMES[form][_SHARE.search(str(measure)) is not None]
    exact = Decimal(str(value)) * (100 if form in ("percent", "points") else 1)
    least = Decimal(1).scaleb(-PLACES[form])
    rounded = abs(exact).quantize(least, ROUND_HALF_UP, _EXACT)
    sign = MINUS if exact < 0 else "+" if is_signed else ""
    before = sign + ("$" if form == "dollars" else "")
    after = {"percent": "%", "points": " points"}.get(form, "")
    if not rounded:
        return f"between zero and {before}{least}{after}"
    return f"{before}{rounded:,}{after}"


def suppressed_of(listed: str | None, renamed: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """The columns named by a row's `suppressed_columns` (`column:reason;…`), and those worked out from them."""
    names = {part.partition(":")[0].strip() for part in (listed or "").split(";")} - {""}
    return frozenset(names.union(*(renamed.get(name, ()) for name in names)))
