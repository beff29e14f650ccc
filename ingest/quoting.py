"""Where fields and records end in delimited text, byte by byte, without reading any field.

The text is gone through in blocks of whole records, so that no file costs more than its own bytes and one block.

Belongs here: quotes as RFC 4180 has them, line ends, and whether every record has the same number of fields.
Does not belong here: the fields' text (`reader_csv`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ingest.reading import Unreadable

QUOTE, LF, CR = 34, 10, 13
BLOCK, LONGEST_RECORD = 1 << 20, 4 << 20


@dataclass(frozen=True)
class _Marks:
    """Positions in one block of what stands outside quotes, and of the quotes themselves."""

    quotes: np.ndarray
    line_ends: np.ndarray
    delimiters: np.ndarray
    first_row: int

    def row_of(self, position: int) -> int:
        """The row of a position, as a spreadsheet counts: a quoted line break does not count."""
        return int(np.searchsorted(self.line_ends, position)) + self.first_row

    def field_of(self, position: int) -> int:
        """The number of the field in its record, from 0."""
        row = int(np.searchsorted(self.line_ends, position))
        start = int(self.line_ends[row - 1]) if row else -1
        return int(np.searchsorted(self.delimiters, position) - np.searchsorted(self.delimiters, start))


@dataclass
class Sifted:
    """What the bytes say of all records. `uneven` have another number of fields than the first (`fields`), or may be blank;
    `hollow` hold delimiters alone."""

    header_row: int = 1
    records: int = 0
    fields: int = 0
    header_start: int = 0
    header_end: int = 0
    uneven: int = 0
    hollow: int = 0
    first_uneven_row: int = 0
    longest_field: int = 0
    longest_field_row: int = 0
    has_quoted_line_ends: bool = False
    swallowed_row: int | None = None


def sift(data: bytes, end: int, delimiter: bytes, fields: int = 0) -> Sifted:
    """Go through the records once.

    Args:
        data: UTF-8 text; lines end in LF or CR LF.
        end: where the text ends, without the line ends behind its last record.
        delimiter: one byte.
        fields: how many the header has, where lines stand above it; else those of the first record.

    Raises:
        Unreadable: a quote inside a field that does not begin with one, text behind a closing quote, a quote
            that is never closed (`file_quotes`), a CR alone (`file_line_ends`), a record of several megabytes (`file_size`).
    """
    found, start, size, mark = Sifted(), 0, BLOCK, ord(delimiter)
    if not end:
        return found
    start = found.header_start = _first_mark(data)
    found.header_row = data.count(b"\n", 0, start) + 1
    text = np.frombuffer(data, np.uint8, end)
    while start < end:
        stop = min(start + size, end)
        taken = _block(text[start:stop], stop == end, mark, found.records + found.header_row)
        if taken is None and size < LONGEST_RECORD:
            size *= 2
            continue
        if taken is None:
            raise Unreadable(
                "file_size", f"This record is longer than {LONGEST_RECORD:,} bytes.", found.records + found.header_row
            )
        length, marks = taken
        block = text[start : start + length]
        if not found.records:
            first = int(marks.line_ends[0])
            found.header_end = start + first
            found.fields = fields or int(np.searchsorted(marks.delimiters, first)) + 1
        _count(found, block, marks, mark)
        found.records += len(marks.line_ends)
        start, size = start + length, BLOCK
    return found


def _first_mark(data: bytes) -> int:
    """Where the text begins, behind empty lines."""
    start = 0
    while block := data[start : start + BLOCK]:
        rest = len(block.lstrip(b"\r\n"))
        start += len(block) - rest
        if rest:
            break
    return start


def _block(text: np.ndarray, is_last: bool, delimiter: int, first_row: int) -> tuple[int, _Marks] | None:
    """The records that end in this block: their length and marks; None where the first does not end in it."""
    line_ends, delimiters, quotes = (np.flatnonzero(text == byte) for byte in (LF, delimiter, QUOTE))
    if len(quotes):
        line_ends, delimiters = (p[np.searchsorted(quotes, p) % 2 == 0] for p in (line_ends, delimiters))
    marks = _Marks(quotes, line_ends, delimiters, first_row)
    length = len(text)
    if is_last:
        marks = _Marks(quotes, np.append(line_ends, length), delimiters, first_row)
    elif len(line_ends):
        length = int(line_ends[-1]) + 1
        marks = _Marks(*(p[: np.searchsorted(p, length)] for p in (quotes, line_ends, delimiters)), first_row)
    elif length < LONGEST_RECORD:
        return None
    _check_quotes(text[:length], marks, delimiter)
    _check_line_ends(text[:length], marks)
    return (length, marks) if len(marks.line_ends) else None


def _count(found: Sifted, text: np.ndarray, marks: _Marks, delimiter: int) -> None:
    ends, size = marks.line_ends, found.fields
    cuts = np.searchsorted(marks.delimiters, ends)
    uneven = np.diff(cuts, prepend=0) != size - 1
    if size == 1:
        uneven |= np.diff(ends, prepend=-1) < 3
    if count := int(np.count_nonzero(uneven)):
        found.first_uneven_row = found.first_uneven_row or marks.first_row + int(uneven.argmax())
        found.uneven += count
    starts = np.concatenate([[0], ends[:-1] + 1])
    # A record of delimiters alone is as long as they are many, but for the CR of its line end.
    bare = ends - starts - (size - 1)
    hollow = (bare == 0) | ((bare == 1) & (text[np.maximum(ends - 1, 0)] == CR))
    found.hollow += int(np.count_nonzero(hollow & ~uneven))
    bounds = np.concatenate([marks.delimiters, ends])
    bounds.sort(kind="stable")
    lengths = np.diff(bounds, prepend=-1)
    longest = int(lengths.max()) - 1
    if longest > found.longest_field:
        found.longest_field, found.longest_field_row = longest, marks.row_of(int(bounds[lengths.argmax()]))
    if len(marks.quotes):
        _look_into_quotes(found, text, marks, delimiter)


def _look_into_quotes(found: Sifted, text: np.ndarray, marks: _Marks, delimiter: int) -> None:
    """Note line ends inside quotes, and the first quoted field that holds just what whole records would.

    Two stray quotes, rows apart, make one field of what stands between them; every count of fields still holds.
    """
    opening, closing = marks.quotes[0::2], marks.quotes[1::2]
    # A quote that opens right behind a closing one is a doubled quote: the field goes on.
    fields = np.flatnonzero(np.concatenate([[True], opening[1:] != closing[:-1] + 1]))
    inside = [np.searchsorted(np.flatnonzero(text == mark), marks.quotes) for mark in (LF, delimiter)]
    ends, delimiters = (np.add.reduceat(counts[1::2] - counts[0::2], fields) for counts in inside)
    if not ends.any():
        return
    found.has_quoted_line_ends = True
    like_records = np.flatnonzero((ends > 0) & (delimiters == ends * (found.fields - 1)))
    if found.swallowed_row is None and found.fields > 1 and len(like_records):
        found.swallowed_row = marks.row_of(int(opening[fields[like_records[0]]]))


def _check_quotes(text: np.ndarray, marks: _Marks, delimiter: int) -> None:
    if not len(marks.quotes):
        return
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


def _check_line_ends(text: np.ndarray, marks: _Marks) -> None:
    returns = np.flatnonzero(text == CR)
    if len(marks.quotes):
        returns = returns[np.searchsorted(marks.quotes, returns) % 2 == 0]
    alone = returns[text[np.minimum(returns + 1, len(text) - 1)] != LF]
    alone = alone[alone < len(text) - 1]
    if len(alone):
        raise Unreadable("file_line_ends", "A CR stands alone among lines that end in LF.", marks.row_of(int(alone[0])))
