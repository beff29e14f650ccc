"""A clean table, and one file for each thing that can go wrong in each cell, row or file of it.

Belongs here: the table, its contract, the polluted files. Does not belong here: judging them (`test_polluted`).
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator

HEADER = ["Day", "Fund Code", "Object Code", "Amount", "Pieces", "Payee", "Note"]
TYPES = ["date", "varchar", "varchar", "decimal(18,2)", "integer", "varchar", "varchar"]
NOTES = ["paid in full", 'size 5", long', "first, second", "", "Straße und Käse", "see page 7; line 2", "two\nlines"]
ROWS = [
    [f"2024-0{1 + i % 9}-1{i % 10}", f"0{10 + i % 7}", f"{100 + i}", f"{-1 if i % 5 == 0 else ''}{i * 37 + 11}.{i % 90 + 10}",
     str(i), f"Vendor {chr(65 + i % 26)}", NOTES[i % len(NOTES)]]
    for i in range(24)
]  # fmt: skip


def contract() -> str:
    """A contract of the table: text without patterns, so that nothing but the reader protects it."""
    columns = "".join(
        f"          - {{name: {name.lower().replace(' ', '_')}, data_type: '{kind}', config: {{meta: {{header: {name}}}}}}}\n"
        for name, kind in zip(HEADER, TYPES, strict=True)
    )
    return f"sources:\n  - name: raw\n    tables:\n      - name: table1\n        config: {{meta: {{amount_column: amount}}}}\n        columns:\n{columns}"


def quoted(cell: str, always: bool = False, quote: str = '"') -> str:
    """One cell as RFC 4180 writes it."""
    needs = always or any(mark in cell for mark in '",\n\r')
    return quote + cell.replace(quote, quote * 2) + quote if needs else cell


def text(rows: list[list[str]], end: str = "\n", **style) -> str:
    """Rows as CSV."""
    return "".join(",".join(quoted(cell, **style) for cell in row) + end for row in rows)


CLEAN = [HEADER, *ROWS]
PLAIN = text(CLEAN)
HARMLESS = {
    "plain": PLAIN.encode(),
    "crlf": text(CLEAN, "\r\n").encode(),
    "cr": text([row for row in CLEAN if "\n" not in row[-1]], "\r").encode(),
    "bom": b"\xef\xbb\xbf" + PLAIN.encode(),
    "utf16le": b"\xff\xfe" + PLAIN.encode("utf-16-le"),
    "utf16be": b"\xfe\xff" + PLAIN.encode("utf-16-be"),
    "no_final_line_end": PLAIN[:-1].encode(),
    "blank_last_lines": (PLAIN + "\n\n").encode(),
    "blank_last_line_crlf": (text(CLEAN, "\r\n") + "\r\n").encode(),
    "line_of_blanks": (PLAIN + "  \n").encode(),
    "delimiters_only": (PLAIN + ",,,,,,\n").encode(),
    "all_quoted": text(CLEAN, always=True).encode(),
    "order": text([row[::-1] for row in CLEAN]).encode(),
    "header_case": (text([[h.upper() for h in HEADER]]) + text(ROWS)).encode(),
    "header_blanks": (text([[f" {h}  " for h in HEADER]]) + text(ROWS)).encode(),
    "header_folded": (text([[h.lower().replace(" ", "_") for h in HEADER]]) + text(ROWS)).encode(),
    "header_quoted": (text([HEADER], always=True) + text(ROWS)).encode(),
    "bom_quoted_crlf": b"\xef\xbb\xbf" + text(CLEAN, "\r\n", always=True).encode(),
    "utf16le_crlf_no_final": b"\xff\xfe" + text(CLEAN, "\r\n")[:-2].encode("utf-16-le"),
    "utf16be_quoted": b"\xfe\xff" + text(CLEAN, always=True).encode("utf-16-be"),
    "blank_first_lines": ("\n\r\n\n" + PLAIN).encode(),
    "blank_line_within": (text(CLEAN[:9]) + "\n" + text(CLEAN[9:])).encode(),
    "blanks_around": "".join(
        ",".join(f" {quoted(c)}  " if quoted(c) == c and c else quoted(c) for c in row) + "\n" for row in CLEAN
    ).encode(),
    "lines_of_blanks_crlf": (text(CLEAN, "\r\n") + "   \r\n\r\n \r\n").encode(),
    "line_of_tabs": (PLAIN + "\t\t\n").encode(),
    "delimiters_and_blanks": (PLAIN + " , ,,,,, \n" * 3).encode(),
    "gzip": gzip.compress(PLAIN.encode()),
    "rows_reversed": text([HEADER, *ROWS[::-1]]).encode(),
    "mixed_ends": (text(CLEAN[:9]) + text(CLEAN[9:], "\r\n")).encode(),
}


def polluted() -> Iterator[tuple[str, bytes]]:
    """(kind and place, bytes): every single pollution."""
    yield from _cells()
    yield from _rows()
    yield from _files()


def _replaced(row: int, line: str) -> bytes:
    return (text(CLEAN[:row]) + line + text(CLEAN[row + 1 :])).encode()


def _cells() -> Iterator[tuple[str, bytes]]:
    for r, row in enumerate(CLEAN):
        fields = [quoted(cell) for cell in row]
        for c in range(len(fields)):
            for kind, field in {
                "quote_before": '"' + fields[c], "quote_after": fields[c] + '"', "delimiter_after": fields[c] + ",",
                "line_end_after": fields[c] + "\n", "apostrophes": f"'{row[c]}'", "backslash_quote": f'"{row[c]}\\""',
                "nul": fields[c] + "\x00", "zero_width": "\u200b" + fields[c], "error": "#REF!", "tab": "a\tb",
                "mojibake": fields[c] + "Ã¼",
            }.items():  # fmt: skip
                yield f"{kind}-r{r}-c{c}", _replaced(r, ",".join([*fields[:c], field, *fields[c + 1 :]]) + "\n")
            yield f"quote_less-r{r}-c{c}", _replaced(r, ",".join([*fields[:c], fields[c].replace('"', "", 1), *fields[c + 1 :]]) + "\n")  # fmt: skip
            if c:
                joined = [*fields[: c - 1], fields[c - 1] + fields[c], *fields[c + 1 :]]
                yield f"delimiter_less-r{r}-c{c}", _replaced(r, ",".join(joined) + "\n")


def _rows() -> Iterator[tuple[str, bytes]]:
    for r, row in enumerate(CLEAN):
        line = text([row])[:-1]
        yield f"line_end_less-r{r}", _replaced(r, line)
        yield f"header_repeated-r{r}", _replaced(r, line + "\n" + text([HEADER]))
        yield f"lone_cr-r{r}", _replaced(r, line + "\r")
        for mark in ";|\t ":
            yield f"row_by_{ord(mark)}-r{r}", _replaced(r, mark.join(row) + "\n")
        yield f"quoted_row-r{r}", _replaced(r, quoted(line, always=True) + "\n")
        if 0 < r < len(ROWS):
            both = line + "\n" + text([CLEAN[r + 1]])[:-1]
            if '"' not in both:
                fields = both.split(",")
                fields[5], fields[-2] = '"' + fields[5], fields[-2] + '"'
                yield f"swallowed-r{r}", (text(CLEAN[:r]) + ",".join(fields) + "\n" + text(CLEAN[r + 2 :])).encode()
    total = [["Total", "", "", "999.00", "", "", ""], ["", "Grand total", "", "1.00", "", "", ""]]
    for i, row in enumerate(total):
        yield f"total-{i}", (PLAIN + text([row])).encode()


def _files() -> Iterator[tuple[str, bytes]]:
    for mark in ";|\t :":
        yield f"file_by-{ord(mark)}", PLAIN.replace(",", mark).encode()
    yield "file_quote-apostrophe", text(CLEAN, always=True, quote="'").encode()
    yield "file_quote-typographic", PLAIN.replace('"', "\u201d").encode()
    yield "file_escape-backslash", text(CLEAN, always=True).replace('""', '\\"').encode()
    yield "file_preamble", ("Report of the day\n" + PLAIN).encode()
    yield "file_two_headers", (text([HEADER, ["", "code", "code", "USD", "n", "", ""]]) + text(ROWS)).encode()
    yield "file_no_header", text(ROWS).encode()
    yield "file_header_only", text([HEADER]).encode()
    yield "file_empty", b""
    yield "file_two_tables", (PLAIN + "\n" + PLAIN).encode()
    yield "file_other_table", (PLAIN + "\n" + "a,b,c\n1,2,3\n").encode()
    yield "file_footer", (PLAIN + "printed by the office\n").encode()
    yield "file_latin1", PLAIN.encode("latin-1")
    yield "file_utf16_bare", PLAIN.encode("utf-16-le")
    yield "file_utf32", PLAIN.encode("utf-32")
    yield "file_sep", ("sep=,\n" + PLAIN).encode()
    yield "file_delimiter_everywhere", PLAIN.replace("\n", ",\n").encode()
