"""The one reader of the collection contracts in dbt/models/sources/*.yml.

Belongs here: what a collection's columns and edits are, in the years they hold.
Does not belong here: how edits are judged (`expectations`), how files map to columns (`layouts`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from expectations.rule_check import check_rules
from expectations.rules import Rule, RuleError, read_rule
from ingest.refusals import Refusal

COLLECTIONS = ("ledger", "staff", "membership", "sections", "outcomes")
_TEXT = ("varchar", "text", "string", "char", "bpchar")
_OTHER_TYPES = {
    "int": "integer", "int4": "integer", "integer": "integer", "int8": "bigint", "long": "bigint", "bigint": "bigint",
    "smallint": "smallint", "tinyint": "tinyint", "hugeint": "hugeint", "date": "date", "timestamp": "timestamp", "datetime": "timestamp",
    "timestamptz": "timestamptz", "time": "time", "double": "double", "float8": "double", "double precision": "double",
    "float": "float", "real": "float", "bool": "boolean", "boolean": "boolean", "decimal": "decimal(18,3)", "numeric": "decimal(18,3)",
}  # fmt: skip
# What the gate's table holds beside the contract's columns.
_GATE_COLUMNS = ("submission_id", "row_number", "slot_lea_id", "slot_fiscal_year", "slot_reporting_period")


class ContractError(Refusal, ValueError):
    """A contract file cannot be used; the message names the file and the remedy."""


@dataclass(frozen=True)
class Column:
    """One data element of a collection. `pattern`: a form its text must have, beside what its edits ask; `is_share`: a part of one,
    which a spreadsheet may show as a percentage."""

    name: str
    data_type: str
    header: str
    is_required: bool = False
    is_optional: bool = False
    is_masked: bool = False
    is_pseudonymised: bool = False
    is_share: bool = False
    first_fiscal_year: int | None = None
    last_fiscal_year: int | None = None
    pattern: str | None = None

    @property
    def is_text(self) -> bool:
        return self.data_type == "varchar"

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

    @property
    def headers(self) -> dict[str, str]:
        """Each column's name as districts know it."""
        return {column.name: column.header for column in self.columns}

    def columns_in(self, fiscal_year: int | None) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.holds_in(fiscal_year))


def read_contract(path: Path) -> Contract:
    """Read one contract file.

    Raises:
        ContractError: not YAML, not one dbt source table, a column without a type, a rule that cannot be judged.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        return _contract(_one_table(document), path)
    except OSError as problem:
        raise ContractError(f"{path}: cannot be read ({problem.strerror}).") from problem
    except UnicodeDecodeError as problem:
        raise ContractError(f"{path}: is not text in UTF-8; save it as UTF-8.") from problem
    except yaml.YAMLError as problem:
        raise ContractError(f"{path}: is not YAML: {' '.join(str(problem).split())}.") from problem
    except RuleError as problem:
        raise ContractError(f"{path}: {problem}") from problem


def _one_table(document: Any) -> dict:
    sources = _key(document, "sources", list, "a contract file")
    tables = [table for source in sources for table in _key(source, "tables", list, "a source")]
    if len(tables) != 1:
        raise RuleError(f"a contract file holds one table below sources, this one holds {len(tables)}.")
    return tables[0]


def _key(entry: Any, key: str, kind: type, owner: str) -> Any:
    """An entry's value, of the type it must have."""
    names = {list: "a list", str: "a name", dict: "a mapping"}
    if not isinstance(entry, dict) or entry.get(key) is None:
        raise RuleError(f"{owner} has no key {key}; it must hold {names[kind]}.")
    if not isinstance(entry[key], kind):
        raise RuleError(f"{owner}: key {key} must hold {names[kind]}, not {entry[key]!r}.")
    return entry[key]


def _tests(entry: dict, owner: str) -> list:
    tests = entry.get("data_tests", entry.get("tests")) or []
    if not isinstance(tests, list):
        raise RuleError(f"{owner}: data_tests must be a list of rules, each beginning with a dash.")
    return tests


def _contract(table: dict, path: Path) -> Contract:
    name = _key(table, "name", str, "the table")
    meta = _meta(table, f"table {name}")
    rules = [read_rule(test, None, (None, None)) for test in _tests(table, f"table {name}")]
    columns: list[Column] = []
    for number, entry in enumerate(_key(table, "columns", list, f"table {name}"), 1):
        column = _column(entry, number)
        if column.name in _GATE_COLUMNS or column.name in {c.name for c in columns}:
            why = "the gate uses that name itself" if column.name in _GATE_COLUMNS else "it is there already"
            raise RuleError(f"column {number}, {column.name}: {why}; choose another name.")
        columns.append(column)
        years = (column.first_fiscal_year, column.last_fiscal_year)
        tests = _tests(entry, f"column {column.name}")
        rules += [read_rule(test, column.name, years, column.header) for test in tests]
    check_rules(rules, {c.name for c in columns} | set(_GATE_COLUMNS))
    amount_column = meta.get("amount_column")
    if amount_column is not None and amount_column not in {c.name for c in columns}:
        raise RuleError(f"table {name}: meta.amount_column names {amount_column}, which is no column.")
    return Contract(
        collection=name,
        title=meta.get("title", name),
        columns=tuple(columns),
        rules=tuple(rules),
        reporting_periods=tuple(meta.get("reporting_periods", ())),
        amount_column=amount_column,
        source_file=path,
    )


def _column(entry: Any, number: int) -> Column:
    name = _key(entry, "name", str, f"column {number}")
    given = " ".join(_key(entry, "data_type", str, f"column {name}").lower().split())
    meta = _meta(entry, f"column {name}")
    for key in ("first_fiscal_year", "last_fiscal_year"):
        if not isinstance(meta.get(key), int | None):
            raise RuleError(f"column {name}: {key} must be a year such as 2024, not {meta[key]!r}.")
    known = (
        "is_required",
        "is_optional",
        "is_masked",
        "is_pseudonymised",
        "is_share",
        "first_fiscal_year",
        "last_fiscal_year",
        "pattern",
    )
    return Column(
        name=name,
        data_type=_data_type(name, given),
        header=str(meta.get("header", name)),
        **{key: meta[key] for key in known if key in meta},
    )


def _data_type(name: str, given: str) -> str:
    """A type by one name each, whatever name dbt's adapters give it."""
    base = given.split("(")[0].strip()
    sized = re.fullmatch(r"(?:decimal|numeric) ?\( ?([0-9]+) ?(?:, ?([0-9]+) ?)?\)", given)
    if sized and int(sized[1]) <= 38 and int(sized[2] or 0) <= int(sized[1]):
        return f"decimal({sized[1]},{sized[2] or 0})"
    if base in _TEXT or base.startswith("character"):
        return "varchar"
    if given in _OTHER_TYPES:
        return _OTHER_TYPES[given]
    raise RuleError(
        f"column {name}: data_type {given} is not known; use varchar, integer, bigint, decimal(18,2), date, timestamp, boolean or double."
    )


def _meta(entry: dict, owner: str) -> dict:
    config = entry.get("config") or {}
    meta = (config.get("meta") if isinstance(config, dict) else None) or entry.get("meta") or {}
    if not isinstance(config, dict) or not isinstance(meta, dict):
        raise RuleError(f"{owner}: config and its meta must be mappings, such as config: {{meta: {{header: Amount}}}}.")
    return meta


@lru_cache(maxsize=8)
def contracts(sources: Path) -> dict[str, Contract]:
    """Read the contracts of all collections below `dbt/models/sources`."""
    return {name: read_contract(sources / f"{name}.yml") for name in COLLECTIONS}
