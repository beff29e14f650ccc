"""Rules as SQL: for each kind, the rows that fail.

Belongs here: one function a kind, returning a query over `{batch}` with the columns
`submission_id, row_number, column_name, value, detail`.
Does not belong here: codes, thresholds or years (reference tables hold them), or anything of GX.

The gate's connection holds the reference tables in schema `reference`; code ranges compare text of
equal length, and an empty year means without limit.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from expectations.account_queries import account_is_mapped, amount_share_between
from expectations.rules import Rule, RuleError
from expectations.sql_parts import BATCH, listed, quoted, scope, valid_that_year


def batch_column(rule: Rule, text_columns: frozenset[str]) -> str | None:
    """Name the rule's column as the batch has it: as text where the text decides, or where only presence does."""
    is_about_text = rule.stage == "text" or rule.kind == "not_null"
    return f"{rule.column}_text" if is_about_text and rule.column in text_columns else rule.column


def failing_rows(rule: Rule, text_columns: frozenset[str]) -> str:
    """Give the query for the rows that fail a rule.

    Args:
        rule: the edit.
        text_columns: typed columns that also stand in the batch as `<column>_text`.
    """
    column = batch_column(rule, text_columns)
    if rule.kind == "required_columns":
        return _required_columns(rule, text_columns)
    if rule.kind not in _KINDS:
        raise RuleError(
            f"Edit {rule.edit_id}: no rule of kind {rule.kind}; known are {', '.join(sorted({*_KINDS, 'required_columns'}))}."
        )
    return _KINDS[rule.kind](rule, column)


def _rows(rule: Rule, column: str | None, source: str, where: str, detail: str = "cast(null as varchar)") -> str:
    value = f"cast(b.{column} as varchar)" if column else "cast(null as varchar)"
    name = f"'{rule.column}'" if rule.column else "cast(null as varchar)"
    return (
        f"select b.submission_id, b.row_number, {name} as column_name, {value} as value, {detail} as detail "
        f"from {source} as b where ({where}) and {scope(rule)}"
    )


def _not_null(rule: Rule, column: str) -> str:
    return _rows(rule, column, BATCH, f"b.{column} is null")


def _accepted_values(rule: Rule, column: str) -> str:
    values = ", ".join(quoted(v) for v in rule.arguments["values"])
    return _rows(rule, column, BATCH, f"b.{column} is not null and b.{column} not in ({values})")


def _matches_pattern(rule: Rule, column: str) -> str:
    return _rows(rule, column, BATCH, f"not regexp_full_match(b.{column}, {quoted(rule.arguments['pattern'])})")


def _value_between(rule: Rule, column: str) -> str:
    low, high = rule.arguments["min_value"], rule.arguments["max_value"]
    return _rows(rule, column, BATCH, f"b.{column} not between {low} and {high}")


def _row_satisfies(rule: Rule, column: str | None) -> str:
    return _rows(rule, column, BATCH, f"not ({rule.arguments['expression']})")


def _required_columns(rule: Rule, text_columns: frozenset[str]) -> str:
    parts = [
        f"select submission_id, row_number, '{name}' as column_name, cast(null as varchar) as value, "
        f"cast(null as varchar) as detail from {BATCH} where {name}{'_text' if name in text_columns else ''} is null and {scope(rule)}"
        for name in rule.arguments["columns"]
    ]
    return " union all ".join(parts)


def _file_has_row(rule: Rule, column: str) -> str:
    """Files without any row of a kind; one finding without a row number."""
    return (
        f"select submission_id, cast(null as bigint) as row_number, '{rule.column}' as column_name, "
        f"cast(null as varchar) as value, cast(null as varchar) as detail from {BATCH} where {scope(rule)} "
        f"group by submission_id having count(*) filter (where {rule.arguments['expression']}) = 0"
    )


def _unique_key(rule: Rule, column: str | None) -> str:
    keys = ", ".join(["submission_id", *rule.arguments["columns"]])
    source = (
        f"(select *, row_number() over (partition by {keys} order by row_number) as repeat_number, "
        f"first_value(row_number) over (partition by {keys} order by row_number) as first_row from {BATCH})"
    )
    return _rows(rule, column, source, "b.repeat_number > 1", "'the same as row ' || b.first_row")


def _group_total_between(rule: Rule, column: str) -> str:
    keys, total = ", ".join(["submission_id", *rule.arguments["group"]]), rule.arguments["total"]
    source = f"(select *, sum({total}) over (partition by {keys}) as group_total from {BATCH})"
    known = " and ".join(f"b.{key} is not null" for key in rule.arguments["group"])
    where = f"{known} and b.group_total > {rule.arguments['max_value']}"
    return _rows(rule, column, source, where, "'together ' || b.group_total")


def _group_has_one_value(rule: Rule, column: str) -> str:
    keys, value = ", ".join(["submission_id", *rule.arguments["group"]]), rule.arguments["value"]
    source = (
        f"(select *, min({value}) over (partition by {keys}) as lowest, "
        f"max({value}) over (partition by {keys}) as highest from {BATCH})"
    )
    known = " and ".join(f"b.{key} is not null" for key in rule.arguments["group"])
    return _rows(rule, column, source, f"{known} and b.lowest <> b.highest", "b.lowest || ' to ' || b.highest")


def _with_total(rule: Rule) -> str:
    a = rule.arguments
    keys = ", ".join(["submission_id", *a["group"]])
    return (
        f"(select *, max({a['count']}) filter (where {a['part']} = {quoted(a['total_value'])}) "
        f"over (partition by {keys}) as group_total from {BATCH})"
    )


def _group_part_within_total(rule: Rule, column: str) -> str:
    a = rule.arguments
    where = (
        f"b.{a['part']} <> {quoted(a['total_value'])} and b.{a['count']} > 0 "
        f"and (b.group_total is null or b.{a['count']} > b.group_total)"
    )
    return _rows(
        rule, column, _with_total(rule), where, "'all: ' || coalesce(cast(b.group_total as varchar), 'not given')"
    )


def _group_parts_sum_to_total(rule: Rule, column: str) -> str:
    a = rule.arguments
    keys = ", ".join(["submission_id", *a["group"]])
    like = quoted(a["parts_like"])
    source = (
        f"(select *, sum({a['count']}) filter (where {a['part']} like {like}) over (partition by {keys}) "
        f"as parts_total from {BATCH})"
    )
    where = f"b.{a['part']} = {quoted(a['total_value'])} and b.parts_total <> b.{a['count']}"
    return _rows(rule, column, source, where, "'the groups add up to ' || b.parts_total")


def _date_in_fiscal_year(rule: Rule, column: str) -> str:
    month = "(select coalesce(max(cast(value as integer)), 7) from reference.policy where policy_key = 'fiscal_year_start_month')"
    starts = f"make_date(cast(slot_fiscal_year as integer) - case when {month} = 1 then 0 else 1 end, {month}, 1)"
    ends = f"{starts} + to_months({12 + rule.arguments.get('months_after', 0)})"
    return _rows(rule, column, BATCH, f"b.{column} < {starts} or b.{column} >= {ends}")


def _in_code_list(rule: Rule, column: str) -> str:
    a = rule.arguments
    is_listed = listed(a["table"], f"b.{column}", f"({a.get('where', 'true')})", a["code_column"])
    # One look-up for each code and year, then back to the rows: codes are few, rows are many.
    missing = (
        f"(select * from (select distinct {column}, slot_fiscal_year from {BATCH} where {column} is not null) as b "
        f"where not {is_listed})"
    )
    source = (
        f"(select g.* from {BATCH} as g join {missing} as m "
        f"on g.{column} = m.{column} and g.slot_fiscal_year is not distinct from m.slot_fiscal_year)"
    )
    return _rows(rule, column, source, "true")


def _exists_in_reference(rule: Rule, column: str) -> str:
    match = rule.arguments["match"]
    known = " and ".join(f"b.{own} is not null" for own in match)
    same = " and ".join(f"c.{theirs} = b.{own}" for own, theirs in match.items())
    table = rule.arguments["table"]
    where = f"{known} and not exists (select 1 from reference.{table} as c where {same} and {valid_that_year('c')})"
    return _rows(rule, column, BATCH, where)


def _exactly_typed(rule: Rule, column: str) -> str:
    return " union all ".join(
        f"select submission_id, row_number, '{name}' as column_name, {name}_text as value, "
        f"'must be {data_type}' as detail from {BATCH} where {name}_text is not null and "
        f"({name} is null{_inexact(name, data_type)})"
        for name, data_type in rule.arguments["columns"].items()
    )


def _inexact(name: str, data_type: str) -> str:
    """A number that typing would change. Texts of the plain form cannot: comparing only the others keeps this cheap."""
    form = re.fullmatch(r"decimal\(([0-9]+), ?([0-9]+)\)", data_type)
    if form:
        whole, places = int(form[1]) - int(form[2]), int(form[2])
        plain = f"-?[0-9]{{1,{whole}}}([.][0-9]{{1,{places}}})?" if places else f"-?[0-9]{{1,{whole}}}"
    elif data_type in ("integer", "bigint"):
        plain = "-?[0-9]{1,9}"
    else:
        return ""
    return (
        f" or (not regexp_full_match({name}_text, '{plain}') "
        f"and cast({name} as decimal(38, 10)) is distinct from try_cast({name}_text as decimal(38, 10)))"
    )


_KINDS: dict[str, Callable[[Rule, str | None], str]] = {
    "not_null": _not_null,
    "accepted_values": _accepted_values,
    "matches_pattern": _matches_pattern,
    "value_between": _value_between,
    "row_satisfies": _row_satisfies,
    "file_has_row": _file_has_row,
    "unique_key": _unique_key,
    "group_total_between": _group_total_between,
    "group_has_one_value": _group_has_one_value,
    "group_part_within_total": _group_part_within_total,
    "group_parts_sum_to_total": _group_parts_sum_to_total,
    "date_in_fiscal_year": _date_in_fiscal_year,
    "in_code_list": _in_code_list,
    "exists_in_reference": _exists_in_reference,
    "account_is_mapped": account_is_mapped,
    "amount_share_between": amount_share_between,
    "exactly_typed": _exactly_typed,
}
