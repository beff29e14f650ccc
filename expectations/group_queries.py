"""Rules about several rows of one submission: keys, totals and their parts, and what must hold of a group as a whole.

Belongs here: rules decided inside one submission. Does not belong here: rules on single rows (`queries`), anything across submissions.
"""

from __future__ import annotations

from expectations.rules import Rule
from expectations.sql_parts import BATCH, NO_ROW, NO_TEXT, ident, idents, literal, quoted, scope

# The batch summed by account, with the main national code of each dimension; see `accounts`. GX wants its batch named.
MAPPED = f"(select * from derived.mapped_amount where exists (select 1 from {BATCH}))"


def rows_failing(rule: Rule, column: str | None, source: str, where: str, detail: str = NO_TEXT) -> str:
    """The rows of a source (alias b) where a condition holds, in the columns every rule gives."""
    value = f"cast(b.{ident(column)} as varchar)" if column else NO_TEXT
    name = quoted(rule.column) if rule.column else NO_TEXT
    return (
        f"select b.submission_id, b.row_number, {name} as column_name, {value} as value, {detail} as detail "
        f"from {source} as b where ({where}) and {scope(rule)}"
    )


def file_has_row(rule: Rule, column: str) -> str:
    """Files without any row of a kind; one finding without a row number."""
    return (
        f"select submission_id, {NO_ROW} as row_number, {quoted(rule.column)} as column_name, "
        f"{NO_TEXT} as value, {NO_TEXT} as detail from {BATCH} where {scope(rule)} "
        f"group by submission_id having count(*) filter (where {rule.arguments['expression']}) = 0"
    )


def unique_key(rule: Rule, column: str | None) -> str:
    """Rows that say again what an earlier row said; empty equals empty."""
    keys = idents(["submission_id", *rule.arguments["columns"]])
    # Repeats are few: find their keys by hash first, and number rows of those keys only.
    repeated = f"(select {keys} from {BATCH} group by {keys} having count(*) > 1)"
    same = " and ".join(
        f"g.{ident(k)} is not distinct from r.{ident(k)}" for k in ["submission_id", *rule.arguments["columns"]]
    )
    source = (
        f"(select *, row_number() over (partition by {keys} order by row_number) as repeat_number, "
        f"first_value(row_number) over (partition by {keys} order by row_number) as first_row "
        f"from (select g.* from {BATCH} as g join {repeated} as r on {same}))"
    )
    return rows_failing(rule, column, source, "b.repeat_number > 1", "'the same as row ' || b.first_row")


def group_total_between(rule: Rule, column: str) -> str:
    """Rows of a group whose total is above the largest allowed."""
    keys, total = idents(["submission_id", *rule.arguments["group"]]), rule.arguments["total"]
    source = f"(select *, sum({total}) over (partition by {keys}) as group_total from {BATCH})"
    where = f"{_known(rule)} and b.group_total > {literal(rule.arguments['max_value'])}"
    return rows_failing(rule, column, source, where, "'together ' || b.group_total")


def group_has_one_value(rule: Rule, column: str) -> str:
    """Rows of a group that does not say the same throughout."""
    keys, value = idents(["submission_id", *rule.arguments["group"]]), rule.arguments["value"]
    source = (
        f"(select *, min({value}) over (partition by {keys}) as lowest, "
        f"max({value}) over (partition by {keys}) as highest from {BATCH})"
    )
    return rows_failing(
        rule, column, source, f"{_known(rule)} and b.lowest <> b.highest", "b.lowest || ' to ' || b.highest"
    )


def group_part_within_total(rule: Rule, column: str) -> str:
    """Parts of a group larger than its total, or without one.

    `whole` names a column and the value it has in rows of the whole (grade ALL): a part of the whole is held against the total
    of the whole, and where a file gives none, against the totals of the single values together.
    """
    a = rule.arguments
    part, count = f"b.{ident(a['part'])}", f"b.{ident(a['count'])}"
    keys = idents(["submission_id", *a["group"]])
    of_total = f"{ident(a['part'])} = {quoted(a['total_value'])}"
    own_total = f"max({ident(a['count'])}) filter (where {of_total}) over (partition by {keys})"
    for name, value in a.get("whole", {}).items():
        others = idents(["submission_id", *(key for key in a["group"] if key != name)])
        added = f"sum({ident(a['count'])}) filter (where {of_total}) over (partition by {others})"
        own_total = f"coalesce({own_total}, case when {ident(name)} = {quoted(value)} then {added} end)"
    with_total = f"(select *, {own_total} as group_total from {BATCH})"
    where = (
        f"{part} <> {quoted(a['total_value'])} and {count} > 0 and (b.group_total is null or {count} > b.group_total)"
    )
    missing = f"no row {a['total_value']} is given for the same {' and '.join(a['group']).replace('_', ' ')}: add it, or correct these"
    told = f"coalesce({quoted(a['total_value'] + ': ')} || cast(b.group_total as varchar), {quoted(missing)})"
    return rows_failing(rule, column, with_total, where, told)


def group_parts_sum_to_total(rule: Rule, column: str) -> str:
    """Totals of groups whose parts add up to something else."""
    a = rule.arguments
    keys = idents(["submission_id", *a["group"]])
    source = (
        f"(select *, sum({ident(a['count'])}) filter (where {ident(a['part'])} like {quoted(a['parts_like'])}) "
        f"over (partition by {keys}) as parts_total from {BATCH})"
    )
    where = f"b.{ident(a['part'])} = {quoted(a['total_value'])} and b.parts_total <> b.{ident(a['count'])}"
    return rows_failing(rule, column, source, where, "'the groups add up to ' || b.parts_total")


def total_stands_alone(rule: Rule, column: str) -> str:
    """Rows of a total (grade ALL) that fill a count which single parts of the same group fill too."""
    a = rule.arguments
    keys = idents(["submission_id", *a["group"]])
    is_total = f"{ident(a['part'])} = {quoted(a['total_value'])}"
    parts = "".join(
        f", count({ident(count)}) filter (where not {is_total}) over (partition by {keys}) as parts_{number}"
        for number, count in enumerate(a["counts"])
    )
    both = " or ".join(
        f"(b.{ident(count)} is not null and b.parts_{number} > 0)" for number, count in enumerate(a["counts"])
    )
    return rows_failing(rule, column, f"(select *{parts} from {BATCH})", f"b.{is_total} and ({both})")


def group_satisfies(rule: Rule, column: str | None) -> str:
    """Groups of rows of which an expression over sums does not hold; one finding without a row number.

    `group` may be empty (the whole submission); `present` says of which groups the rule can speak; `is_mapped` looks at
    the batch summed by account with its national codes; `limits` are numbers the expression names in braces.
    """
    a = rule.arguments
    limits = {name: literal(value) for name, value in a.get("limits", {}).items()}
    source = MAPPED if a.get("is_mapped") else BATCH
    keys = ["submission_id", "slot_fiscal_year", *a.get("group", [])]
    group = ", ".join(f"b.{ident(key)}" for key in a.get("group", []))
    value = f"cast({a['value']} as varchar)" if a.get("value") else f"concat_ws('/', {group})" if group else NO_TEXT
    detail = a.get("detail", NO_TEXT)
    judged = (
        f"select submission_id, {_filled(value, limits)} as value, {_filled(detail, limits)} as detail, "
        f"({_filled(a['expression'], limits)}) as is_right from {source} as b where {scope(rule)} group by {idents(keys)} "
        f"having {_filled(a.get('present', 'true'), limits)}"
    )
    return (
        f"select submission_id, {NO_ROW} as row_number, {quoted(rule.column)} as column_name, value, detail "
        f"from ({judged}) as t where not is_right"
    )


def _filled(text: str, limits: dict[str, str]) -> str:
    for name, value in limits.items():
        text = text.replace("{" + name + "}", value)
    return text


def _known(rule: Rule) -> str:
    return " and ".join(f"b.{ident(key)} is not null" for key in rule.arguments["group"])
