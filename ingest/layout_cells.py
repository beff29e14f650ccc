"""Single cells on their way through a layout.

Belongs here: dates, signs, zeros and conditions on one cell. Does not belong here: columns or records (`layout_mapping`).
"""

from __future__ import annotations

import re
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ingest.number_forms import EXACT, decimal_of, plain_number


def folded_name(text: str) -> str:
    """Fold a name for comparison: case, punctuation and blanks do not count."""
    return re.sub(r"[^a-z0-9]+", " ", text.casefold()).strip()


def is_zero(text: str | None) -> bool:
    """Whether a cell is a zero; an empty cell is none."""
    return decimal_of(text) == 0


def is_empty(text: str | None) -> bool:
    """Whether a cell is empty."""
    return text is None


def is_zero_or_empty(text: str | None) -> bool:
    """Whether a cell gives no row of its own beside the record's other amounts."""
    return is_empty(text) or is_zero(text)


def negated(text: str | None) -> str | None:
    """Turn the sign of a plain number; anything else stays as it is."""
    number = decimal_of(text)
    return text if number is None else format(number.copy_negate() if number else number, "f")


def rounded(text: str, places: int) -> str:
    """Round a plain number half-up, where a layout declares that its source carries digits that mean nothing; else as it is."""
    number = decimal_of(text)
    return text if number is None else format(number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP), "f")


def debit_less_credit(debit: str | None, credit: str | None, form: dict[str, Any]) -> str | None:
    """Give debit minus credit; an unreadable side stays as it is, to be judged."""
    if debit is None and credit is None:
        return None
    left, right = (decimal_of(plain_number(side, form) if side is not None else "0") for side in (debit, credit))
    if left is None or right is None:
        return debit if left is None else credit
    return format(EXACT.subtract(left, right), "f")


def iso_date(text: str, form: str) -> str:
    """Turn a date in the declared form into year-month-day; anything else stays as it is."""
    try:
        return datetime.strptime(text, form).date().isoformat()
    except ValueError:
        return text


def meets(cell: str | None, condition: Any) -> bool:
    """Whether a cell meets one condition of a filter."""
    text = (cell or "").strip()
    if isinstance(condition, dict):
        if "empty" in condition:
            return (text == "") == condition["empty"]
        if "pattern" in condition:
            return re.fullmatch(condition["pattern"], text) is not None
        if "not" in condition:
            return text not in {str(v) for v in condition["not"]}
        raise ValueError(f"There is no condition {', '.join(map(str, condition)) or '{}'}.")
    wanted = condition if isinstance(condition, list) else [condition]
    return text in {"" if v is None else str(v) for v in wanted}
