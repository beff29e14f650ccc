"""The night's batch of one collection as a DuckDB table, and the reference tables beside it.

Belongs here: loading text rows, casting them exactly, loading a pinned reference version.
Does not belong here: rules, verdicts, files of raw.
"""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pyarrow as pa

from expectations.rules import Rule
from expectations.sql_parts import DATE_FORM, ident
from ingest.contracts import Column, Contract
from ingest.refusals import SystemFailure

INSERT_ROWS = 200_000


def open_gate(spill_folder: Path | None, memory: str = "1500MB") -> duckdb.DuckDBPyConnection:
    """Open the gate's in-memory database.

    Args:
        spill_folder: where it may spill, or None where rows hold clear identifiers and must stay in memory.
    """
    connection = duckdb.connect(":memory:")
    connection.execute(f"set temp_directory = '{spill_folder or ''}'")
    if spill_folder:
        connection.execute(f"set memory_limit = '{memory}'")
    connection.execute(
        "set threads = 2; set preserve_insertion_order = false; set autoinstall_known_extensions = false"
    )
    return connection


def load_reference(connection: duckdb.DuckDBPyConnection, seeds: Path) -> None:
    """Load every reference table as text, with years as integers; absent `code_to` and years are added empty."""
    connection.execute("create schema if not exists reference")
    connection.execute(
        "create table if not exists reference.thresholds (edit_id varchar, parameter varchar, value varchar, "
        "first_fiscal_year integer, last_fiscal_year integer)"
    )
    for path in sorted(seeds.glob("*.csv")):
        table = f"reference.{ident(path.stem)}"
        rows = _reference_rows(path)
        connection.register("reference_rows", rows)
        connection.execute(f"create or replace table {table} as select * from reference_rows")
        connection.unregister("reference_rows")
        names = {row[0] for row in connection.execute(f"describe {table}").fetchall()}
        for name in {"code_to", "first_fiscal_year", "last_fiscal_year"} - names:
            connection.execute(f"alter table {table} add column {name} varchar")
        for name in ("first_fiscal_year", "last_fiscal_year"):
            connection.execute(
                f"alter table {table} alter column {name} set data type integer using cast(nullif({name}, '') as integer)"
            )


def _reference_rows(path: Path) -> pa.Table:
    """A reference table as text, whatever its line ends; an editor's byte order mark is no part of the first name."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        header, *rows = list(csv.reader(stream))
    rows = [row for row in rows if row]
    if uneven := [number for number, row in enumerate(rows, 2) if len(row) != len(header)]:
        raise SystemFailure(f"{path}, line {uneven[0]}: not as many fields as the header names.")
    return pa.table({name: pa.array([row[i] for row in rows], pa.string()) for i, name in enumerate(header)})


class GateTable:
    """Collects readings and lands them, typed and as text, in one table named like the collection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, contract: Contract):
        self.connection, self.contract = connection, contract
        self._waiting: list[pa.Table] = []
        self._rows = 0
        columns = "".join(f", {ident(c.name)} {c.data_type}" for c in contract.columns)
        texts = "".join(f", {_text(c)} varchar" for c in contract.typed_columns)
        connection.execute(
            f"create table {ident(contract.collection)} (submission_id varchar, row_number bigint, slot_lea_id varchar, "
            f"slot_fiscal_year varchar, slot_reporting_period varchar{columns}{texts})"
        )

    def add(
        self, table: pa.Table, submission_id: str, lea_id: str, fiscal_year: int | None, reporting_period: str
    ) -> None:
        """Add one submission's rows."""
        slot = {
            "submission_id": submission_id,
            "slot_lea_id": lea_id,
            "slot_fiscal_year": year_text(fiscal_year),
            "slot_reporting_period": reporting_period,
        }
        for name, value in slot.items():
            table = table.append_column(name, pa.repeat(pa.scalar(value, pa.string()), table.num_rows))
        self._waiting.append(table)
        self._rows += table.num_rows
        if self._rows >= INSERT_ROWS:
            self.flush()

    def flush(self) -> None:
        """Land what waits."""
        if not self._waiting:
            return
        rows = pa.concat_tables(self._waiting)
        columns = "".join(f", {_cast(c)}" for c in self.contract.columns)
        texts = "".join(f", {ident(c.name)} as {_text(c)}" for c in self.contract.typed_columns)
        self.connection.register("waiting_rows", rows)
        self.connection.execute(
            f"insert into {ident(self.contract.collection)} select submission_id, row_number, slot_lea_id, slot_fiscal_year, "
            f"slot_reporting_period{columns}{texts} from waiting_rows"
        )
        self.connection.unregister("waiting_rows")
        self._waiting, self._rows = [], 0


def year_text(fiscal_year: int | None) -> str | None:
    """The slot's year as the batch holds it; null where a file is checked without its year."""
    return None if fiscal_year is None else str(fiscal_year)


def _text(column: Column) -> str:
    return ident(f"{column.name}_text")


def _cast(column: Column) -> str:
    name = ident(column.name)
    if column.is_text:
        return name
    if column.data_type == "boolean":
        return f"case upper({name}) when 'Y' then true when 'TRUE' then true when 'N' then false when 'FALSE' then false end"
    if column.data_type == "date":
        # The database also knows days of the year 299924, which nobody means and its own arithmetic does not hold.
        return f"case when regexp_full_match({name}, '{DATE_FORM}') then try_cast({name} as date) end"
    return f"try_cast({name} as {column.data_type})"


def type_rule(contract: Contract) -> Rule:
    """The edit that follows from the column types: no value may change by being typed."""
    return Rule(
        edit_id=f"{contract.collection}_type",
        kind="exactly_typed",
        column=None,
        description="Every value can be held exactly by the type of its column.",
        severity="fatal",
        stage="text",
        fix="Write the value as the record layout says.",
        why="A value that changes when it is stored is another value: cents are lost and totals no longer tie.",
        catalogue_id="SYN-money_precision",
        arguments={"columns": {c.name: c.data_type for c in contract.typed_columns}},
    )


def required_rule(contract: Contract) -> Rule | None:
    """The edit that follows from `is_required`: these cells are never empty."""
    columns = [column.name for column in contract.columns if column.is_required]
    if not columns:
        return None
    return Rule(
        edit_id=f"{contract.collection}_required",
        kind="required_columns",
        column=None,
        description="Every record fills the columns that say whose it is.",
        severity="fatal",
        stage="text",
        fix="Fill the empty cell.",
        why="A record that does not say whose it is can be counted for nobody.",
        catalogue_id="SYN-required_fields",
        arguments={"columns": columns},
    )


def pattern_rules(contract: Contract) -> list[Rule]:
    """The edits that follow from a column's own `pattern`."""
    return [
        Rule(
            edit_id=f"{contract.collection}_form_of_{column.name}",
            kind="matches_pattern",
            column=column.name,
            description=f"{column.header} has the form {column.pattern}.",
            severity="fatal",
            stage="text",
            fix="Write the value as the record layout says.",
            arguments={"pattern": column.pattern},
        )
        for column in contract.columns
        if column.pattern
    ]


def own_rules(contract: Contract) -> list[Rule]:
    """The edits that the columns themselves imply, beside those the contract lists."""
    required = required_rule(contract)
    typed = [type_rule(contract)] if contract.typed_columns else []
    return [*typed, *([required] if required else []), *pattern_rules(contract)]
