"""Rules that Great Expectations has an expectation of its own for.

Belongs here: the translation of a `Rule` into a GX expectation.
Does not belong here: the SQL of the other rules (`queries`), running them (`judge`).
"""

from __future__ import annotations

import re

from expectations.queries import batch_column, failing_rows
from expectations.rules import Rule

# What SQLAlchemy would take for a parameter of ours: a colon in a pattern is a colon.
_PARAMETER = re.compile(r"(?<![:\w\x5c]):([\w$]+)(?![:\w$])")


def expectation(rule: Rule, text_columns: frozenset[str]):
    """Give the GX expectation that judges a rule on the gate's table.

    Args:
        rule: the edit.
        text_columns: typed columns that also stand as text, under `<column>_text`.
    """
    return _native(rule, text_columns) or _as_query(rule, text_columns)


def _native(rule: Rule, text_columns: frozenset[str]):
    import great_expectations.expectations as gxe

    if rule.has_condition:
        return None
    meta = {"edit_id": rule.edit_id}
    column = batch_column(rule, text_columns)
    arguments = rule.arguments
    if rule.kind == "not_null":
        return gxe.ExpectColumnValuesToNotBeNull(column=column, meta=meta)
    # A typed column is compared with literals, which take its type; parameters would not.
    if rule.kind == "accepted_values" and column not in text_columns:
        values = [str(value) for value in arguments["values"]]
        return gxe.ExpectColumnValuesToBeInSet(column=column, value_set=values, meta=meta)
    if rule.kind == "matches_pattern":
        # GX's match is DuckDB's `~`: the whole value.
        return gxe.ExpectColumnValuesToMatchRegex(column=column, regex=arguments["pattern"], meta=meta)
    bounds = {name: arguments.get(name) for name in ("min_value", "max_value")}
    if rule.kind == "value_between" and all(type(b) in (int, float) for b in bounds.values() if b is not None):
        return gxe.ExpectColumnValuesToBeBetween(column=column, **bounds, meta=meta)
    return None


def _as_query(rule: Rule, text_columns: frozenset[str]):
    from expectations.counted import ExpectNoRowsOfQuery

    query = _PARAMETER.sub(r"\\:\1", failing_rows(rule, text_columns))
    return ExpectNoRowsOfQuery(
        unexpected_rows_query=query.replace("{", "{{").replace("}", "}}").replace("{{batch}}", "{batch}"),
        meta={"edit_id": rule.edit_id},
    )
