"""Which tables an extract has, with the words, keys and units of their columns.

A table of the generation is in the extract of an LEA if it has a column `lea_id`, in that of a school if it has `school_id` too, in
the statewide one always. `config.meta.extract` of the model says otherwise: `state` (it compares LEAs) or `none`. Facts are in none: they
are the district's own files again, or people.

Belongs here: reading that. Does not belong here: rows (`rows`), files (`package`, `workbook`).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import duckdb
import yaml

from publish.facts import is_fact

MONEY = "DECIMAL(18,2)"


# The loader in C where the library has it: ten times as fast, and every night reads every model.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Column:
    """`unit` is empty for text, codes and flags; `decimals` None where nothing is rounded."""

    name: str
    data_type: str
    description: str
    unit: str
    decimals: int | None


@dataclass(frozen=True)
class Table:
    name: str
    description: str
    keys: tuple[str, ...]
    levels: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


@dataclass(frozen=True)
class Unit:
    unit: str
    decimals: int


class Units:
    """Units by the name of a column, else by its longest suffix, else by its type."""

    def __init__(self, seed: Path):
        with seed.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        self.named = {row["column_name"]: _unit(row) for row in rows if row["column_name"]}
        self.suffixes = {row["suffix"]: _unit(row) for row in rows if row["suffix"]}

    def of(self, name: str, data_type: str) -> Unit | None:
        """The unit of a column; None for text, dates and flags, and for numbers nobody gave one."""
        if data_type in ("VARCHAR", "BOOLEAN", "DATE") or data_type.startswith("TIMESTAMP"):
            return None
        if name in self.named:
            return self.named[name]
        for suffix in sorted(self.suffixes, key=len, reverse=True):
            if name.endswith(suffix):
                return self.suffixes[suffix]
        return Unit("dollars", 2) if data_type == MONEY else None


def _unit(row: dict[str, str]) -> Unit:
    return Unit(row["unit"], int(row["decimals"]))


def read_tables(con: duckdb.DuckDBPyConnection, marts: Path, units: Units) -> list[Table]:
    """The tables of a generation that some extract has. `con`: opened on it; `marts`: the models' own folder."""
    words = dict(
        con.execute(
            "select table_name, comment from duckdb_tables() where schema_name = 'marts' "
            "union all select view_name, comment from duckdb_views() where schema_name = 'marts'"
        ).fetchall()
    )
    columns: dict[str, list[Column]] = {}
    for table, name, data_type, comment in con.execute(
        "select table_name, column_name, data_type, comment from duckdb_columns() where schema_name = 'marts' "
        "order by table_name, column_index"
    ).fetchall():
        unit = units.of(name, data_type)
        columns.setdefault(table, []).append(
            Column(name, data_type, comment or "", unit.unit if unit else "", unit.decimals if unit else None)
        )
    found = []
    for table in sorted(columns):
        if is_fact(table):
            continue
        said, keys = said_of(marts, table)
        names = {column.name for column in columns[table]}
        levels = levels_of(said, names)
        if levels:
            # An older generation may lack a column that is part of the key by now.
            own = tuple(key for key in keys if key in names)
            found.append(Table(table, words.get(table) or "", own, levels, tuple(columns[table])))
    return found


def said_of(marts: Path, table: str) -> tuple[str, tuple[str, ...]]:
    """What the model of a table says of extracts, and its key; of a table without a model: in none, no key."""
    path = marts / f"{table}.yml"
    if not path.is_file():
        return "none", ()
    model = yaml.load(path.read_text(encoding="utf-8"), _LOADER)["models"][0]
    keys = next(
        (test["unique_key"]["arguments"]["columns"] for test in model.get("data_tests", []) if "unique_key" in test), ()
    )
    return ((model.get("config") or {}).get("meta") or {}).get("extract", ""), tuple(keys)


def levels_of(said: str, names: set[str]) -> tuple[str, ...]:
    """The extracts a table of these columns is in. Sorted: what is written of a table must not depend on the order of a set."""
    if said == "none":
        return ()
    found = ["state"]
    if "lea_id" in names and said != "state":
        found.append("lea")
        if "school_id" in names:
            found.append("school")
    return tuple(sorted(found))
