"""What a failing row becomes.

Belongs here: the finding, and how a value is masked before anyone sees it.
Does not belong here: how rows fail (`judge`), where findings are kept (`ingest.registry`), reports.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SHAPE = [(re.compile(r"\d"), "9"), (re.compile(r"[a-z]"), "a"), (re.compile(r"[^\W\d_a-z]"), "A")]


@dataclass(frozen=True)
class Finding:
    """One row (or the whole file, where row and column are None) that failed one edit.

    `item_key` says what is meant where no row is: `fund_code=01`, `school_id=0003`.
    """

    submission_id: str
    edit_id: str
    severity: str
    row_number: int | None
    column_name: str | None
    value: str | None
    message: str
    fix: str
    is_waived: bool = False
    item_key: str | None = None


def shape(value: str | None) -> str | None:
    """Replace letters and digits by A, a and 9: enough to see what is wrong, nothing about a person."""
    if value is None:
        return None
    for pattern, sign in _SHAPE:
        value = pattern.sub(sign, value)
    return value
