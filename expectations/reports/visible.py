"""A district's text made safe to look at: nothing hidden, nothing that a terminal, page or spreadsheet would run.

Belongs here: showing characters that cannot be seen, shortening, and cells that stay text.
Does not belong here: HTML's own escaping (the templates escape everything).
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 120
EMPTY = "(empty)"
# The last four are the full-width signs, which a spreadsheet of East Asia takes for the same.
_RUNS_AS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", *"\uff1d\uff0b\uff0d\uff20")
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9.,]+")


def visible(text: object, longest: int = LONGEST) -> str:
    """Show a value as it is: empty as `(empty)`, invisible characters by their code, spaces at the ends as `·`."""
    if text is None or text == "":
        return EMPTY
    said = str(text)
    shown = said if len(said) <= longest else said[:longest]
    inner = shown.strip(" ")
    before, after = len(shown) - len(shown.lstrip(" ")), len(shown) - len(shown.rstrip(" "))
    shown = "·" * before + inner + "·" * after if inner else "·" * len(shown)
    shown = "".join(_shown(sign) for sign in shown)
    return shown if len(said) <= longest else f"{shown}… ({len(said):,} characters)"


def _shown(sign: str) -> str:
    if sign.isascii() and sign.isprintable():
        return sign
    category = unicodedata.category(sign)
    hidden = category[0] == "C" or category in ("Zl", "Zp") or (category == "Zs" and sign != " ")
    return f"[U+{ord(sign):04X}]" if hidden else sign


def runs_as_formula(text: str) -> bool:
    """Whether a spreadsheet that opens this as CSV might take it for a formula; a plain number is none."""
    return text.startswith(_RUNS_AS_FORMULA) and not _PLAIN_NUMBER.fullmatch(text)


def csv_cell(value: object) -> object:
    """A cell of a CSV that a spreadsheet will open: what could run gets an apostrophe before it."""
    return f"'{value}" if isinstance(value, str) and runs_as_formula(value) else value
