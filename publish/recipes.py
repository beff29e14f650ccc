"""How a column of a mart comes about, as its own documentation says: `config.meta.explain` beside the column.

`lines` is a condition on the mapped ledger lines of the row's LEA and year, `{column}` in it the row's own value; `sign` turns lines
that are shown as taken away. `parts` are columns that add to it. `numerator` and `denominator` are divided once. `pool` is a
condition like `lines`, of which the column is a share. `pupils` names the membership column it counts. `survey_item` names an item of
the F-33, whose lines the reference tables say; `{column}` in it is the row's own value. `pool_when`: the rows of which the column is a share
of `pool` and not a sum of `lines`. `times`: by what a ratio is multiplied. `facts`: `staff` or `sections`, of which `value` is an
aggregate; `{pupils}` in it is the LEA's fall membership. `formula`: worked out anew by that name. `logarithm`: of the ratio.

A part, numerator or denominator is a column of the same table, `-column` to take it away, `table.column` of another table, in the
row of the same key or in the rows that `among` names (added), `before:table.column` of the fiscal year before, or a recipe of its own.

Belongs here: reading recipes. Does not belong here: following them (`explaining`).
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path

import yaml

from ingest.refusals import Refusal


@dataclass(frozen=True)
class Recipe:
    """One column: its words, and how it comes about; of the ways one is filled."""

    column: str
    words: str
    lines: str = ""
    sign: str = "1"
    parts: tuple[str, ...] = ()
    numerator: str | Recipe = ""
    denominator: str | Recipe = ""
    pool: str = ""
    pupils: str = ""
    survey_item: str = ""
    pool_when: str = ""
    times: int = 1
    facts: str = ""
    value: str = ""
    among: str = ""
    formula: str = ""
    logarithm: bool = False


@dataclass(frozen=True)
class Mart:
    """A mart as its file describes it: key columns, words of every column, recipes of those that have one."""

    name: str
    keys: tuple[str, ...]
    words: dict[str, str]
    recipes: dict[str, Recipe]


def read_mart(folder: Path, name: str) -> Mart:
    """Read the recipes of a mart.

    Raises:
        Refusal: there is no such mart; the nearest is named.
    """
    path = folder / f"{name}.yml"
    known = sorted(one.stem for one in folder.glob("*.yml"))
    if name not in known:
        near = difflib.get_close_matches(name, known, 3)
        raise Refusal(f"There is no table {name}." + (f" Nearest: {', '.join(near)}." if near else ""))
    model = yaml.safe_load(path.read_text(encoding="utf-8"))["models"][0]
    keys = next(
        (test["unique_key"]["arguments"]["columns"] for test in model.get("data_tests", []) if "unique_key" in test), []
    )
    words = {column["name"]: column["description"] for column in model["columns"]}
    found = {}
    for column in model["columns"]:
        said = (column.get("config") or {}).get("meta", {}).get("explain")
        if said:
            found[column["name"]] = _recipe(column["name"], column["description"], said)
    return Mart(name, tuple(keys), words, found)


def _recipe(column: str, words: str, said: dict) -> Recipe:
    own = {
        name: _recipe(f"{column}, {name}", str(value.pop("words")), value) if isinstance(value, dict) else value
        for name, value in said.items()
        if name != "parts"
    }
    return Recipe(column, words, parts=tuple(said.get("parts", ())), **own)


def recipe_of(mart: Mart, column: str) -> Recipe:
    """The recipe of a column.

    Raises:
        Refusal: the table has no such column, or nobody wrote down how it comes about.
    """
    if column not in mart.words:
        near = difflib.get_close_matches(column, mart.words, 3)
        raise Refusal(f"Table {mart.name} has no column {column}." + (f" Nearest: {', '.join(near)}." if near else ""))
    if column not in mart.recipes:
        known = ", ".join(mart.recipes) or "none"
        raise Refusal(f"How {mart.name}.{column} comes about line by line is not written down; it is for: {known}.")
    return mart.recipes[column]
