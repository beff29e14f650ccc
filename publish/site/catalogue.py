"""What the site knows of the tables: their columns, keys and rules, and what each is built from.

It is read from dbt's manifest once, and kept beside the pages as `tables.json`: a release is told in the words of the generation it came
from, and a script may read it as well.

Belongs here: that catalogue, as data. Does not belong here: reading a manifest (`manifest_words`), ways between tables (`lineage`), what is
public (`public`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ingest.refusals import Refusal

FILE = "tables.json"


@dataclass(frozen=True)
class Column:
    """`values`: the only ones it has, where that is a rule; `meta`: how it comes about and by which definitions."""

    name: str
    data_type: str
    description: str
    values: tuple[str, ...] = ()
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """`keys`: no two rows are the same in them; `rules`: what every build proves of it, in words; `edits`: ids of those that read it."""

    name: str
    description: str
    keys: tuple[str, ...]
    columns: tuple[Column, ...]
    rules: tuple[str, ...] = ()
    edits: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Its columns, in order."""
        return tuple(column.name for column in self.columns)


@dataclass(frozen=True)
class Node:
    """Something a table is built from. `kind`: table, step, collection, register or reference."""

    name: str
    kind: str
    description: str
    parents: tuple[str, ...]


@dataclass(frozen=True)
class Catalogue:
    """Tables by name; nodes by key, which is `kind:name`."""

    tables: Mapping[str, Table]
    nodes: Mapping[str, Node]

    def as_json(self) -> bytes:
        """The same as bytes, always in the same order."""
        content = {
            "tables": [asdict(table) for _, table in sorted(self.tables.items())],
            "nodes": {key: asdict(node) for key, node in sorted(self.nodes.items())},
        }
        return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def read_catalogue(path: Path) -> Catalogue:
    """Read a `tables.json`.

    Raises:
        Refusal: it is not there, or no catalogue.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        tables = {one["name"]: _table(one) for one in content["tables"]}
        nodes = {key: Node(**(one | {"parents": tuple(one["parents"])})) for key, one in content["nodes"].items()}
    except FileNotFoundError:
        raise Refusal(f"{path} is not there: this generation was made before generations had a site.") from None
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise Refusal(f"{path} cannot be read as a catalogue of tables ({type(problem).__name__}).") from problem
    return Catalogue(tables, nodes)


def _table(one: Mapping) -> Table:
    columns = tuple(Column(**(column | {"values": tuple(column["values"])})) for column in one["columns"])
    lists = {name: tuple(one[name]) for name in ("keys", "rules", "edits")}
    return Table(**(dict(one) | lists | {"columns": columns}))
