"""Is what a submitter says known to the state? Asked when a file is handed in, before anything is judged.

Belongs here: layouts nobody has (refused), LEAs and years the state does not know (taken, with a word to the submitter).
Does not belong here: verdicts: an LEA that is not in the directory is the gate's finding.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

import yaml

from ingest.layouts import STANDARD
from ingest.refusals import Refusal
from ingest.slots import SEVERAL_LEAS, Slot


class Addressing:
    """What the state's reference knows of LEAs, layouts and expected submissions."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        """`files` are those of a reference version by name (`reference.gather`)."""
        self.lea_ids = [row["lea_id"] for row in _rows(files, "leas")]
        self.aliases = {row["alias"]: row["lea_id"] for row in _rows(files, "lea_alias")}
        self.expected = {(row["collection"], int(row["fiscal_year"])) for row in _rows(files, "expected_submissions")}
        self._layout_files = {name: data for name, data in files.items() if name.startswith("layouts/")}
        self._layouts: dict[str, str] | None = None

    @property
    def layouts(self) -> dict[str, str]:
        """Collection by layout name."""
        if self._layouts is None:
            self._layouts = dict(_layout_names(self._layout_files))
        return self._layouts

    def check_layout(self, name: str, collection: str) -> None:
        """Refuse a layout that the state has not, or has for another collection."""
        if name == STANDARD:
            return
        own = sorted(known for known, of in self.layouts.items() if of == collection)
        if self.layouts.get(name) == collection:
            return
        what = f"is for {self.layouts[name]}, not for {collection}" if name in self.layouts else "is unknown"
        near = _said_near(name, own)
        known = (
            f"this state's layouts for {collection} are {', '.join(own)}"
            if own
            else f"this state has none for {collection}"
        )
        raise Refusal(
            f"layout '{name}' {what}{near}: {known}; leave it out for the standard layout, or to have it found."
        )

    def doubts(self, slot: Slot) -> Iterator[str]:
        """What the state does not know of a slot: one sentence each."""
        if slot.lea_id != SEVERAL_LEAS and self.lea_ids and slot.lea_id not in self.lea_ids:
            yield f"the state's directory has no LEA '{slot.lea_id}'{self._near_lea(slot.lea_id)}"
        years = sorted(year for collection, year in self.expected if collection == slot.collection)
        if self.expected and slot.fiscal_year not in years:
            known = f"; it does for {years[0]} to {years[-1]}" if years else " for any year"
            yield f"the state expects no {slot.collection} for fiscal year {slot.fiscal_year}{known}"

    def _near_lea(self, lea_id: str) -> str:
        if lea_id in self.aliases:
            return f": '{lea_id}' is another name of LEA '{self.aliases[lea_id]}'"
        same = [known for known in self.lea_ids if known.lstrip("0") == lea_id.lstrip("0")]
        return f": did you mean '{same[0]}'?" if same else _said_near(lea_id, self.lea_ids)


def _said_near(name: str, known: list[str]) -> str:
    found = get_close_matches(name, known, n=1)
    return f", did you mean '{found[0]}'?" if found else ""


def _rows(files: Mapping[str, bytes], table: str) -> list[dict[str, str]]:
    text = files.get(f"seeds/{table}.csv", b"").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def _layout_names(files: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """A layout that cannot be read is the gate's to report, not the submitter's."""
    for data in files.values():
        try:
            entry = yaml.safe_load(data)
            yield entry["layout"], entry["collection"]
        except (yaml.YAMLError, KeyError, TypeError):
            continue
