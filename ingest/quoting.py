"""Where fields and records end in delimited text, byte by byte, without reading any field.

Belongs here: quotes as RFC 4180 has them, line ends, and whether every record has the same number of fields.
Does not belong here: the fields' text (`reader_csv`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ingest.reading import Unreadable

QUOTE, LF, CR = 34, 10, 13


@dataclass(frozen=True)
class Marks:
    """Positions in the text of what stands outside quotes, and of the quotes themselves."""

    quotes: np.ndarray
    line_ends: np.ndarray
    delimiters: np.ndarray
    has_quoted_line_ends: bool

    def row_of(self, position: int) -> int:
        """The row of a position, as a spreadsheet counts: a quoted line break does not count."""
        return int(np.searchsorted(self.line_ends, position)) + 1

    def field_of(self, position: int) -> int:
        """The number of the field in its record, from 0."""
        row = int(np.searchsorted(self.line_ends, position))
        start = int(self.line_ends[row - 1]) if row else -1
        return int(np.searchsorted(self.delimiters, position) - np.searchsorted(self.delimiters, start))


def marks_of(data: bytes, delimiter: bytes) -> Marks:
    """Find what separates fields and records.

    Args:
        data: UTF-8 text; lines end in LF or CR LF.
        delimiter: one byte.

    Raises:
        Unreadable: a quote inside a field that does not begin with one, text behind a closing quote, a quote
            that is never closed (`file_quotes`), a CR alone (`file_line_ends`).
    """
    text = np.frombuffer(data, np.uint8)
    line_ends = np.flatnonzero(text == LF)
    delimiters = np.flatnonzero(text == ord(delimiter))
    quotes = np.flatnonzero(text == QUOTE) if b'"' in data else np.empty(0, np.int64)
    all_ends = len(line_ends)
    if len(quotes):
        line_ends, delimiters = (p[np.searchsorted(quotes, p) % 2 == 0] for p in (line_ends, delimiters))
    marks = Marks(quotes, line_ends, delimiters, len(line_ends) < all_ends)
    if len(quotes):
        _check_quotes(text, marks, ord(delimiter))
    if b"\r" in data:
        _check_line_ends(text, marks)
    return marks


def is_regular(marks: Marks, size: int, fields: int, longest: int) -> bool:
    """Whether every record has this many fields, none longer than this, and the text ends without a line end."""
    ends = np.append(marks.line_ends, size)
    counts = np.diff(np.searchsorted(marks.delimiters, ends), prepend=0)
    if (counts != fields - 1).any() or (fields == 1 and (np.diff(ends, prepend=-1) < 3).any()):
        return False
    cuts = np.sort(np.concatenate([marks.delimiters, ends])) if size > longest else ends[:1]
    return size <= longest or int(np.diff(cuts, prepend=-1).max()) <= longest


def swallowed_rows(data: bytes, marks: Marks, delimiter: bytes, fields: int) -> int | None:
    """The first row with a quoted field that holds just what whole records would: so many line ends, so many delimiters.

    Two stray quotes, rows apart, make one field of what stands between them; every count of fields still holds.
    """
    if not marks.has_quoted_line_ends or fields < 2:
        return None
    text = np.frombuffer(data, np.uint8)
    inside = [np.searchsorted(np.flatnonzero(text == mark), marks.quotes) for mark in (LF, ord(delimiter))]
    ends, delimiters = (counts[1::2] - counts[0::2] for counts in inside)
    like_records = np.flatnonzero((ends > 0) & (delimiters == ends * (fields - 1)))
    return marks.row_of(int(marks.quotes[0::2][like_records[0]])) if len(like_records) else None


def _check_quotes(text: np.ndarray, marks: Marks, delimiter: int) -> None:
    opening, closing = marks.quotes[0::2], marks.quotes[1::2]
    before = text[np.maximum(opening - 1, 0)]
    after = text[np.minimum(closing + 1, len(text) - 1)]
    # A quote right behind a closing one is the second of a pair inside the field.
    begins = (opening == 0) | np.isin(before, (delimiter, LF, CR, QUOTE))
    ends = (closing == len(text) - 1) | np.isin(after, (delimiter, LF, CR, QUOTE))
    wrong = [(int(p[bad][0]), said) for p, bad, said in (
        (opening, ~begins, "A quote stands inside a field that does not begin with one."),
        (closing, ~ends, "Text follows a closing quote."),
    ) if bad.any()]  # fmt: skip
    if not wrong and len(marks.quotes) % 2:
        # The last quote that opened a field, and not the second of a pair, is the one never closed.
        wrong = [(int(opening[-1]), "A quote is opened and never closed.")]
    if wrong:
        position, said = min(wrong)
        raise Unreadable(
            "file_quotes", f"{said[:-1]}, in field {marks.field_of(position) + 1}.", marks.row_of(position)
        )


def _check_line_ends(text: np.ndarray, marks: Marks) -> None:
    returns = np.flatnonzero(text == CR)
    if len(marks.quotes):
        returns = returns[np.searchsorted(marks.quotes, returns) % 2 == 0]
    alone = returns[text[np.minimum(returns + 1, len(text) - 1)] != LF]
    alone = alone[alone < len(text) - 1]
    if len(alone):
        raise Unreadable("file_line_ends", "A CR stands alone among lines that end in LF.", marks.row_of(int(alone[0])))
