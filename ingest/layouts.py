"""Layouts: how one accounting system's own export is written.

Belongs here: reading a layout file, the standard layout of a contract, and comparing headers.
Does not belong here: applying a layout to records (`layout_mapping`), any knowledge of a district.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from ingest.contracts import Contract
from ingest.layout_keys import first_unknown, nearest

STANDARD = "standard"


class LayoutError(ValueError):
    """A layout file cannot be used; the message names the file and what to change."""


@dataclass(frozen=True)
class Layout:
    """One export's form. `columns` maps contract columns to a rule; empty means headers name the columns."""

    name: str
    collection: str
    header: tuple[str, ...] = ()
    columns: dict[str, dict[str, Any]] = field(default_factory=dict, hash=False)
    amounts: tuple[dict[str, Any], ...] = ()
    rows: tuple[dict[str, Any], ...] = ()
    exclude: tuple[dict[str, Any], ...] = ()
    derive: dict[str, dict[str, Any]] = field(default_factory=dict, hash=False)
    lea: dict[str, Any] | None = field(default=None, hash=False)
    fiscal_year: dict[str, Any] | None = field(default=None, hash=False)
    number: dict[str, Any] = field(default_factory=dict, hash=False)
    sign: str = "natural"
    file: dict[str, Any] = field(default_factory=dict, hash=False)
    first_fiscal_year: int | None = None
    last_fiscal_year: int | None = None
    checks: tuple[dict[str, Any], ...] = ()
    ignores_other_columns: bool = False

    @property
    def is_standard(self) -> bool:
        return not self.columns


@lru_cache(maxsize=4096)
def folded(header: str) -> str:
    """Fold case, blanks and underscores: `Fund Code`, `fund_code` and `FUND  CODE` are one header."""
    return re.sub(r"[\s_]+", " ", header.replace("\ufeff", "").strip()).casefold()


def standard_layout(contract: Contract) -> Layout:
    """The layout whose headers are the contract's own."""
    return Layout(name=STANDARD, collection=contract.collection)


def read_layout(path: Path) -> Layout:
    """Read one layout file of `states/<state>/layouts/`.

    Raises:
        LayoutError: not YAML, an unknown key, or a column rule that names no column of the header.
    """
    try:
        entry = yaml.safe_load(path.read_text(encoding="utf-8"))
        if said := first_unknown(entry):
            raise LayoutError(f"{path}: {said}.")
        layout = _layout(entry)
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as problem:
        raise LayoutError(f"{path}: cannot be read as a layout ({problem}).") from problem
    known = {folded(name) for name in (*layout.header, *layout.derive)}
    used = {folded(name) for name in _names_used(layout)}
    if layout.header and (unknown := used - known):
        raise LayoutError(f"{path}: uses columns its header does not list: {', '.join(sorted(unknown))}.")
    return layout


def read_layouts(folder: Path) -> dict[str, Layout]:
    """Read every layout of a reference version, by name.

    Raises:
        LayoutError: a file cannot be used, or two files carry one name.
    """
    found: dict[str, Layout] = {}
    for path in sorted(folder.glob("*.yml")):
        layout = read_layout(path)
        if layout.name in found or layout.name == STANDARD:
            raise LayoutError(f"{path}: there is a layout {layout.name} already; give this one a name of its own.")
        found[layout.name] = layout
    return found


def check_layout(layout: Layout, contract: Contract) -> None:
    """Compare a layout with the contract of the collection it is used for.

    Raises:
        LayoutError: it is a layout of another collection, or names a column the contract does not have.
    """
    if layout.collection != contract.collection:
        raise LayoutError(f"Layout {layout.name} is for {layout.collection}, not for {contract.collection}.")
    for name in _contract_names(layout):
        if name not in contract.column_names:
            near = nearest(name, contract.column_names)
            raise LayoutError(
                f"Layout {layout.name}: {contract.collection} has no column {name}; the nearest is {near}."
            )
    if layout.amounts and not contract.amount_column:
        raise LayoutError(f"Layout {layout.name} lists amounts, and {contract.collection} has no column for them.")


def _contract_names(layout: Layout) -> list[str]:
    names = [*layout.columns]
    for row in layout.rows:
        names += [rule if name == "skip_empty" else name for name, rule in row.items()]
    return names + [name for entry in layout.exclude for name in entry["when"].get("mapped", {})]


def _layout(entry: dict[str, Any]) -> Layout:
    return Layout(
        name=entry["layout"],
        collection=entry["collection"],
        header=tuple(str(name) if name is not None else "" for name in entry["header"]),
        columns={name: _rule(rule) for name, rule in entry["columns"].items()},
        amounts=tuple(entry.get("amounts") or ()),
        rows=tuple(entry.get("rows") or ()),
        exclude=tuple(entry.get("exclude") or ()),
        derive=entry.get("derive") or {},
        lea=entry.get("lea"),
        fiscal_year=entry.get("fiscal_year"),
        number=entry.get("number") or {},
        sign=entry.get("sign", "natural"),
        file=entry.get("file") or {},
        first_fiscal_year=entry.get("first_fiscal_year"),
        last_fiscal_year=entry.get("last_fiscal_year"),
        checks=tuple(entry.get("checks") or ()),
        ignores_other_columns=entry.get("other_columns") == "ignored",
    )


def _rule(rule: Any) -> dict[str, Any]:
    return rule if isinstance(rule, dict) else {"from": rule}


def _names_used(layout: Layout) -> set[str]:
    rules = [*layout.columns.values(), *layout.amounts, layout.lea or {}, layout.fiscal_year or {}]
    rules += [_rule(rule) for row in layout.rows for rule in row.values() if isinstance(rule, dict)]
    rules += layout.checks
    places = ("from", "debit", "credit", "sum", "less", "equals")
    named = [rule[key] for rule in rules for key in places if key in rule]
    named += [rule["count_within"] for rule in layout.derive.values()]
    names = {str(name) for entry in named for name in (entry if isinstance(entry, list) else [entry])}
    return names | {name for entry in layout.exclude for name in entry.get("when", {}) if name != "mapped"}
