"""Judging one collection's batch of the night.

Belongs here: running all rules of a contract over one table in one Great Expectations validation, and
collecting every failing row. Great Expectations decides whether a rule fails; its own index query (or the
rule's, where GX ran ours) then names all rows, because GX itself truncates them.
Does not belong here: what a rule means (`queries`, `native`), verdicts, waivers, storage.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import duckdb

from expectations.accounts import prepare_accounts
from expectations.findings import shape
from expectations.rules import Rule, RuleError
from expectations.sql_parts import ident, quoted
from expectations.thresholds import with_thresholds

FINDING_COLUMNS = "submission_id, edit_id, severity, row_number, column_name, value, message, fix, item_key"

_JUDGED = "judged_rows"
# Kinds whose detail names a row or a type, and no value.
_DETAIL_WITHOUT_VALUES = ("unique_key", "exactly_typed")
# Kinds that may point to any of several columns: their findings begin the detail with the header of the one meant.
_SEVERAL_COLUMNS = ("required_columns", "exactly_typed", "zeros_kept", "account_is_mapped")


class GateError(RuntimeError):
    """The gate itself could not judge. Never a verdict on data: the night must stop."""


def judge(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    rules: Sequence[Rule],
    text_columns: Iterable[str],
    masked_columns: Iterable[str] = (),
    headers: Mapping[str, str] | None = None,
) -> dict[str, int]:
    """Judge `table` and leave every failing row in table `findings` of the same connection.

    Args:
        connection: holds `table` (`submission_id, row_number, slot_*`, the contract's columns, and
            `<column>_text` for typed ones) and schema `reference`.
        rules: the contract's edits.
        text_columns: typed columns that also stand as `<column>_text`.
        masked_columns: columns of which findings show only the shape of a value.
        headers: what districts call the columns.

    Returns:
        Failing rows by edit id, 0 where an edit passed.

    Raises:
        GateError: an expectation could not be evaluated, or GX lost one.
    """
    from expectations.duckdb_engine import validate
    from expectations.native import expectation

    known_text = frozenset(text_columns)
    connection.execute(
        "create or replace table findings (submission_id varchar, edit_id varchar, severity varchar, "
        "row_number bigint, column_name varchar, value varchar, message varchar, fix varchar, item_key varchar)"
    )
    rules = _ready(connection, table, rules)
    by_id = {rule.edit_id: rule for rule in rules}
    # GX writes a table's name as it is: a collection named like a word of SQL goes by another.
    connection.execute(f"create or replace view {_JUDGED} as select * from {ident(table)}")
    results = validate(connection, _JUDGED, [expectation(rule, known_text) for rule in rules])
    seen = {result.expectation_config.meta["edit_id"]: result for result in results}
    if missing := by_id.keys() - seen.keys():
        raise GateError(f"Great Expectations returned no result for {', '.join(sorted(missing))}.")
    connection.create_function("shape_of", shape, ["VARCHAR"], "VARCHAR", null_handling="special")
    try:
        masked = frozenset(masked_columns)
        told = headers or {}
        return {
            edit_id: _collect(connection, table, by_id[edit_id], seen[edit_id], known_text, masked, told)
            for edit_id in by_id
        }
    finally:
        connection.remove_function("shape_of")


def _ready(connection, table: str, rules: Sequence[Rule]) -> list[Rule]:
    """The rules with the state's limits, and what they look up worked out."""
    if len({rule.edit_id for rule in rules}) != len(rules):
        raise GateError(f"Collection {table}: two edits share an id.")
    try:
        prepare_accounts(connection, table, rules)
        return with_thresholds(connection, rules)
    except (duckdb.Error, RuleError) as problem:
        raise GateError(f"Collection {table}: the edits could not be prepared: {problem}") from problem


def _collect(connection, table: str, rule: Rule, result, text_columns, masked, headers) -> int:
    raised = [e for e in _exceptions(result.exception_info) if e]
    if raised:
        raise GateError(f"Edit {rule.edit_id} could not be evaluated: {raised[0].strip().splitlines()[0]}")
    if result.success:
        return 0
    query = _index_query(rule, result, table, text_columns)
    hidden = ", ".join(quoted(name) for name in sorted(masked)) or "''"
    value = f"case when column_name in ({hidden}) then shape_of(value) else value end"
    group = rule.arguments.get("group") if rule.kind == "group_satisfies" else None
    item = f"{quoted('/'.join(group) + '=')} || coalesce(value, '')" if group else "cast(null as varchar)"
    beside = _beside(rule, masked, headers)
    written = _columns_told(rule) & text_columns
    if beside or written:
        detail = f"coalesce(found.detail, {_told(beside, text_columns)})" if beside else "found.detail"
        query = (
            f"select found.submission_id, found.row_number, found.column_name, {_as_written(written)} as value, {detail} as detail "
            f"from ({query}) as found left join {ident(table)} as b using (submission_id, row_number)"
        )
    connection.execute(
        f"insert into findings select submission_id, ?, ?, row_number, column_name, {value}, {_message(rule, masked, headers)}, ?, "
        f"{item} from ({query})",
        [rule.edit_id, rule.severity, rule.description, rule.fix],
    )
    count = connection.execute("select count(*) from findings where edit_id = ?", [rule.edit_id]).fetchall()[0][0]
    if count == 0:
        raise GateError(f"Edit {rule.edit_id} failed, but no row of it could be found.")
    return count


def _beside(rule: Rule, masked, headers: Mapping[str, str]) -> dict[str, str]:
    """The other columns of the row that a rule on one row compares, with their headers: the mistake may stand in any of them."""
    if rule.kind != "row_satisfies":
        return {}
    words = set(re.findall(r"\w+", f"{rule.arguments['expression']} {rule.arguments.get('when')}"))
    named = {name: header for name, header in headers.items() if words & {name, f"{name}_text"}}
    return {} if masked & named.keys() else named


def _columns_told(rule: Rule) -> frozenset[str]:
    """The columns whose own value a finding of the rule may tell."""
    if rule.kind == "group_satisfies":
        return frozenset()  # it tells what the group is
    return frozenset({rule.column, *(rule.arguments.get("points") or ())} - {None})


def _as_written(columns: frozenset[str]) -> str:
    """The text of a typed cell, as the district wrote it: 5 is not 5.00 to who looks for it."""
    texts = " ".join(f"when {quoted(name)} then b.{ident(f'{name}_text')}" for name in sorted(columns))
    return f"coalesce(case found.column_name {texts} end, found.value)" if columns else "found.value"


def _told(columns: Mapping[str, str], text_columns: frozenset[str]) -> str:
    values = ", ".join(
        f"case when found.column_name is distinct from {quoted(name)} then "
        f"{quoted(f'{header} = ')} || coalesce(b.{ident(f'{name}_text' if name in text_columns else name)}, '(empty)') end"
        for name, header in columns.items()
    )
    return f"nullif(concat_ws(', ', {values}), '')"


def _message(rule: Rule, masked, headers: Mapping[str, str]) -> str:
    """The sentence, then what is particular of the row: which column, which other row, which sum."""
    is_open = not masked if rule.column is None else rule.column not in masked
    is_told = is_open or rule.kind in _DETAIL_WITHOUT_VALUES
    detail = "detail" if is_told else "cast(null as varchar)"
    if rule.kind in _SEVERAL_COLUMNS and headers:
        named = " ".join(f"when {quoted(name)} then {quoted(header)}" for name, header in headers.items())
        detail = f"nullif(concat_ws(': ', case column_name {named} end, {detail}), '')"
    return f"? || coalesce(' (' || {detail} || ')', '')"


def _index_query(rule: Rule, result, table: str, text_columns: frozenset[str]) -> str:
    native = result.result.get("unexpected_index_query")
    if native is None:
        from expectations.queries import failing_rows

        return failing_rows(rule, text_columns).replace("{batch}", ident(table))
    column = result.expectation_config.kwargs["column"]
    return (
        f"select submission_id, row_number, {quoted(rule.column)} as column_name, cast({ident(column)} as varchar) as value, "
        f"cast(null as varchar) as detail from ({native.strip().rstrip(';')})"
    )


def _exceptions(info: dict) -> list[str | None]:
    if "raised_exception" in info:
        info = {"": info}
    return [entry.get("exception_message") if entry.get("raised_exception") else None for entry in info.values()]
