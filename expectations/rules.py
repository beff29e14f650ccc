"""One edit of a collection contract, as data.

Belongs here: the shape of a rule and how it is read from a dbt `data_tests` entry.
Does not belong here: how a rule is judged (`native`, `queries`), or what becomes of a failing row.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

SEVERITIES = ("fatal", "warning", "info")
STAGES = ("text", "typed")
_SEVERITY_OF_DBT = {"error": "fatal", "warn": "warning"}
_BODY = ("name", "description", "arguments", "config", "meta", "tags", "severity", "where")
_SENTENCE = {
    "not_null": "{name} is filled in.",
    "unique_key": "No two rows have the same {name}.",
    "in_code_list": "{name} is one of the list.",
    "accepted_values": "{name} is one of the list.",
    "matches_pattern": "{name} has the form it must have.",
    "value_between": "{name} lies between its limits.",
}


class RuleError(ValueError):
    """A contract's rule cannot be understood; the message names the edit and the remedy."""


@dataclass(frozen=True)
class Rule:
    """An edit: its id, its sentence, and what decides it.

    `arguments` are those of the dbt generic test `kind`; `column` is the column that findings point to; `why` says what goes
    wrong where the edit is overlooked.
    """

    edit_id: str
    kind: str
    column: str | None
    description: str
    severity: str
    stage: str
    fix: str = ""
    example: str = ""
    why: str = ""
    catalogue_id: str | None = None
    first_fiscal_year: int | None = None
    last_fiscal_year: int | None = None
    arguments: dict[str, Any] = field(default_factory=dict, hash=False)

    @property
    def has_condition(self) -> bool:
        """Whether the rule looks at some rows only."""
        return bool(self.arguments.get("when") or self.first_fiscal_year or self.last_fiscal_year)


def read_rule(
    test: dict[str, Any] | str, column: str | None, years: tuple[int | None, int | None], header: str | None = None
) -> Rule:
    """Read one dbt data test.

    Args:
        test: `{kind: {name, description, arguments, config: {meta}}}`, or a bare kind.
        column: the column it stands under, None for the table's own tests.
        years: first and last fiscal year of that column; the rule's own years are narrower or absent.
        header: the column's name as districts know it, for a rule without a sentence of its own.

    Raises:
        RuleError: no name, an unknown severity or stage, a year that is none, or no sentence a district could read.
    """
    kind, body = _parts(test)
    edit_id = body.get("name")
    if not isinstance(edit_id, str) or not edit_id:
        where = f"column {column}" if column else "the table"
        raise RuleError(f"A rule of kind {kind} of {where} has no name; give it an edit id such as ledger_017.")
    config, meta = _settings(edit_id, body)
    kind, arguments = _without_alias(edit_id, kind, _arguments(edit_id, kind, body), column)
    description = body.get("description") or _SENTENCE.get(kind if column else "", "").format(name=header or column)
    if not isinstance(description, str) or not description.strip():
        raise RuleError(f"Edit {edit_id} has no description; write the sentence a district reads.")
    severity = meta.get("severity") or _SEVERITY_OF_DBT.get(str(config.get("severity", "error")).lower(), "fatal")
    stage = meta.get("stage", "typed")
    if severity not in SEVERITIES or stage not in STAGES:
        raise RuleError(
            f"Edit {edit_id}: meta.severity must be one of {', '.join(SEVERITIES)}, meta.stage one of {', '.join(STAGES)}."
        )
    return Rule(
        edit_id=edit_id,
        kind=kind,
        column=arguments.get("column", column),
        description=description.strip(),
        severity=severity,
        stage=stage,
        fix=meta.get("fix", ""),
        example=meta.get("example", ""),
        why=meta.get("why", ""),
        catalogue_id=meta.get("catalogue_id"),
        first_fiscal_year=_narrower(max, _year(edit_id, meta, "first_fiscal_year"), years[0]),
        last_fiscal_year=_narrower(min, _year(edit_id, meta, "last_fiscal_year"), years[1]),
        arguments=arguments,
    )


def _parts(test: Any) -> tuple[str, dict]:
    if isinstance(test, str):
        return test, {}
    if not isinstance(test, dict) or not test:
        raise RuleError(f"data_tests: {test!r} is no rule; write kind: {{name, description, arguments, config}}.")
    # dbt also takes {name, test_name: kind, …}.
    if "test_name" in test:
        return str(test["test_name"]), {k: v for k, v in test.items() if k != "test_name"}
    kind, body = next(iter(test.items()))
    if len(test) > 1 or not isinstance(body, dict | None):
        raise RuleError(f"data_tests: rule {kind} must hold its name, description and arguments, indented below it.")
    return str(kind), body or {}


def _settings(edit_id: str, body: dict) -> tuple[dict, dict]:
    config = body.get("config") or {}
    if not isinstance(config, dict):
        raise RuleError(f"Edit {edit_id}: config must be a mapping, with severity and meta.")
    meta = config.get("meta") or body.get("meta") or {}
    if not isinstance(meta, dict):
        raise RuleError(f"Edit {edit_id}: meta must be a mapping, with severity, stage, fix and example.")
    return {"severity": body.get("severity", "error"), **config}, meta


def _arguments(edit_id: str, kind: str, body: dict) -> dict[str, Any]:
    given = body.get("arguments")
    if given is not None and not isinstance(given, dict):
        raise RuleError(f"Edit {edit_id}: arguments must be a mapping, such as {{values: [A, B]}}.")
    # dbt before 1.10 wrote arguments beside the name.
    arguments = {**{key: value for key, value in body.items() if key not in _BODY}, **(given or {})}
    where = (body.get("config") or {}).get("where") or body.get("where")
    if where and kind != "in_code_list":
        arguments.setdefault("when", where)
    return arguments


def _without_alias(edit_id: str, kind: str, arguments: dict, column: str | None) -> tuple[str, dict]:
    """dbt's own `unique` and `relationships`, as the kinds that judge them."""
    if kind == "unique" and column:
        return "unique_key", {**arguments, "columns": [column], "column": column}
    if kind == "relationships":
        target = re.search(r"(?:ref\(\s*['\"])?(\w+)['\"]?\s*\)?\s*$", str(arguments.get("to", "")))
        if not target or not arguments.get("field"):
            raise RuleError(
                f"Edit {edit_id}: relationships needs to: ref('<table>') and field: <column of that table>."
            )
        rest = {key: value for key, value in arguments.items() if key not in ("to", "field")}
        return "in_code_list", {**rest, "table": target[1], "code_column": arguments["field"]}
    return kind, arguments


def _year(edit_id: str, meta: dict, key: str) -> int | None:
    value = meta.get(key)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
        raise RuleError(f"Edit {edit_id}: {key} must be a year such as 2024, not {value!r}.")
    return value


def _narrower(choose, own: int | None, column: int | None) -> int | None:
    known = [year for year in (own, column) if year is not None]
    return choose(known) if known else None
