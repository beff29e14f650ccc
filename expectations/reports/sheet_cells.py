"""Cells of a workbook that are text and stay text.

Belongs here: one way to make a cell, for reports and templates. Does not belong here: what stands in it.
"""

from __future__ import annotations

import re
from copy import copy

COLOURS = {"fatal": "F4B6B0", "warning": "FBE0A0", "info": "CFE2F3"}
LONGEST = 32_000
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_STARTS_A_FORMULA = ("=", "+", "-", "@")


def writable(text: str) -> str:
    """Text as a workbook can hold it: what XML cannot is written by its code, `_x0041_` stays what it is."""
    text = _UNWRITABLE.sub(lambda found: f"[U+{ord(found.group()):04X}]", text)
    text = _ESCAPE.sub("_x005F_", text)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text):,} characters)"


class TextCells:
    """Makes the cells of one write-only sheet; `comments` is how many more may be written."""

    def __init__(self, sheet, comments: int = 0):
        self._sheet, self._comments = sheet, comments
        self._styles: dict[tuple, object] = {}

    def text(
        self, text: str, *, bold: bool = False, wrap: bool = False, colour: str = "", comment: str = "", link: str = ""
    ):
        """A text cell; `colour` is a severity, `link` a place in the same workbook."""
        from openpyxl.cell import WriteOnlyCell

        cell = WriteOnlyCell(self._sheet)
        # Set past the type guessing: "=1+1" would become a formula.
        cell._value, cell.data_type = writable(text), "s"
        starts = text.startswith(_STARTS_A_FORMULA)
        cell._style = copy(self._style(bold, wrap, colour, starts, bool(link)))
        if link:
            self._link(cell, link)
        if comment and self._comments:
            self._comments -= 1
            self._comment(cell, comment)
        return cell

    def _style(self, bold: bool, wrap: bool, colour: str, starts_a_formula: bool, is_link: bool):
        key = (bold, wrap, colour, starts_a_formula, is_link)
        if key not in self._styles:
            from openpyxl.cell import WriteOnlyCell
            from openpyxl.styles import Alignment, Font, PatternFill

            cell = WriteOnlyCell(self._sheet)
            cell.number_format = "@"
            cell.alignment = Alignment(wrap_text=wrap, vertical="top")
            if bold or is_link:
                cell.font = Font(
                    bold=bold, underline="single" if is_link else None, color="0B4A8F" if is_link else None
                )
            if colour:
                cell.fill = PatternFill("solid", fgColor=COLOURS[colour])
            cell.quotePrefix = starts_a_formula
            self._styles[key] = cell._style
        return self._styles[key]

    @staticmethod
    def _link(cell, place: str) -> None:
        from openpyxl.worksheet.hyperlink import Hyperlink

        cell._hyperlink = Hyperlink(ref="A1", location=place)

    @staticmethod
    def _comment(cell, text: str) -> None:
        from openpyxl.comments import Comment

        cell.comment = Comment(writable(text)[:2000], "edfin", width=420, height=180)
