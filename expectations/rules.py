"""One edit of a collection contract, as data.

Belongs here: the shape of a rule and how it is read from a dbt `data_tests` entry.
Does not belong here: how a rule is judged (`native`, `queries`), or what becomes of a failing row.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

SEVERITIES = ("fatal", "warning", "info")
STAGES = ("text", "typed")


class RuleError(ValueError):
    """A contract's rule cannot be understood; the message names the edit and the remedy."""


@dataclass(frozen=True)
class Rule:
    """An edit: its id, its sentence, and what decides it.

    `arguments` are those of the dbt generic test `kind`; `column` is the column that findings point to.
    """

    edit_id: str
    kind: str
    column: str | None
    description: str
    severity: str
    stage: str
    fix: str = ""
    example: str = ""
    catalogue_id: str | None = None
    first_fiscal_year: int | None = None
    last_fiscal_year: int | None = None
    arguments: dict[str, Any] = field(default_factory=dict, hash=False)

    @property
    def has_condition(self) -> bool:
        """Whether the rule looks at some rows only."""
        return bool(self.arguments.get("when") or self.first_fiscal_year or self.last_fiscal_year)


def read_rule(test: dict[str, Any] | str, column: str | None, years: tuple[int | None, int | None]) -> Rule:
    """Read one dbt data test.

    Args:
        test: `{kind: {name, description, arguments, config: {meta}}}`, or a bare kind.
        column: the column it stands under, None for the table's own tests.
        years: first and last fiscal year of that column; the rule's own years are narrower or absent.

    Raises:
        RuleError: no name, an unknown severity or stage, or no sentence a district could read.
    """
    kind, body = (test, {}) if isinstance(test, str) else next(iter(test.items()))
    body = body or {}
    config = body.get("config") or {}
    meta = config.get("meta") or {}
    arguments = dict(body.get("arguments") or {})
    edit_id = body.get("name")
    if not edit_id:
        raise RuleError(f"A rule of kind {kind} has no name; give it an edit id such as ledger_017.")
    if not body.get("description"):
        raise RuleError(f"Edit {edit_id} has no description; write the sentence a district reads.")
    severity, stage = meta.get("severity", "fatal"), meta.get("stage", "typed")
    if severity not in SEVERITIES or stage not in STAGES:
        raise RuleError(f"Edit {edit_id}: severity must be one of {SEVERITIES}, stage one of {STAGES}.")
    return Rule(
        edit_id=edit_id,
        kind=kind,
        column=arguments.get("column", column),
        description=body["description"].strip(),
        severity=severity,
        stage=stage,
        fix=meta.get("fix", ""),
        example=meta.get("example", ""),
        catalogue_id=meta.get("catalogue_id"),
        first_fiscal_year=_narrower(max, meta.get("first_fiscal_year"), years[0]),
        last_fiscal_year=_narrower(min, meta.get("last_fiscal_year"), years[1]),
        arguments=arguments,
    )


def _narrower(choose, own: int | None, column: int | None) -> int | None:
    known = [year for year in (own, column) if year is not None]
    return choose(known) if known else None
