"""The identity of one build: what data, what reference, what code, what cut (law 3).

No clock is read here and nothing is counted: the same four always give the same generation id.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class RunInfo:
    """The row dbt reads from `run.parquet` and the head of every manifest; `event_hash` is the audit chain's head.

    `purged` are submissions that were there at `as_of` and were purged since: their rows are in no build any more.
    """

    as_of: datetime
    cut: str
    reference_version: str
    code_version: str
    event_position: int
    event_hash: str = ""
    purged: tuple[str, ...] = ()

    @property
    def as_of_text(self) -> str:
        return _utc(self.as_of).isoformat(timespec="microseconds").replace("+00:00", "Z")

    @property
    def generation_id(self) -> str:
        """`20261122T043126Z-1a2b3c4d`: when the data was taken, and a hash of all that decides the numbers."""
        parts = (
            self.as_of_text,
            self.cut,
            self.reference_version,
            self.code_version,
            str(self.event_position),
            self.event_hash,
            *sorted(self.purged),
        )
        digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
        return f"{_utc(self.as_of):%Y%m%dT%H%M%SZ}-{digest[:8]}"


def _utc(moment: datetime) -> datetime:
    """A moment without a zone is UTC, as everywhere in the registry."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
