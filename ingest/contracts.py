"""The one reader of the collection contracts in dbt/models/sources/*.yml.

Belongs here: what a collection's columns and edits are, in the years they hold.
Does not belong here: how edits are judged (`expectations`), how files map to columns (`layouts`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import yaml

from expectations.rules import Rule, RuleError, read_rule

COLLECTIONS = ("ledger", "staff", "membership", "sections", "outcomes")


class ContractError(ValueError):
    """A contract file cannot be used; the message names the file and the remedy."""


@dataclass(frozen=True)
class Column:
    """One data element of a collection."""

    name: str
    data_type: str
    header: str
    is_required: bool = False
    is_optional: bool = False
    is_masked: bool = False
    is_pseudonymised: bool = False
    first_fiscal_year: int | None = None
    last_fiscal_year: int | None = None

    @property
    def is_text(self) -> bool:
        return self.data_type.lower() in ("varchar", "text", "string")

    def holds_in(self, fiscal_year: int | None) -> bool:
        """Whether the element belongs to the collection of that year (any year, where it is unknown)."""
        if fiscal_year is None:
            return True
        return (self.first_fiscal_year or 0) <= fiscal_year <= (self.last_fiscal_year or 9999)


@dataclass(frozen=True)
class Contract:
    """A collection: its columns, its edits, its reporting periods."""

    collection: str
    title: str
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...]
    reporting_periods: tuple[str, ...] = ()
    amount_column: str | None = None
    source_file: Path | None = field(default=None, compare=False)

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def typed_columns(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if not column.is_text)

    @property
    def masked_columns(self) -> tuple[str, ...]:
        """Columns whose values no finding may show: all of a collection about persons."""
        if self.collection == "staff":
            return self.column_names
        return tuple(column.name for column in self.columns if column.is_masked)

    @property
    def pseudonymised_columns(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.is_pseudonymised)

    def columns_in(self, fiscal_year: int | None) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.holds_in(fiscal_year))


def read_contract(path: Path) -> Contract:
    """Read one contract file.

    Raises:
        ContractError: not YAML, not one dbt source table, a column without a type, a rule without a sentence.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        tables = [table for source in document["sources"] for table in source["tables"]]
        if len(tables) != 1:
            raise ContractError(f"{path}: a contract file holds one table, this one holds {len(tables)}.")
        return _contract(tables[0], path)
    except OSError as problem:
        raise ContractError(f"{path}: cannot be read ({problem.strerror}).") from problem
    except (yaml.YAMLError, RuleError) as problem:
        raise ContractError(f"{path}: {problem}") from problem
    except (KeyError, TypeError, AttributeError) as problem:
        raise ContractError(f"{path}: not a dbt source file with one table and its columns ({problem}).") from problem


def _contract(table: dict, path: Path) -> Contract:
    meta = _meta(table)
    rules = [read_rule(test, None, (None, None)) for test in table.get("data_tests") or []]
    columns = []
    for entry in table["columns"]:
        column = _column(entry)
        columns.append(column)
        years = (column.first_fiscal_year, column.last_fiscal_year)
        rules += [read_rule(test, column.name, years) for test in entry.get("data_tests") or []]
    return Contract(
        collection=table["name"],
        title=meta.get("title", table["name"]),
        columns=tuple(columns),
        rules=tuple(rules),
        reporting_periods=tuple(meta.get("reporting_periods", ())),
        amount_column=meta.get("amount_column"),
        source_file=path,
    )


def _column(entry: dict) -> Column:
    meta = _meta(entry)
    known = ("is_required", "is_optional", "is_masked", "is_pseudonymised", "first_fiscal_year", "last_fiscal_year")
    return Column(
        name=entry["name"],
        data_type=str(entry.get("data_type", "varchar")).lower(),
        header=meta.get("header", entry["name"]),
        **{key: meta[key] for key in known if key in meta},
    )


def _meta(entry: dict) -> dict:
    return (entry.get("config") or {}).get("meta") or entry.get("meta") or {}


@lru_cache(maxsize=8)
def contracts(sources: Path) -> dict[str, Contract]:
    """Read the contracts of all collections below `dbt/models/sources`."""
    return {name: read_contract(sources / f"{name}.yml") for name in COLLECTIONS}
