"""What the seed `disclosure_column` says of every published column.

Belongs here: reading it. Does not belong here: what is hidden by it (`protect`).
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

FILE = "disclosure_column.csv"
WHOLE, NOT_PUBLIC = "*", "not_public"
NOTE = "suppressed_columns"
"""The column of a public table that names what is hidden in a row."""


@dataclass(frozen=True)
class Rule:
    """One way in which a column gives somebody away. `only_where`: a column and the values it holds for; None: in every row."""

    column: str
    role: str
    only_where: tuple[str, tuple[str, ...]] | None
    role_group: str


@dataclass(frozen=True)
class PublicTable:
    name: str
    rules: tuple[Rule, ...]


def read_columns(seeds: Path) -> dict[str, PublicTable]:
    """The tables that are public, by name; one without a row is not."""
    with (seeds / FILE).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    whole = {row["table_name"]: row["role"] for row in rows if row["column_name"] == WHOLE}
    found: dict[str, list[Rule]] = {name: [] for name, role in whole.items() if role != NOT_PUBLIC}
    for row in rows:
        if row["column_name"] != WHOLE and row["table_name"] in found:
            name, equals, values = row["only_where"].partition("=")
            only = (name, tuple(values.split("|"))) if equals else None
            found[row["table_name"]].append(Rule(row["column_name"], row["role"], only, row["role_group"]))
    return {name: PublicTable(name, tuple(rules)) for name, rules in sorted(found.items())}


def described(tables: Sequence[str], seeds: Path) -> list[str]:
    """The tables the seed says nothing of."""
    return sorted(set(tables) - all_tables(seeds))


def all_tables(seeds: Path) -> set[str]:
    """Every table the seed speaks of, public or not."""
    with (seeds / FILE).open(encoding="utf-8", newline="") as stream:
        return {row["table_name"] for row in csv.DictReader(stream)}
