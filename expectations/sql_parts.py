"""Pieces of SQL that several kinds of rules share.

Belongs here: conditions on codes, years and scope. Does not belong here: a whole rule (`queries`, `account_queries`).
"""

from __future__ import annotations

from expectations.rules import Rule

BATCH = "{batch}"


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


def covers(alias: str, code: str, code_column: str = "code") -> str:
    """Whether a code, or a range of equally long codes, holds `code`."""
    return (
        f"({alias}.{code_column} = {code} or (length({alias}.code_to) > 0 and length({code}) = length({alias}.{code_column}) "
        f"and {code} between {alias}.{code_column} and {alias}.code_to))"
    )


def listed(table: str, code: str, only: str = "true", code_column: str = "code") -> str:
    """Whether a reference table lists a code that year."""
    return (
        f"exists (select 1 from reference.{table} as c where {only} "
        f"and {covers('c', code, code_column)} and {valid_that_year('c')})"
    )


def quoted(value: object) -> str:
    """A SQL text literal."""
    return "'" + str(value).replace("'", "''") + "'"
