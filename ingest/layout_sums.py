"""Columns of one record added: an amount that a summary does not print, and other cuts of the same money.

Belongs here: `sum` less `less` of a layout's rows, and its `checks`. Does not belong here: sums over records (`controls`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from ingest.layouts import Layout
from ingest.number_forms import EXACT, decimal_of, plain_number
from ingest.reading import Fault, RawRecords

Cells = list[str | None]


def added(rule: dict[str, Any], form: dict[str, Any], cells: Callable[[str], Cells], records: Iterable[int]) -> Cells:
    """The columns of `sum` less those of `less`, record by record; a part that is no number stands for the whole, to be judged."""
    plus, minus = ([cells(name) for name in _names(rule.get(key))] for key in ("sum", "less"))
    return [_one([c[i] for c in plus], [c[i] for c in minus], form) for i in records]


def sum_faults(
    raw: RawRecords,
    layout: Layout,
    kept: Sequence[int],
    cells: Callable[[str], Cells],
    fiscal_year: int | None,
) -> list[Fault]:
    """Records whose columns, added as the layout's `checks` say, differ from the column they should equal."""
    faults = []
    for check in layout.checks:
        if not check.get("first_fiscal_year", 0) <= (fiscal_year or 0) <= check.get("last_fiscal_year", 9999):
            continue
        totals = cells(check["equals"])
        for i, text in zip(kept, added(check, layout.number, cells, kept), strict=True):
            stated, held = decimal_of(plain_number(totals[i], layout.number)), decimal_of(text)
            if stated is None or held is None:
                continue  # an amount that is no number is judged as such, where it becomes a row
            off = EXACT.subtract(held, stated)
            if abs(off) > Decimal(str(check.get("tolerance", 0))):
                names = " + ".join(name.strip() for name in _names(check["sum"]))
                said = f"{check['equals'].strip()} is {stated:,}, and {names} add to {held:,}: off by {off:,}."
                faults.append(Fault("file_sums", said, int(raw.row_numbers[i]), None, totals[i]))
    return faults


def _names(entry: str | list[str] | None) -> list[str]:
    return [] if entry is None else [entry] if isinstance(entry, str) else entry


def _one(plus: Cells, minus: Cells, form: dict[str, Any]) -> str | None:
    texts = [*plus, *minus]
    if all(text is None for text in texts):
        return None
    numbers = [decimal_of(plain_number(text, form)) if text is not None else Decimal(0) for text in texts]
    if None in numbers:
        return texts[numbers.index(None)]
    total = Decimal(0)
    for place, number in enumerate(numbers):
        total = EXACT.add(total, number if place < len(plus) else number.copy_negate())
    return format(total, "f")
