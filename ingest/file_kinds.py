"""What a file is, by its first bytes, where it is none that can be read.

Belongs here: signatures of kinds that districts send by mistake, with the remedy of each.
Does not belong here: reading any kind (`reader_csv`, `reader_xlsx`, `reader_parquet`).
"""

from __future__ import annotations

import re

from ingest.reading import Unreadable

_SAVE = "save the sheet as xlsx or CSV (UTF-8)"
# First bytes -> what the file is and what to do.
_SIGNATURES = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", f"an old Excel workbook (.xls) or one locked by a password: take the password off and {_SAVE}"),
    (b"%PDF", "a PDF: export the data from the accounting system as CSV or xlsx"),
    (b"PK\x05\x06", "an empty zip archive: submit the file that holds the records"),
    (b"{\\rtf", f"a word processor's document (RTF): {_SAVE}"),
    (b"\x89PNG", "a picture (PNG): export the data as CSV or xlsx"),
    (b"\xff\xd8\xff", "a picture (JPEG): export the data as CSV or xlsx"),
    (b"GIF8", "a picture (GIF): export the data as CSV or xlsx"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive: unpack it and submit the file inside"),
    (b"Rar!", "a RAR archive: unpack it and submit the file inside"),
    (b"BZh", "a bzip2 archive: unpack it and submit the file inside"),
    (b"\xfd7zXZ\x00", "an xz archive: unpack it and submit the file inside"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive: unpack it and submit the file inside"),
    (b"SQLite format 3", "a database (SQLite): export the table as CSV"),
    (b"ARROW1", "an Arrow file: write the table as Parquet"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)  # fmt: skip
_MARKUP = re.compile(rb"\s*(?:<!doctype\s|<html|<table|<head|<body|<\?xml|<!--|<svg)", re.IGNORECASE)
_JSON = re.compile(rb'\s*(?:\{\s*"|\[\s*[\[{])')


def refuse_known_kind(data: bytes) -> None:
    """Refuse a file whose first bytes say that it is no table.

    Raises:
        Unreadable: `file_format`, with what the file is and what to send instead.
    """
    head = data[:600].removeprefix(b"\xef\xbb\xbf")
    for signature, kind in _SIGNATURES:
        # Two letters may begin a header, and a program holds NULs.
        if head.startswith(signature) and (len(signature) > 2 or b"\x00" in head):
            raise Unreadable("file_format", f"This is {kind}.")
    if _MARKUP.match(head):
        raise Unreadable("file_format", f"This is a web page or XML, whatever its name says: open it and {_SAVE}.")
    if _JSON.match(head):
        raise Unreadable("file_format", "This is JSON: export the data as CSV, xlsx or Parquet.")


def unmarked_unicode(data: bytes) -> str | None:
    """Name the UTF-16 or UTF-32 that a file with NULs seems to be in."""
    head = data[:4000]
    if data[:4] in (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff"):
        return "UTF-32"
    pairs = max(len(head) // 2, 1)
    if head[:3] != b"\xef\xbb\xbf" and max(head[0::2].count(0), head[1::2].count(0)) > 0.7 * pairs:
        return "UTF-32" if head.count(0) > 1.3 * pairs else "UTF-16 without its byte order mark"
    return None
