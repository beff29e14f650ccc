"""Rules that Great Expectations has an expectation of its own for.

Belongs here: the translation of a `Rule` into a GX expectation.
Does not belong here: the SQL of the other rules (`queries`), running them (`judge`).
"""

from __future__ import annotations

from expectations.queries import batch_column, failing_rows
from expectations.rules import Rule


def expectation(rule: Rule, text_columns: frozenset[str]):
    """Give the GX expectation that judges a rule on the gate's table.

    Args:
        rule: the edit.
        text_columns: typed columns that also stand as text, under `<column>_text`.
    """
    import great_expectations.expectations as gxe

    meta = {"edit_id": rule.edit_id}
    column = batch_column(rule, text_columns)
    if not rule.has_condition:
        arguments = rule.arguments
        if rule.kind == "not_null":
            return gxe.ExpectColumnValuesToNotBeNull(column=column, meta=meta)
        if rule.kind == "accepted_values":
            return gxe.ExpectColumnValuesToBeInSet(column=column, value_set=arguments["values"], meta=meta)
        if rule.kind == "matches_pattern":
            # GX's match is DuckDB's `~`: the whole value.
            return gxe.ExpectColumnValuesToMatchRegex(column=column, regex=arguments["pattern"], meta=meta)
        if rule.kind == "value_between":
            return gxe.ExpectColumnValuesToBeBetween(
                column=column, min_value=arguments["min_value"], max_value=arguments["max_value"], meta=meta
            )
    return gxe.UnexpectedRowsExpectation(
        unexpected_rows_query=failing_rows(rule, text_columns)
        .replace("{", "{{")
        .replace("}", "}}")
        .replace("{{batch}}", "{batch}"),
        meta=meta,
    )
