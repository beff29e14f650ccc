"""Rules about codes: whether a code list or the directory knows them, that year, with all their zeros.

Belongs here: rules that look one code or id up. Does not belong here: accounts and the national chart (`account_queries`).
"""

from __future__ import annotations

from expectations.rules import Rule
from expectations.sql_parts import BATCH, NO_ROW, NO_TEXT, ident, listed, quoted, scope, valid_that_year


def in_code_list(rule: Rule, column: str) -> str:
    """Rows with a code that the list does not hold (in that year, unless `any_year`).

    `amount_column` names the money that stands on such codes; the finding tells it.
    """
    a = rule.arguments
    code = f"b.{ident(column)}"
    is_listed = listed(
        a["table"],
        f"cast({code} as varchar)",
        f"({a.get('where', 'true')})",
        a["code_column"],
        a.get("any_year", False),
    )
    return _looked_up(rule, [column], f"not {is_listed}")


def exists_in_reference(rule: Rule, column: str) -> str:
    """Rows whose columns together are in no row of a reference table (in that year, unless `any_year`)."""
    year = "true" if rule.arguments.get("any_year") else valid_that_year("c")
    return _looked_up(rule, list(rule.arguments["match"]), f"not {_matched(rule, year)}")


def in_force(rule: Rule, column: str) -> str:
    """Rows whose columns together are in a reference table, but in no row that holds in the slot's year."""
    return _looked_up(
        rule,
        list(rule.arguments["match"]),
        f"b.slot_fiscal_year is not null and {_matched(rule, 'true')} and not {_matched(rule, valid_that_year('c'))}",
    )


def reference_is_covered(rule: Rule, column: str) -> str:
    """Entries of a directory, valid that year and of the submission's LEA, that no row of the file names; one finding each, without a row.

    It speaks of files that name at least one: a file by LEA alone names none of them.
    """
    table, code = ident(rule.arguments["table"]), ident(rule.arguments["code_column"])
    files = (
        f"(select submission_id, slot_lea_id, slot_fiscal_year, list(distinct {ident(column)}) filter (where {ident(column)} is not null) "
        f"as named from {BATCH} where {scope(rule)} group by all)"
    )
    return (
        f"select b.submission_id, {NO_ROW} as row_number, {quoted(rule.column)} as column_name, c.{code} as value, "
        f"c.{ident(rule.arguments['name_column'])} as detail from {files} as b join reference.{table} as c on c.lea_id = b.slot_lea_id "
        f"and {valid_that_year('c')} where len(b.named) > 0 and ({rule.arguments.get('where', 'true')}) and not list_contains(b.named, c.{code})"
    )


def zeros_kept(rule: Rule, column: str) -> str:
    """Cells that would be listed, had they the zeros in front that the list writes; `columns`: column -> [table, code column, where]."""
    parts = []
    for name, (table, code_column, *where) in rule.arguments["columns"].items():
        code = f"b.{ident(name)}"
        only = where[0] if where else "true"
        padded = (
            f"(select min(c.{ident(code_column)}) from reference.{ident(table)} as c where {only} "
            f"and {valid_that_year('c')} and length(c.{ident(code_column)}) > length({code}) "
            f"and ltrim(c.{ident(code_column)}, '0') = ltrim({code}, '0') and ltrim({code}, '0') <> '')"
        )
        missing = (
            f"(select * from (select b.*, {padded} as padded from (select distinct {ident(name)}, slot_fiscal_year from {BATCH} "
            f"where {ident(name)} is not null) as b where not {listed(table, code, only, code_column)}) as t where padded is not null)"
        )
        parts.append(
            f"select g.submission_id, g.row_number, {quoted(name)} as column_name, g.{ident(name)} as value, "
            f"'the list has ' || m.padded as detail from {BATCH} as g join {missing} as m on g.{ident(name)} = m.{ident(name)} "
            f"and g.slot_fiscal_year is not distinct from m.slot_fiscal_year where {scope(rule)}"
        )
    return " union all ".join(parts)


def knows_code(rule: Rule, column: str) -> str | None:
    """Whether the list that a `zeros_kept` edit has for a column holds a code that year: a query with the parameters `code` and
    `fiscal_year` (text or null); None where the edit has no list for it."""
    if rule.kind != "zeros_kept" or column not in rule.arguments["columns"]:
        return None
    table, code_column, *where = rule.arguments["columns"][column]
    asked = "(select $fiscal_year::varchar as slot_fiscal_year, $code::varchar as code) as b"
    return f"select count(*) from {asked} where {listed(table, 'b.code', where[0] if where else 'true', code_column)}"


def _matched(rule: Rule, year: str) -> str:
    a = rule.arguments
    same = " and ".join(f"c.{ident(theirs)} = b.{ident(own)}" for own, theirs in a["match"].items())
    return f"exists (select 1 from reference.{ident(a['table'])} as c where {same} and ({a.get('where', 'true')}) and {year})"


def _looked_up(rule: Rule, columns: list[str], is_wrong: str) -> str:
    # One look-up for each combination of codes and year, then back to the rows: codes are few, rows are many.
    names = ", ".join(ident(name) for name in columns)
    known = " and ".join(f"{ident(name)} is not null" for name in columns)
    wrong = (
        f"(select * from (select distinct {names}, slot_fiscal_year from {BATCH} where {known}) as b where {is_wrong})"
    )
    same = " and ".join(f"g.{ident(name)} = m.{ident(name)}" for name in columns)
    source = (
        f"(select g.* from {BATCH} as g join {wrong} as m "
        f"on {same} and g.slot_fiscal_year is not distinct from m.slot_fiscal_year)"
    )
    told = rule.column or columns[0]
    detail = _amount_told(rule.arguments["amount_column"], columns) if rule.arguments.get("amount_column") else NO_TEXT
    return (
        f"select b.submission_id, b.row_number, {quoted(told)} as column_name, cast(b.{ident(told)} as varchar) as value, "
        f"{detail} as detail from {source} as b where {scope(rule)}"
    )


def _amount_told(amount: str, columns: list[str]) -> str:
    """What the file has on the row's code: one text for all rows of a code."""
    same = ", ".join(f"b.{ident(name)}" for name in ("submission_id", *columns))
    return (
        f"'amount ' || coalesce(cast(sum(b.{ident(amount)}) over (partition by {same}) as varchar), 'not readable') "
        f"|| ' on this code, in ' || count(*) over (partition by {same}) || ' line(s)'"
    )
