"""Whether a contract's rules can be judged at all: known kinds, the arguments they need, columns that exist.

Belongs here: what can be said of a rule before any row is read. Does not belong here: SQL.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence

from expectations.queries import KINDS
from expectations.rules import Rule, RuleError

_ANY_KIND = ("when", "column")
_COLUMN_LISTS = ("columns", "group", "counts", "values")
_NEED_COLUMN = ("not_null", "accepted_values", "matches_pattern", "value_between", "in_code_list", "date_in_fiscal_year",
                "file_has_row", "group_total_between", "group_has_one_value", "account_is_mapped", "account_combination",
                "f33_item_found", "amount_share_between", "exists_in_reference", "in_force")  # fmt: skip


def check_rules(rules: Sequence[Rule], columns: Collection[str]) -> None:
    """Refuse rules that no gate could evaluate.

    Args:
        rules: the rules of one contract.
        columns: its column names.

    Raises:
        RuleError: an id given twice, an unknown kind, a missing or unknown argument, a column the contract does not have.
    """
    seen: set[str] = set()
    for rule in rules:
        if rule.edit_id in seen:
            raise RuleError(f"Two rules are named {rule.edit_id}; give each an edit id of its own.")
        seen.add(rule.edit_id)
        _check_kind(rule)
        for name in _columns_named(rule):
            if name not in columns:
                raise RuleError(f"Edit {rule.edit_id}: there is no column {name}{_near(name, columns)}.")


def _check_kind(rule: Rule) -> None:
    kind = KINDS.get(rule.kind)
    if kind is None or rule.kind == "exactly_typed":
        raise RuleError(
            f"Edit {rule.edit_id}: there is no rule of kind {rule.kind}{_near(rule.kind, KINDS)}; "
            f"known are {', '.join(sorted(set(KINDS) - {'exactly_typed'}))}."
        )
    if missing := [name for name in kind.required if rule.arguments.get(name) is None]:
        raise RuleError(f"Edit {rule.edit_id}: rule {rule.kind} needs arguments: {', '.join(missing)}.")
    known = (*kind.required, *kind.optional, *_ANY_KIND)
    if unknown := [name for name in rule.arguments if name not in known]:
        raise RuleError(
            f"Edit {rule.edit_id}: rule {rule.kind} has no argument {unknown[0]}{_near(unknown[0], known)}."
        )
    for name in _COLUMN_LISTS:
        if rule.kind != "zeros_kept" and not isinstance(rule.arguments.get(name, []), list):
            raise RuleError(f"Edit {rule.edit_id}: {name} must be a list, such as [A, B].")
    if rule.kind in _NEED_COLUMN and not rule.column:
        raise RuleError(
            f"Edit {rule.edit_id}: rule {rule.kind} needs a column; put it below one, or name it in arguments."
        )
    if rule.kind == "value_between" and not {"min_value", "max_value"} & rule.arguments.keys():
        raise RuleError(f"Edit {rule.edit_id}: rule value_between needs min_value, max_value or both.")


def _columns_named(rule: Rule) -> list[str]:
    a = rule.arguments
    listed = [name for key in ("columns", "group", "counts") for name in a.get(key, [])]
    listed += list(a["match"]) if isinstance(a.get("match"), dict) else []
    single = [a[key] for key in ("part", "count") if isinstance(a.get(key), str)]
    named = [rule.column, *listed, *single]
    derived = ("nces_fund", "nces_function", "nces_object", "nces_program", "nces_source") if a.get("is_mapped") else ()
    return [str(name) for name in named if name is not None and name not in derived]


def _near(name: str, known: Collection[str]) -> str:
    close = difflib.get_close_matches(name, list(known), 1)
    return f"; did you mean {close[0]}" if close else ""
