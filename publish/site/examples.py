"""The grain of a table in words, and a query that shows what is in it.

Belongs here: those two, from keys and columns where `subjects.yml` has nothing better. Does not belong here: worked queries (`publish.worked_queries`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import yaml

from publish.extracts.catalogue import Units
from publish.site.catalogue import Table

WORDS = {
    "lea_id": "LEA", "school_id": "school", "fiscal_year": "fiscal year", "peer_lea_id": "peer", "peer_school_id": "peer",
    "numerator_def_id": "numerator", "denominator_def_id": "denominator", "f33_item": "F-33 item", "edit_id": "edit", "submission_id": "submission",
}  # fmt: skip
YEAR = "fiscal_year"
MOST = 4
"""Key columns beyond which, and measures after which, an example stops."""


@cache
def subjects() -> Mapping:
    """What `subjects.yml` says."""
    return yaml.safe_load((Path(__file__).parent / "subjects.yml").read_text(encoding="utf-8"))


def grain(table: Table) -> str:
    """What one row is, without the words "one row a"; empty if nobody declared it."""
    if said := subjects()["grain"].get(table.name):
        return said
    keys = [key for key in table.keys if not (key == "lea_id" and "school_id" in table.keys)]
    keys = [key for key in keys if not (key == "peer_lea_id" and "peer_school_id" in table.keys)]
    keys.sort(key=lambda key: (key not in ("lea_id", "school_id"), key != YEAR))
    return " × ".join(WORDS.get(key, key.removesuffix("_code").replace("_", " ")) for key in keys)


def example(table: Table, units: Units) -> str:
    """A query over the table alone that shows its newest rows."""
    if said := subjects()["examples"].get(table.name):
        return said.strip()
    keys = [key for key in table.keys if key in table.names]
    names = [name for name in table.names if name.endswith("_name")][:1]
    measures = [column.name for column in table.columns if _is_measure(column.name, column.data_type, keys, units)]
    columns = list(dict.fromkeys([*keys, *names, *measures[:MOST]])) or list(table.names)
    if len(columns) < MOST:
        columns += [name for name in table.names if name not in columns][: MOST + 2 - len(columns)]
    lines = [f"select {_wrapped(columns)}", f"from {table.name}"]
    if YEAR in table.names:
        lines.append(f"where {YEAR} = (select max({YEAR}) from {table.name})")
    if keys:
        lines.append(f"order by {', '.join(keys)}")
    return "\n".join([*lines, "limit 20"])


def _is_measure(name: str, data_type: str, keys: Sequence[str], units: Units) -> bool:
    unit = units.of(name, data_type.upper())
    return name not in keys and unit is not None and not name.endswith(("_se", "_order"))


def _wrapped(names: Sequence[str]) -> str:
    """Names with commas, some four a line."""
    lines = [", ".join(names[start : start + MOST]) for start in range(0, len(names), MOST)]
    return ",\n       ".join(lines)
