"""Definitions and code lists: reference tables with the columns worth reading, as the reference version of a generation has them.

Belongs here: reading those tables for the site. Does not belong here: which they are (`definitions.yml`), how a page shows them (`pages`).
"""

from __future__ import annotations

import csv
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

FOLDER = Path(__file__).parent
EMPTY = "\u2013"


@dataclass(frozen=True)
class Row:
    """A row with its anchor; `formula`: in words, where somebody wrote it."""

    anchor: str
    cells: tuple[str, ...]
    formula: str


@dataclass(frozen=True)
class Section:
    """A reference table on a page. `sources`: said once where all rows have the same, else the last cell of each row."""

    anchor: str
    title: str
    seed: str
    intro: str
    labels: tuple[str, ...]
    rows: tuple[Row, ...]
    source: str
    key: str


@cache
def knowledge() -> Mapping:
    """What `definitions.yml` says."""
    return yaml.safe_load((FOLDER / "definitions.yml").read_text(encoding="utf-8"))


def definitions(seeds: Path, tables: Container[str]) -> list[Section]:
    """The sections of which one of the tables is there, and the reference table is not empty."""
    found = []
    for said in knowledge()["sections"]:
        if any(table in tables for table in said["with"]) and (rows := _rows(seeds, said["seed"])):
            found.append(_section(said, rows))
    return found


def code_lists(seeds: Path, columns: Mapping[str, Sequence[str]]) -> list[Section]:
    """The lists of codes that some column has; `columns`: names by table."""
    found = []
    for said in knowledge()["lists"]:
        if list_columns(said, columns) and (rows := _rows(seeds, said["id"])):
            shown = [name for name in rows[0] if name not in knowledge()["hidden_columns"]]
            shown.sort(key=lambda name: name != said["code"])
            labels = {name: name.replace("_", " ") for name in shown} | {"source": "Source"}
            section = {"id": said["id"], "section": said["list"], "seed": said["id"], "intro": "", "columns": labels}
            found.append(_section(section, rows))
    return found


def list_columns(said: Mapping, columns: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """The columns, with their tables, that a list gives codes to."""
    return [
        (table, name)
        for table, names in sorted(columns.items())
        for name in names
        if name in said["columns"]
        and table in said.get("only_in", [table])
        and table not in said.get("not_in", ())
    ]  # fmt: skip


def anchor_of(key: str) -> str:
    """A key as part of an address within a page."""
    return "".join(sign if sign.isalnum() else "-" for sign in key).strip("-").lower()


def _section(said: Mapping, rows: Sequence[Mapping[str, str]]) -> Section:
    labels, join = dict(said["columns"]), said.get("join", {})
    sources = sorted({row.get("source") or "" for row in rows})
    if len(sources) == 1 or "source" not in rows[0]:
        labels.pop("source", None)
    key = next(iter(labels))
    shown = [name for name in labels if any(row.get(name) for row in rows)] or [key]
    formulas = said.get("formulas", {})
    made, used = [], set()
    for row in rows:
        anchor = f"{said['id']}-{anchor_of(row[key]) or 'any'}"
        anchor = anchor if anchor not in used else f"{anchor}-{len(used)}"
        used.add(anchor)
        made.append(Row(anchor, tuple(_cell(row, name, join) for name in shown), formulas.get(row[key], "")))
    source = sources[0] if len(sources) == 1 else ""
    return Section(said["id"], said["section"], said["seed"], said["intro"], tuple(labels[name] for name in shown), tuple(made), source, key)  # fmt: skip


def _cell(row: Mapping[str, str], name: str, join: Mapping[str, str]) -> str:
    text, last = row.get(name) or "", row.get(join.get(name, ""), "")
    return f"{text} to {last}" if text and last else text or EMPTY


def _rows(seeds: Path, name: str) -> list[dict[str, str]]:
    path = seeds / f"{name}.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))
