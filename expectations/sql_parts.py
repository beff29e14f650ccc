"""Pieces of SQL that several kinds of rules share.

Belongs here: names, literals, conditions on codes, years and scope. Does not belong here: a whole rule (`queries` and its neighbours).
"""

from __future__ import annotations

from collections.abc import Iterable

from expectations.rules import Rule

BATCH = "{batch}"
DATE_FORM = "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
NO_TEXT, NO_ROW = "cast(null as varchar)", "cast(null as bigint)"


def ident(name: str) -> str:
    """A column's or table's name as SQL takes it, whatever word it is (`group`, `order`)."""
    return '"' + name.replace('"', '""') + '"'


def idents(names: Iterable[str]) -> str:
    """A list of names."""
    return ", ".join(ident(name) for name in names)


def quoted(value: object) -> str:
    """A SQL text literal."""
    return "'" + str(value).replace("'", "''") + "'"


def literal(value: object) -> str:
    """A number as it is, an expression that was set in place of one too; anything else as a text literal."""
    if isinstance(value, bool) or not isinstance(value, int | float | Expression):
        return quoted(value)
    return str(value)


class Expression(str):
    """A parameter that a state's threshold replaced: SQL, not text."""


def scope(rule: Rule) -> str:
    """The rows a rule looks at: its `when`, and its fiscal years."""
    parts = [f"({rule.arguments['when']})"] if rule.arguments.get("when") else []
    if rule.first_fiscal_year:
        parts.append(f"cast(slot_fiscal_year as integer) >= {rule.first_fiscal_year}")
    if rule.last_fiscal_year:
        parts.append(f"cast(slot_fiscal_year as integer) <= {rule.last_fiscal_year}")
    return " and ".join(parts) or "true"


def valid_that_year(alias: str, rows: str = "b") -> str:
    """Whether a reference row holds in the slot's fiscal year."""
    # Without a year (a file checked outside any slot) every row of the list counts.
    year = f"cast({rows}.slot_fiscal_year as integer)"
    return (
        f"(coalesce({year}, 9999) >= coalesce({alias}.first_fiscal_year, 0) "
        f"and coalesce({year}, 0) <= coalesce({alias}.last_fiscal_year, 9999))"
    )


def in_range(code: str, first: str, last: str) -> str:
    """Whether a code is `first`, or lies between `first` and an equally long `last`."""
    return (
        f"({first} = {code} or (length({last}) > 0 and length({code}) = length({first}) "
        f"and {code} between {first} and {last}))"
    )


def covers(alias: str, code: str, code_column: str = "code") -> str:
    """Whether a reference row's code, or range of equally long codes, holds `code`."""
    return in_range(code, f"{alias}.{ident(code_column)}", f"{alias}.code_to")


def listed(table: str, code: str, only: str = "true", code_column: str = "code", any_year: bool = False) -> str:
    """Whether a reference table lists a code that year, or in any."""
    year = "true" if any_year else valid_that_year("c")
    return f"exists (select 1 from reference.{ident(table)} as c where {only} and {covers('c', code, code_column)} and {year})"
