"""What a release hid and under which policy, kept beside the restricted generation it came from: the next one is guarded by it.

Belongs here: writing and reading that record. Does not belong here: the choice (`hiding`), counts (`pupils`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ingest.refusals import Refusal
from publish.disclosure.hiding import COMPLEMENT, SMALL, Cell, Counts, Hidden, Released
from publish.disclosure.policy import DisclosurePolicy
from publish.shelves import write_json

RECORD = "disclosure.json"


@dataclass(frozen=True)
class Record:
    """The cells a release hid, and the smallest number of pupils it showed."""

    minimum_pupils: int
    cells: frozenset[Cell]

    def over(self, counts: Counts) -> Released:
        """The release as the next one looks at it. Reasons follow from the counts: what is small is hidden for that."""
        reasons: Mapping[Cell, str] = {
            cell: SMALL if 0 < value < self.minimum_pupils else COMPLEMENT
            for cell, value in counts.values.items()
            if cell in self.cells or (cell in counts.unshown and 0 < value < self.minimum_pupils)
        }
        return Released(counts, reasons, self.minimum_pupils)


def write_record(folder: Path, hidden: Hidden, policy: DisclosurePolicy) -> None:
    """Keep what a release hides beside its restricted generation."""
    rules = {name: str(value) for name, value in vars(policy).items() if name != "sources"}
    cells = sorted((list(cell) for cell in hidden.reasons), key=str)
    write_json(
        folder / RECORD,
        {"policy": rules, "hidden": cells, "exposed": [[*cell, value] for cell, value in hidden.exposed]},
    )


def read_record(folder: Path) -> Record:
    """What the release made of this generation hid.

    Raises:
        Refusal: nothing tells it, so that nobody can say what that release and the next one give away together.
    """
    path = folder / RECORD
    if not path.is_file():
        raise Refusal(
            f"Release {folder.name} was public, and the record of what it hid ({path}) is gone: what it and the next one give away together "
            "cannot be told. Bring the folder back from the backup."
        )
    told = json.loads(path.read_text(encoding="utf-8"))
    return Record(int(told["policy"]["minimum_pupils"]), frozenset(tuple(cell) for cell in told["hidden"]))
