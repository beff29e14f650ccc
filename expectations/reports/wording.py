"""What severities and rules are called when a district reads them.

Belongs here: sentences. Does not belong here: layout of any form, rules themselves (`expectations.rules`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from expectations.reports.visible import visible
from expectations.rules import Rule

SEVERITY_ORDER = ("fatal", "warning", "info")
SEVERITY = {
    "fatal": ("Must be fixed", "While one of these stands, the file is suspended: none of its rows counts."),
    "warning": ("Must be fixed or explained", "These do not suspend the file. Correct them, or say why the value is right."),
    "info": ("For information", "Nothing has to be done."),
}  # fmt: skip
STAGE = {
    "text": "when the file is read",
    "typed": "when the file is judged",
    "accepted": "after the file is accepted, beside other files and years",
}

MAY_FOLLOW = "Rows of this file are wrong as well, and these sums are made of them: mend the rows first, then look whether this is left."
_FINE = re.compile(r"-?[0-9]+[.][0-9]{3,}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9:.]+)?")


def unread(count: int) -> str:
    """What a table of dollars does not hold."""
    return f"{count:,} {'amount is' if count == 1 else 'amounts are'} empty or no number, and in no sum of dollars."


def type_in_words(data_type: str) -> str:
    """What a cell of a data type must look like."""
    kind, _, rest = data_type.partition("(")
    if kind == "decimal":
        digits, _, places = rest.rstrip(")").partition(",")
        return _number(int(digits), int(places or 0))
    return {
        "varchar": "text",
        "integer": "a whole number",
        "bigint": "a whole number",
        "double": "a number",
        "date": "a date, written 2024-06-30",
        "timestamp": "a moment, written 2024-06-30 14:05:00",
        "boolean": "Y or N",
    }.get(kind, data_type)


def _number(digits: int, places: int) -> str:
    if not places:
        return f"a whole number of at most {digits} digits"
    return f"a number with at most {digits - places} digits before and {places} after the decimal point"


def not_of_a_number(value: str) -> str:
    """The characters of a value that no plain number has, named so that a letter O is not taken for a zero; or nothing."""
    if _DATE.fullmatch(value):
        return "a date: a spreadsheet's cell of a number may be formatted as one; give the column a number format, and look at the figure"
    if _FINE.fullmatch(value):
        return "more decimals than two: round it as your books do"
    strange = dict.fromkeys(sign for sign in value if sign not in "0123456789.-")
    named = ", ".join(
        f"{visible(sign)} ({unicodedata.name(sign, 'a sign without a name').lower()})" for sign in strange
    )
    return f"not part of a number: {named}" if named else ""


def expected_of(rule: Rule) -> str:
    """What a cell must hold to pass a rule, where the rule itself says so; else nothing, and its sentence must do."""
    a = rule.arguments
    if rule.kind in ("not_null", "required_columns"):
        return "a value"
    if rule.kind == "accepted_values":
        return "one of: " + ", ".join(str(value) for value in a["values"])
    if rule.kind == "value_between":
        return f"from {_plain(a['min_value'])} to {_plain(a['max_value'])}"
    if rule.kind == "in_code_list":
        name = (rule.column or "code").replace("_", " ")
        return f"{'an' if name[0] in 'aeiou' else 'a'} {name} of the agency's list ({a['table'].replace('_', ' ')})"
    if rule.kind == "exists_in_reference":
        return f"an id of the state's directory of {a['table']}"
    if rule.kind == "group_total_between":
        return f"together at most {_plain(a['max_value'])}"
    return ""


def _plain(number: object) -> str:
    return f"{number:,}" if isinstance(number, int | float) else str(number)


def years_of(first: int | None, last: int | None) -> str:
    """The fiscal years something holds in."""
    if first and last:
        return f"{first} to {last}"
    return f"from {first}" if first else f"to {last}" if last else "every year"


def needs_in_words(collection: str, needs: Sequence[str], scope: str) -> str:
    """What beside the file an edit on accepted data looks at; `scope` is `lea`, `last_year` or `state` (dbt/tests/edits)."""
    others = " and ".join(f"{name} file" for name in needs if name != collection)
    if scope == "lea":
        return f"the LEA's {others} of that year" if others else f"the LEA's other {collection} files of that year"
    return (
        f"the LEA's {' and '.join(needs)} of the year before"
        if scope == "last_year"
        else f"the {' and '.join(needs)} of all LEAs"
    )
