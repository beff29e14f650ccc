"""`manifest.json`: what a generation is and what is in it. Two builds are the same when their `marts` are equal.

Tables that tell of the past stand apart, under `history`: data, reference, code and cut do not decide them alone.

Reading and writing only; the hashes are made in `content_hash`.
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from publish.runs import RunInfo
from publish.shelves import MANIFEST, write_json


@dataclass(frozen=True)
class Mart:
    rows: int
    content_hash: str


@dataclass(frozen=True)
class History:
    """The tables of the past; `switches_told` is how many lines of the shelf's history their restatements know."""

    compared_with: str | None = None
    switches_told: int = 0
    tables: dict[str, Mart] = field(default_factory=dict)


@dataclass(frozen=True)
class Manifest:
    """`purged` names submissions that a rebuild had to leave out; a night leaves none out, and the file has no such key then."""

    generation_id: str
    as_of: str
    cut: str
    reference_version: str
    code_version: str
    event_position: int
    marts: dict[str, Mart]
    history: History = field(default_factory=History)
    purged: list[str] = field(default_factory=list)

    @property
    def tables(self) -> dict[str, Mart]:
        """Every table, by name."""
        return dict(sorted({**self.marts, **self.history.tables}.items()))

    @classmethod
    def of(cls, run: RunInfo, marts: dict[str, Mart], history: History | None = None) -> "Manifest":
        return cls(
            generation_id=run.generation_id,
            as_of=run.as_of_text,
            cut=run.cut,
            reference_version=run.reference_version,
            code_version=run.code_version,
            event_position=run.event_position,
            marts=dict(sorted(marts.items())),
            history=history or History(),
            purged=sorted(run.purged),
        )

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        content["marts"] = {table: Mart(**mart) for table, mart in content["marts"].items()}
        if history := content.pop("history", None):
            tables = {table: Mart(**mart) for table, mart in history.pop("tables").items()}
            content["history"] = History(**history, tables=tables)
        return cls(**content)

    def write(self, folder: Path) -> None:
        content = asdict(self)
        if not self.purged:
            del content["purged"]
        write_json(folder / MANIFEST, content)

    def differences(self, other: "Manifest") -> list[str]:
        """The tables that are not the same in both, by name."""
        return sorted(table for table in {*self.marts, *other.marts} if self.marts.get(table) != other.marts.get(table))
