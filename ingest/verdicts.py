"""What the gate says about a submission.

Belongs here: the shape of a verdict, passed from the gate to the registry and to reports.
Does not belong here: how it is reached (`gate`, `expectations`), how it is kept (`registry_verdicts`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from expectations.findings import Finding

__all__ = ["Amounts", "Excluded", "Finding", "RawFile", "Verdict"]

ACCEPTED = "accepted"
SUSPENDED = "suspended"


@dataclass(frozen=True)
class Amounts:
    """Dollars of the file by where they went (law 11); None where the collection has no amount."""

    accepted: Decimal | None = None
    excluded: Decimal | None = None
    suspended: Decimal | None = None
    unreadable_count: int = 0


@dataclass(frozen=True)
class Excluded:
    """Records left out for one reason of a layout's filter or a waiver."""

    reason: str
    count: int
    amount: Decimal | None = None


@dataclass(frozen=True)
class Verdict:
    """One submission judged once. Counts are of physical records, `row_count` of the raw rows they became.

    `layout` is the one the file was read with: found by its header where the submission named none.
    """

    submission_id: str
    verdict: str
    record_count: int
    row_count: int = 0
    excluded_count: int = 0
    suspended_count: int = 0
    amounts: Amounts = field(default_factory=Amounts)
    excluded: tuple[Excluded, ...] | list[Excluded] = ()
    findings: tuple[Finding, ...] | list[Finding] = ()
    layout: str | None = None

    @property
    def is_accepted(self) -> bool:
        return self.verdict == ACCEPTED


@dataclass(frozen=True)
class RawFile:
    """One Parquet file of accepted rows; it counts once the registry has committed it."""

    collection: str
    fiscal_year: int
    file_name: str
    row_count: int
    sha256: str
