"""One number followed back: what it adds, what stays out, by which rows of the crosswalk, from which submissions and lines.

Everything is read from one published generation and the reference version it stands on, so that an old number is explained as it was.

Belongs here: computing an explanation. Does not belong here: words on a screen and the raw files (`dagster_project.cli_explain`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import duckdb

from ingest.refusals import Refusal
from publish.ledger_lines import LINES, crosswalk_of
from publish.people_rows import ROWS
from publish.recipes import Mart, Recipe, recipe_of
from publish.survey_items import condition_of

Rows = list[dict[str, Any]]
Formula = Callable[[duckdb.DuckDBPyConnection, Mapping[str, Any]], Mapping[str, Any]]
DEFINITIONS = {"fall_membership": "fall_membership_count"}
PUPILS = {"fall_membership_count": "fall", "adm": "year_end", "ada": "year_end"}


@dataclass
class Explanation:
    """A number, and where it comes from. `recomputed`: worked out anew from lines and rows; None where that is not asked.

    `accounts`: the state's and the national account with what it adds; `left_out`: money of the same kind that is not in it, by why;
    `parts`: explanations of what the number is made of.
    """

    table: str
    column: str
    key: dict[str, Any]
    value: Any
    words: str
    formula: str
    recomputed: Any = None
    accounts: Rows = field(default_factory=list)
    left_out: Rows = field(default_factory=list)
    crosswalk: Rows = field(default_factory=list)
    submissions: Rows = field(default_factory=list)
    lines: Rows = field(default_factory=list)
    parts: list[Explanation] = field(default_factory=list)

    @property
    def is_equal(self) -> bool | None:
        """Whether the lines give the number; None where that is not asked, as for a share of a pool."""
        if self.recomputed is None and self.value is not None:
            return None
        if isinstance(self.value, float) and self.recomputed is not None:
            return abs(float(self.recomputed) - self.value) <= 1e-9 * max(1.0, abs(self.value))
        return self.recomputed == self.value


class Explainer:
    """Follows numbers of one generation. `con`: opened on it, its reference tables in schema `memory.reference`."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        mart_of: Callable[[str], Mart],
        with_lines: bool = False,
        formulas: Mapping[str, Formula] | None = None,
    ):
        """`formulas`: what works a whole row out anew, by name: its columns with their values."""
        self.con, self.mart_of, self.with_lines, self.formulas = con, mart_of, with_lines, formulas or {}

    def explain(self, table: str, column: str, given: Mapping[str, str]) -> Explanation:
        """Explain one cell.

        Raises:
            Refusal: no such table, column or row; several rows; a cell that nobody wrote down how to explain.
        """
        mart = self.mart_of(table)
        return self._of(mart, recipe_of(mart, column), self._row(mart, column, given))

    def _row(self, mart: Mart, column: str, given: Mapping[str, str]) -> dict[str, Any]:
        if unknown := sorted(given.keys() - mart.words.keys()):
            raise Refusal(f"Table {mart.name} has no column {unknown[0]}; its key is {', '.join(mart.keys)}.")
        where = " and ".join(f"cast({name} as varchar) is not distinct from ?" for name in given) or "true"
        values = [value or None for value in given.values()]
        found = self._rows(f"select * from {mart.name} where {where} limit 2", values)
        if not found:
            raise Refusal(f"No row of {mart.name} has {', '.join(f'{k}={v}' for k, v in given.items()) or 'that key'}.")
        if len(found) > 1:
            missing = [name for name in mart.keys if name not in given]
            raise Refusal(
                f"Several rows of {mart.name} are meant: name {', '.join(f'{name}=…' for name in missing)} too."
            )
        return found[0]

    def _rows(self, sql: str, values: list | None = None) -> Rows:
        done = self.con.execute(sql, values or [])
        names = [one[0] for one in done.description]
        return [dict(zip(names, row, strict=True)) for row in done.fetchall()]

    def _of(self, mart: Mart, recipe: Recipe, row: dict[str, Any]) -> Explanation:
        key = {name: row[name] for name in mart.keys}
        said = Explanation(mart.name, recipe.column, key, row.get(recipe.column), recipe.words, "")
        if recipe.parts:
            said.formula = " + ".join(recipe.parts).replace("+ -", "- ")
            said.parts = [self._part(mart, part.removeprefix("-"), recipe, row) for part in recipe.parts]
            values = [part.recomputed for part in said.parts]
            signs = [-1 if part.startswith("-") else 1 for part in recipe.parts]
            has_all = None not in values
            said.recomputed = sum((s * v for s, v in zip(signs, values, strict=True)), 0) if has_all else None
        elif recipe.numerator:
            self._divided(said, mart, recipe, row)
        elif recipe.pupils:
            definition = re.sub(r"\{(\w+)\}", lambda found: str(row[found[1]]), recipe.pupils)
            self._counted(said, DEFINITIONS.get(definition, definition), row)
        elif recipe.survey_item:
            self._survey(said, recipe, row)
        elif recipe.facts:
            self._people(said, recipe, row)
        elif recipe.formula:
            said.formula = f"{recipe.formula}, worked out anew in fractions for all schools of the LEA"
            said.recomputed = self.formulas[recipe.formula](self.con, row).get(recipe.column)
        else:
            is_share = bool(recipe.pool) and (not recipe.pool_when or self._holds(recipe.pool_when, row))
            self._follow_lines(said, recipe, row, _filled(recipe.pool if is_share else recipe.lines, row), is_share)
        if recipe.column not in row:
            said.value = said.recomputed
        elif said.value is None:
            said.recomputed = None
        return said

    def _part(self, mart: Mart, part: str | Recipe, recipe: Recipe, row: dict[str, Any]) -> Explanation:
        """What a number is made of, wherever it stands; several rows of another table are added."""
        if isinstance(part, Recipe):
            return self._of(mart, part, row)
        if "." not in part:
            return self._of(mart, recipe_of(mart, part), row)
        found = self._elsewhere(part, recipe, row)
        if len(found) == 1 and not recipe.among:
            return found[0]
        values = [one.recomputed for one in found]
        whole = None if None in values or not values else sum(values, 0)
        words = "of these rows together" if found else "there is no such row"
        return Explanation(part.partition(".")[0], part.partition(".")[2], {}, whole, words, part, whole, parts=found)

    def _elsewhere(self, part: str, recipe: Recipe, row: dict[str, Any]) -> list[Explanation]:
        """The cell of another table in the row of the same key, or in the rows the recipe names."""
        name, _, column = part.removeprefix("before:").partition(".")
        other = self.mart_of(name)
        before = " - 1" if part.startswith("before:") else ""
        same = [
            f"{key} is not distinct from {_literal(row[key]) if row[key] is not None else 'null'}"
            + (before if key == "fiscal_year" else "")
            for key in other.keys
            if key in row
        ]
        where = _filled(recipe.among, row) if recipe.among else " and ".join(same)
        rows = self._rows(f"select * from {name} where {where} order by all")
        return [self._of(other, recipe_of(other, column), one) for one in rows]

    def _divided(self, said: Explanation, mart: Mart, recipe: Recipe, row: dict[str, Any]) -> None:
        names = [
            part if isinstance(part, str) else f"({part.words})" for part in (recipe.numerator, recipe.denominator)
        ]
        times = f"{recipe.times} × " if recipe.times != 1 else ""
        said.formula = f"{times}{names[0]} ÷ {names[1]}, unrounded"
        above, below = (self._part(mart, name, recipe, row) for name in (recipe.numerator, recipe.denominator))
        said.parts = [above, below]
        if above.recomputed is not None and below.recomputed:
            said.recomputed = recipe.times * float(above.recomputed) / float(below.recomputed)
        if recipe.logarithm:
            said.formula = f"natural logarithm of {said.formula}"
            said.recomputed = math.log(said.recomputed) if said.recomputed and said.recomputed > 0 else None

    def _people(self, said: Explanation, recipe: Recipe, row: dict[str, Any]) -> None:
        """An aggregate of staff or sections; where it needs pupils, those of the LEA."""
        values, submissions = dict(row), []
        if "{pupils}" in recipe.value:
            values["pupils"], submissions = self._pupils("fall_membership_count", {**row, "school_id": None})
        rows = _filled(ROWS[recipe.facts], row)
        said.formula = f"{_filled(recipe.value, values)} over the rows of {recipe.facts} of this LEA and year"
        said.recomputed = self._rows(f"select {_filled(recipe.value, values)} as found from ({rows})")[0]["found"]
        said.submissions = submissions + self._rows(
            f"select {_SUBMISSION} from dim_submission where submission_id in (select submission_id from ({rows})) order by submission_id"
        )

    def _holds(self, condition: str, row: dict[str, Any]) -> bool:
        return bool(self._rows(f"select {_filled(condition, row)} as holds")[0]["holds"])

    def _counted(self, said: Explanation, column: str, row: dict[str, Any]) -> None:
        if column in PUPILS:
            said.formula = f"pupils of grades PK to 12, group all, {PUPILS[column]} slot: the LEA's own total, else its schools together"
            said.recomputed, said.submissions = self._pupils(column, row)
        elif column == "served_membership":
            said.formula = "pupils of grades PK to 12, group all, fall slot: the LEA's schools together"
            said.recomputed, said.submissions = self._pupils("fall_membership_count", row, by_school=True)
        elif column == "resident":
            said.formula = "pupils the LEA is responsible for: group resident of its own row, fall slot"
            said.recomputed, said.submissions = self._pupils("fall_membership_count", row, group="resident")
        else:
            said.formula = "weighted pupils of the LEA's schools together: school_allocation, weighted_pupil_count"

    def _survey(self, said: Explanation, recipe: Recipe, row: dict[str, Any]) -> None:
        item = re.sub(r"\{(\w+)\}", lambda found: str(row[found[1]]), recipe.survey_item)
        if item in ("V33", "MEMBERSCH"):
            self._counted(said, "fall_membership_count" if item == "V33" else "served_membership", row)
        elif condition := condition_of(self.con, item):
            self._follow_lines(said, recipe, row, condition)
        else:
            said.formula = "stands in no ledger"

    def _follow_lines(
        self, said: Explanation, recipe: Recipe, row: dict[str, Any], condition: str, is_share: bool = False
    ) -> None:
        scope = [
            f"{name} is not distinct from {_literal(row[name])}"
            for name in _SCOPE
            # Without a school the row is the whole LEA; any other part of the key that is empty is empty in the lines too.
            if name in said.key and (row.get(name) is not None or name != "school_id")
        ]
        here = " and ".join(scope)
        said.formula = (
            f"sum of the ledger lines of this {', '.join(n for n in _SCOPE if n in said.key)} where {condition}"
        )
        if is_share:
            said.formula = f"a share, by the driver of allocation_rules, of the {said.formula}"
        self.con.execute(f"create or replace table memory.main.own as {LINES} where {here} and ({condition})")
        total = self.con.execute("select cast(sum(amount) as decimal(18,2)) from memory.main.own").fetchall()[0][0]
        sign = self.con.execute(f"select {_filled(recipe.sign, row)}").fetchall()[0][0]
        if not is_share:
            said.recomputed = sign * (total or Decimal("0.00"))
        said.accounts = self._rows(
            "select account_class, own_fund_code, own_function_code, own_object_code, own_source_code, fund_code, function_code, object_code, "
            "source_code, f33_item, funding_stream, count(*) as line_count, cast(sum(amount) as decimal(18,2)) as amount "
            "from memory.main.own group by all order by abs(sum(amount)) desc, 1, 2, 3, 4, 5, 11"
        )
        classes = "select distinct account_class from memory.main.own"
        said.left_out = self._rows(
            f"select coalesce(spending_group, f33_total_item, 'none') as kind, operating_step, is_private, location_type, count(*) as line_count, "
            f"cast(sum(amount) as decimal(18,2)) as amount from ({LINES} where {here} and not coalesce({condition}, false)) "
            f"where account_class in ({classes}) and amount_type in (select distinct amount_type from memory.main.own) "
            f"group by all order by abs(sum(amount)) desc, 1, 2, 3, 4"
        )
        said.crosswalk = self._rows(crosswalk_of(row["fiscal_year"]))
        said.submissions = self._rows(
            f"select {_SUBMISSION} from dim_submission where submission_id in (select submission_id from memory.main.own) order by submission_id"
        )
        if self.with_lines:
            said.lines = self._rows(
                "select submission_id, row_number, split_number, weight, amount from memory.main.own order by all"
            )

    def _pupils(
        self, column: str, row: dict[str, Any], by_school: bool = False, group: str = "all"
    ) -> tuple[Any, Rows]:
        school = row.get("school_id")
        at = f"school_id = {_literal(school)}" if school else "true"
        counted = self._rows(
            f"select sum({column}) filter (where school_id is null) as own, sum({column}) filter (where school_id is not null) as schools, "
            f"count(*) filter (where school_id is null) as own_rows, list(distinct submission_id) as ids from fct_membership "
            f"where lea_id = ? and fiscal_year = ? and reporting_period = ? and student_group = ? and {at} "
            "and grade_code in (select code from memory.reference.grade where is_pk12 = 'Y')",
            [row["lea_id"], row["fiscal_year"], PUPILS[column], group],
        )[0]
        found = counted["schools"] if school or by_school or not counted["own_rows"] else counted["own"]
        submissions = self._rows(
            f"select {_SUBMISSION} from dim_submission where list_contains(?::varchar[], submission_id)",
            [counted["ids"] or []],
        )
        return found, submissions


_SUBMISSION = "submission_id, file_name, version, reporting_period, layout, sha256, accepted_at"
_SCOPE = (
    "lea_id",
    "fiscal_year",
    "amount_type",
    "school_id",
    "function_code",
    "object_code",
    "source_level",
    "fund_code",
)


def _literal(value: Any) -> str:
    return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"


def _filled(text: str, row: Mapping[str, Any]) -> str:
    """Put the row's own values in, as literals: `{step}`."""
    return re.sub(r"\{(\w+)\}", lambda found: "null" if row[found[1]] is None else _literal(row[found[1]]), text)
