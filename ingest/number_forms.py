"""How money is written in a file, as far as its layout declares it.

Belongs here: declared forms (thousands, currency, negatives) -> plain decimal text, and exact sums of texts.
Does not belong here: rounding, or any form that was not declared: such a text stays as it is and is judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Context, Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

# Wide enough for the sum of any numbers that are read here; the default of 28 digits would round.
EXACT = Context(prec=300)

# What counts as a number: plain digits, with an exponent of at most two digits. More is no money, and costs time to add.
_NUMBER = re.compile(r"-?[0-9]{1,60}(\.[0-9]{1,60})?([eE][+-]?[0-9]{1,2})?\Z")
_PLAIN = re.compile(r"-?[0-9]{1,60}(\.[0-9]{1,60})?\Z")
# What Arrow adds exactly: the sum of any file of these stays below 38 digits.
_SHORT = r"^-?[0-9]{1,18}(\.[0-9]{1,10})?$"


def plain_number(text: str | None, form: dict[str, Any]) -> str | None:
    """Turn a number in a declared form into plain text; leave anything else untouched."""
    if text is None or not form:
        return text
    body, negative = text.strip(), False
    forms = form.get("negative", "minus")
    forms = [forms] if isinstance(forms, str) else forms
    if "parentheses" in forms and body.startswith("(") and body.endswith(")"):
        body, negative = body[1:-1].strip(), True
    elif "trailing_minus" in forms and body.endswith("-"):
        body, negative = body[:-1].strip(), True
    elif body.startswith("-"):
        body, negative = body[1:].strip(), True
    currency = form.get("currency")
    if currency and body.startswith(currency):
        body = body[len(currency) :].strip()
        if body.startswith("-") and not negative:
            body, negative = body[1:].strip(), True
    thousands = form.get("thousands")
    if thousands and re.fullmatch(rf"[0-9]{{1,3}}(?:{re.escape(thousands)}[0-9]{{3}})+(?:\.[0-9]+)?", body):
        body = body.replace(thousands, "")
    if body.startswith("."):
        body = "0" + body
    plain = ("-" if negative else "") + body
    return plain if _PLAIN.match(plain) else text


def decimal_of(text: str | None) -> Decimal | None:
    """Give the decimal of a plain number, or None."""
    return Decimal(text) if text is not None and _PLAIN.match(text) else None


def exact_sum(texts: pa.ChunkedArray | Iterable[str | None]) -> tuple[Decimal, int]:
    """Sum numbers exactly as written; also count the texts that are no number (empty cells count as such)."""
    cells = texts if isinstance(texts, pa.ChunkedArray) else pa.chunked_array([pa.array(list(texts), pa.string())])
    short = pc.fill_null(pc.match_substring_regex(cells, _SHORT), False)
    # Half a million at a time, so that each sum stays within the type.
    total, unreadable = Decimal("0.00"), 0
    numbers = cells.filter(short)
    for start in range(0, len(numbers), 500_000):
        part = numbers.slice(start, 500_000).cast(pa.decimal128(38, 10))
        total = EXACT.add(total, pc.sum(part).as_py())
    for text in cells.filter(pc.invert(short)).to_pylist():
        if text is not None and _NUMBER.match(text):
            total = EXACT.add(total, Decimal(text))
        else:
            unreadable += 1
    return _in_cents(total), unreadable


def _in_cents(total: Decimal) -> Decimal:
    """The same number, with two decimals where they hold it."""
    cents = EXACT.quantize(total, Decimal("0.01"))
    return cents if cents == total else EXACT.normalize(total)
