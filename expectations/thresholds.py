"""A state's own limits in place of a contract's.

Belongs here: replacing numbers of a rule by rows of reference table `thresholds`. Does not belong here: any number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import duckdb

from expectations.rules import Rule, RuleError
from expectations.sql_parts import Expression, literal

PARAMETERS = ("min_value", "max_value")


def with_thresholds(connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule]) -> list[Rule]:
    """Give the rules with each number the state sets otherwise as an expression over the slot's fiscal year.

    Args:
        connection: holds `reference.thresholds` (edit_id, parameter, value, first_fiscal_year, last_fiscal_year).
        rules: edits; their `min_value`, `max_value` and entries of `limits` can be set.

    Raises:
        RuleError: a threshold that is no number, or that names a parameter its edit does not have.
    """
    rows = connection.execute(
        "select edit_id, parameter, value, try_cast(value as double), first_fiscal_year, last_fiscal_year "
        "from reference.thresholds order by all"
    ).fetchall()
    by_edit: dict[str, dict[str, list[tuple]]] = {}
    for edit_id, parameter, *row in rows:
        by_edit.setdefault(edit_id, {}).setdefault(parameter, []).append(row)
    return [_set(rule, by_edit[rule.edit_id]) if rule.edit_id in by_edit else rule for rule in rules]


def _set(rule: Rule, own: dict[str, list[tuple]]) -> Rule:
    arguments = {**rule.arguments, "limits": dict(rule.arguments.get("limits", {}))}
    for parameter, rows in own.items():
        place = arguments if parameter in PARAMETERS and parameter in arguments else arguments["limits"]
        if parameter not in place:
            raise RuleError(f"thresholds.csv: edit {rule.edit_id} has no parameter {parameter}.")
        place[parameter] = _by_year(rule, parameter, rows, place[parameter])
    return replace(rule, arguments=arguments)


def _by_year(rule: Rule, parameter: str, rows: list[tuple], default: object) -> Expression:
    cases = ""
    for text, number, first, last in rows:
        if number is None:
            raise RuleError(f"thresholds.csv: {parameter} of {rule.edit_id} is {text}, not a number.")
        year = "coalesce(cast(slot_fiscal_year as integer), 9999)"
        cases += f" when {year} between {first or 0} and {last or 9999} then {text}"
    return Expression(f"(case{cases} else {literal(default)} end)")
