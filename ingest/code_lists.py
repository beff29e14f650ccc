"""The code lists of a reference version, as a district needs them: codes with names, of one year.

Belongs here: looking up the list an edit checks against. Does not belong here: judging by it (`expectations.queries`).
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from expectations.reports.report import Code
from expectations.rules import Rule
from expectations.sql_parts import quoted
from ingest.gate_table import load_reference

YEAR = "(? is null or ? between coalesce(first_fiscal_year, 0) and coalesce(last_fiscal_year, 9999))"


class CodeLists:
    """The lists below a `seeds` folder. Opens nothing until it is asked."""

    def __init__(self, seeds: Path | None):
        self._seeds = seeds
        self._connection: duckdb.DuckDBPyConnection | None = None

    def of(self, rule: Rule, fiscal_year: int | None, lea_id: str = "") -> list[Code]:
        """The codes that pass a rule in a year, in their order; none where the rule has no list, or the list is not here."""
        a = rule.arguments
        if rule.kind == "accepted_values":
            return [Code(str(value)) for value in a["values"]]
        if rule.kind == "in_code_list":
            return self._read(a["table"], a["code_column"], a.get("where", "true"), fiscal_year)
        if rule.kind == "exists_in_reference" and lea_id and rule.column in a["match"]:
            own = f"lea_id = {quoted(lea_id)}"
            return self._read(a["table"], a["match"][rule.column], own, fiscal_year)
        return []

    def _read(self, table: str, code_column: str, where: str, fiscal_year: int | None) -> list[Code]:
        connection = self._opened()
        try:
            names = [row[0] for row in connection.execute(f"describe reference.{table}").fetchall()]
            name = next((n for n in names if n == "name" or n.endswith("_name")), "''")
            # Only code lists have ranges; a directory's `code_to` is added empty.
            rows = connection.execute(
                f"select distinct {code_column}, {name}, coalesce(code_to, '') from reference.{table} "
                f"where ({where}) and {YEAR} order by all",
                [fiscal_year, fiscal_year],
            ).fetchall()
        except duckdb.Error:  # a contract of one's own may name a list that this state has not
            return []
        return [Code(*(cell or "" for cell in row)) for row in rows]

    def _opened(self) -> duckdb.DuckDBPyConnection:
        if self._connection is None:
            self._connection = duckdb.connect(":memory:")
            self._connection.execute("create schema reference")
            if self._seeds:
                load_reference(self._connection, self._seeds)
        return self._connection
