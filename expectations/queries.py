"""Rules as SQL: for each kind, the rows that fail.

Belongs here: one function a kind for rules on single rows, the list of all kinds with their arguments, and choosing among them.
Each gives a query over `{batch}` with the columns `submission_id, row_number, column_name, value, detail`.
Does not belong here: codes (`code_queries`), accounts (`account_queries`), groups of rows (`group_queries`), or anything of GX.

The gate's connection holds the reference tables in schema `reference`; code ranges compare text of
equal length, and an empty year means without limit.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from expectations.account_queries import account_combination, account_is_mapped, amount_share_between, f33_item_found
from expectations.code_queries import exists_in_reference, in_code_list, in_force, reference_is_covered, zeros_kept
from expectations.group_queries import (
    file_has_row,
    group_has_one_value,
    group_part_within_total,
    group_parts_sum_to_total,
    group_satisfies,
    group_total_between,
    rows_failing,
    total_stands_alone,
    unique_key,
)
from expectations.rules import Rule, RuleError
from expectations.sql_parts import BATCH, DATE_FORM, NO_TEXT, ident, literal, quoted, scope


class Kind(NamedTuple):
    """A kind of rule: its query, the arguments it must have, those it may have, and whether it reads reference tables."""

    query: Callable[[Rule, str | None], str]
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    needs_reference: bool = False


def batch_column(rule: Rule, text_columns: frozenset[str]) -> str | None:
    """Name the rule's column as the batch has it: as text where the text decides, or where only presence does."""
    is_about_text = rule.stage == "text" or rule.kind in ("not_null", "matches_pattern")
    return f"{rule.column}_text" if is_about_text and rule.column in text_columns else rule.column


def failing_rows(rule: Rule, text_columns: frozenset[str]) -> str:
    """Give the query for the rows that fail a rule.

    Args:
        rule: the edit.
        text_columns: typed columns that also stand in the batch as `<column>_text`.
    """
    if rule.kind == "required_columns":
        return _required_columns(rule, text_columns)
    if rule.kind not in KINDS:
        raise RuleError(f"Edit {rule.edit_id}: no rule of kind {rule.kind}; known are {', '.join(sorted(KINDS))}.")
    return KINDS[rule.kind].query(rule, batch_column(rule, text_columns))


def _not_null(rule: Rule, column: str) -> str:
    return rows_failing(rule, column, BATCH, f"b.{ident(column)} is null")


def _accepted_values(rule: Rule, column: str) -> str:
    values = ", ".join(quoted(v) for v in rule.arguments["values"])
    return rows_failing(rule, column, BATCH, f"b.{ident(column)} is not null and b.{ident(column)} not in ({values})")


def _matches_pattern(rule: Rule, column: str) -> str:
    pattern = quoted(rule.arguments["pattern"])
    return rows_failing(rule, column, BATCH, f"not regexp_full_match(b.{ident(column)}, {pattern})")


def _value_between(rule: Rule, column: str) -> str:
    a, value = rule.arguments, f"b.{ident(column)}"
    bounds = [f"{value} < {literal(a['min_value'])}"] if a.get("min_value") is not None else []
    bounds += [f"{value} > {literal(a['max_value'])}"] if a.get("max_value") is not None else []
    return rows_failing(rule, column, BATCH, " or ".join(bounds) or "false")


def _row_satisfies(rule: Rule, column: str | None) -> str:
    """Rows that do not satisfy an expression; `points` says which column is meant where: the first whose condition holds."""
    failing = rows_failing(rule, column, BATCH, f"not ({rule.arguments['expression']})")
    points = rule.arguments.get("points") or {}
    if not points:
        return failing
    names = " ".join(f"when {condition} then {quoted(name)}" for name, condition in points.items())
    values = " ".join(f"when {condition} then cast({ident(name)} as varchar)" for name, condition in points.items())
    return (
        f"select f.submission_id, f.row_number, case {names} else f.column_name end as column_name, "
        f"case {values} else f.value end as value, f.detail "
        f"from ({failing}) as f join {BATCH} as b using (submission_id, row_number)"
    )


def _required_columns(rule: Rule, text_columns: frozenset[str]) -> str:
    return " union all ".join(
        f"select submission_id, row_number, {quoted(name)} as column_name, {NO_TEXT} as value, {NO_TEXT} as detail "
        f"from {BATCH} where {ident(f'{name}_text' if name in text_columns else name)} is null and {scope(rule)}"
        for name in rule.arguments["columns"]
    )


def _date_in_fiscal_year(rule: Rule, column: str) -> str:
    month = "(select coalesce(max(cast(value as integer)), 7) from reference.policy where policy_key = 'fiscal_year_start_month')"
    starts = f"make_date(cast(slot_fiscal_year as integer) - case when {month} = 1 then 0 else 1 end, {month}, 1)"
    ends = f"{starts} + to_months({12 + rule.arguments.get('months_after', 0)})"
    told = f"'from ' || strftime({starts}, '%Y-%m-%d') || ' to ' || strftime({ends} - interval 1 day, '%Y-%m-%d')"
    return rows_failing(rule, column, BATCH, f"b.{ident(column)} < {starts} or b.{ident(column)} >= {ends}", told)


def _exactly_typed(rule: Rule, column: str) -> str:
    return " union all ".join(
        f"select submission_id, row_number, {quoted(name)} as column_name, {ident(f'{name}_text')} as value, "
        f"{quoted(f'must be {data_type}')} as detail from {BATCH} where {ident(f'{name}_text')} is not null and "
        f"({ident(name)} is null{_inexact(name, data_type)})"
        for name, data_type in rule.arguments["columns"].items()
    )


def _inexact(name: str, data_type: str) -> str:
    """A text that typing would change, or that the database would read and a district did not mean: 1e5, 1_000, +5, .5."""
    form = re.fullmatch(r"decimal\(([0-9]+), ?([0-9]+)\)", data_type)
    if data_type == "date":
        plain = DATE_FORM  # The database knows more: epoch, infinity, years before Christ.
    elif form:
        whole, places = int(form[1]) - int(form[2]), int(form[2])
        plain = f"-?0*[0-9]{{1,{whole}}}([.][0-9]{{1,{places}}}0*)?" if places else f"-?0*[0-9]{{1,{whole}}}([.]0+)?"
    elif data_type in ("tinyint", "smallint", "integer", "bigint", "hugeint"):
        plain = "-?[0-9]+([.]0+)?"
    else:
        return ""
    return f" or not regexp_full_match({ident(f'{name}_text')}, '{plain}')"


_GROUP = ("group", "part", "total_value")
KINDS: dict[str, Kind] = {
    "not_null": Kind(_not_null),
    "accepted_values": Kind(_accepted_values, ("values",), ("quote",)),
    "matches_pattern": Kind(_matches_pattern, ("pattern",)),
    "value_between": Kind(_value_between, (), ("min_value", "max_value")),
    "row_satisfies": Kind(_row_satisfies, ("expression",), ("points",)),
    "required_columns": Kind(lambda rule, _: _required_columns(rule, frozenset()), ("columns",)),
    "file_has_row": Kind(file_has_row, ("expression",)),
    "unique_key": Kind(unique_key, ("columns",)),
    "group_total_between": Kind(group_total_between, ("group", "total", "max_value"), ("min_value",)),
    "group_has_one_value": Kind(group_has_one_value, ("group", "value")),
    "group_part_within_total": Kind(group_part_within_total, (*_GROUP, "count"), ("whole",)),
    "group_parts_sum_to_total": Kind(group_parts_sum_to_total, (*_GROUP, "parts_like", "count")),
    "total_stands_alone": Kind(total_stands_alone, (*_GROUP, "counts")),
    "group_satisfies": Kind(
        group_satisfies, ("expression",), ("group", "present", "value", "detail", "limits", "is_mapped")
    ),
    "date_in_fiscal_year": Kind(_date_in_fiscal_year, (), ("months_after",), True),
    "in_code_list": Kind(in_code_list, ("table", "code_column"), ("where", "any_year", "amount_column"), True),
    "exists_in_reference": Kind(exists_in_reference, ("table", "match"), ("where", "any_year"), True),
    "in_force": Kind(in_force, ("table", "match"), ("where",), True),
    "reference_is_covered": Kind(reference_is_covered, ("table", "code_column", "name_column"), ("where",), True),
    "zeros_kept": Kind(zeros_kept, ("columns",), (), True),
    "account_is_mapped": Kind(account_is_mapped, (), (), True),
    "account_combination": Kind(account_combination, (), (), True),
    "f33_item_found": Kind(f33_item_found, (), (), True),
    "amount_share_between": Kind(amount_share_between, ("part", "whole", "min_value", "max_value"), (), True),
    "exactly_typed": Kind(_exactly_typed, ("columns",)),
}
"""Every kind of rule a contract may name. `when` and `column` every kind may have."""
