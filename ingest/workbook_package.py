"""An xlsx workbook as the zip of XML it is, looked through before any spreadsheet parser sees it.

Belongs here: sizes, names and parts of the package; what its sheets say beside values (formulas, hidden rows, merged cells).
Does not belong here: the cells' values (`reader_parquet`).
"""

from __future__ import annotations

import io
import itertools
import re
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass
from xml.etree import ElementTree

from ingest.decoding import FREE_BYTES, MAX_RATIO
from ingest.reading import Unreadable

MAX_ENTRIES, MAX_UNPACKED = 2000, 1 << 30
_EXPORT = "save the sheet alone as xlsx or CSV (UTF-8)"
# Parts that only files of another kind hold -> what such a file is.
_OTHER_KINDS = (
    ("word/", "a word processor's document"), ("ppt/", "a presentation"), ("mimetype", "an OpenDocument file"),
    ("xl/workbook.bin", "a binary workbook (xlsb)"),
)  # fmt: skip
_FORBIDDEN = (
    (re.compile(r"vbaproject|macrosheets|activex|xl/embeddings", re.I), "macros or embedded programs"),
    (re.compile(r"xl/externallinks|xl/connections\.xml", re.I), "links to other files or databases"),
    (re.compile(r"encryptedpackage|encryptioninfo", re.I), "encrypted parts"),
)
_DTD = re.compile(rb"<!\s*(?:doctype|entity)", re.I)
_RAW = re.compile(rb"<!(?:--|\[CDATA\[)")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_NO_RESULT = re.compile(rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f\b[^>]*/>)(?!\s*<(?:\w+:)?v[\s/>])")
_VALUED = re.compile(rb"<(?:\w+:)?c\b([^>]*[^/>])>\s*(?:<(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*)?<(?:\w+:)?v>")
_ATTRIBUTE = re.compile(rb'\b([a-z]+)="([^"]*)"')
_ERROR = re.compile(rb'<(?:\w+:)?c\b(?=[^>]*\bt="e")[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"')
_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row\b(?=[^>]*\b(?:hidden="(?:1|true)"|ht="0(?:\.0*)?"))[^>]*>')
_HIDDEN_COLUMN = re.compile(
    rb'<(?:\w+:)?col\b(?=[^>]*\b(?:hidden="(?:1|true)"|width="0(?:\.0*)?"))[^>]*?\bmin="([0-9]+)"'
)
_HIDDEN_UNLESS_SAID = re.compile(rb'<(?:\w+:)?sheetFormatPr\b[^>]*\bzeroHeight="(?:1|true)"')
_APOSTROPHES = re.compile(rb"""([\w:]+)\s*=\s*'([^'"<>]*)'""")
_CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3}[0-9]{1,7})"')
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*?\bref="([A-Z0-9:]+)"')
_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="([0-9]+)"')


@dataclass(frozen=True)
class Package:
    """The sheets' XML by the sheet's name, and that of the styles."""

    sheets: dict[str, bytes]
    styles: bytes


def check_package(data: bytes) -> Package:
    """Look through the package; give what its cells are read from.

    Raises:
        Unreadable: no workbook, damaged, too large when unpacked, or with parts that are no data.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _check_entries(package.infolist(), len(data))
            return _sheets(package)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        OSError,
    ) as problem:
        raise Unreadable("file_format", f"Not a readable xlsx workbook ({problem}).") from problem


def _check_entries(entries: list[zipfile.ZipInfo], size: int) -> None:
    names = [entry.filename for entry in entries]
    if len(names) > MAX_ENTRIES:
        raise Unreadable("file_size", f"The workbook's package holds {len(names):,} parts, more than {MAX_ENTRIES:,}.")
    if "xl/workbook.xml" not in names:
        kind = next((k for mark, k in _OTHER_KINDS if any(n.startswith(mark) for n in names)), None)
        said = f"This is {kind}: {_EXPORT}." if kind else "This is a zip archive: unpack it and submit the file inside."
        raise Unreadable("file_format", said)
    if len(set(map(str.casefold, names))) < len(names):
        raise Unreadable("file_format", "The workbook's package holds two parts of one name.")
    for entry in entries:
        if entry.filename.startswith("/") or ".." in entry.filename.split("/") or "\\" in entry.filename:
            raise Unreadable("file_format", "The workbook's package holds a part whose name leads out of it.")
        if entry.flag_bits & 1:
            raise Unreadable("file_format", f"The workbook is encrypted: take the password off, or {_EXPORT}.")
        for form, what in _FORBIDDEN:
            if form.search(entry.filename):
                raise Unreadable("file_format", f"The workbook holds {what}: {_EXPORT}.")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > min(MAX_UNPACKED, max(FREE_BYTES, MAX_RATIO * size)):
        raise Unreadable(
            "file_size", f"The workbook is {unpacked:,} bytes when unpacked: more than a table of its size holds."
        )


def _sheets(package: zipfile.ZipFile) -> Package:
    parts = {}
    for entry in package.infolist():
        # Reading a part whole compares its size and checksum with what the package says of it.
        part = package.read(entry)
        # Programs find parts whatever their case.
        name = entry.filename.casefold()
        if name.endswith((".xml", ".rels")):
            if _DTD.search(part) or part[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in part[:100]:
                raise Unreadable("file_format", f"Part {entry.filename} of the workbook is no plain XML in UTF-8.")
            if ("/sharedstrings" in name and _RAW.search(part)) or (
                "/worksheets/" in name and _RAW.search(part, part.find(b"<sheetData"))
            ):
                # Programs read a value around a comment, or raw, each in its way.
                raise Unreadable(
                    "file_format",
                    f"Part {entry.filename} of the workbook holds comments or raw text among its cells: save it again.",
                )
            parts[name] = part
    try:
        book = ElementTree.fromstring(parts["xl/workbook.xml"])
        links = ElementTree.fromstring(parts.get("xl/_rels/workbook.xml.rels", b"<none/>"))
    except ElementTree.ParseError as problem:
        raise Unreadable("file_format", f"Not a readable xlsx workbook ({problem}).") from problem
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    found = {}
    for sheet in (e for e in book.iter() if e.tag.endswith("}sheet")):
        target = next((targets.get(value, "") for name, value in sheet.items() if name.endswith("}id")), "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        found[sheet.get("name", "")] = parts.get(part.casefold(), b"")
    return Package(found, parts.get("xl/styles.xml", b""))


def percent_cells(xml: bytes, styles: bytes) -> dict[int, int]:
    """The columns (from 0) with a number shown as a percentage, each with the row of the first."""
    try:
        tree = ElementTree.fromstring(styles or b"<none/>")
    except ElementTree.ParseError:
        return {}
    forms = {e.get("numFmtId"): e.get("formatCode", "") for e in tree.iter() if e.tag.endswith("}numFmt")}
    percent = {"9", "10"} | {one for one, code in forms.items() if "%" in re.sub(r'"[^"]*"|\\.', "", code)}
    cells = next((e for e in tree.iter() if e.tag.endswith("}cellXfs")), ())
    styled = [str(i) for i, cell in enumerate(cells) if cell.get("numFmtId") in percent]
    found: dict[int, int] = {}
    if not styled or not re.search(rf'\bs="(?:{"|".join(styled)})"'.encode(), xml):
        return found
    for cell in _VALUED.finditer(xml):
        attributes = dict(_ATTRIBUTE.findall(cell[1]))
        if attributes.get(b"s", b"").decode() in styled and attributes.get(b"t", b"n") == b"n":
            letters, row = re.fullmatch(rb"([A-Z]+)([0-9]+)", attributes.get(b"r", b"A0")).groups()
            column = 0
            for letter in letters:
                column = column * 26 + letter - 64
            found.setdefault(column - 1, int(row))
    return found


def check_sheet(xml: bytes, takes_results: bool = False) -> None:
    """Refuse a sheet whose cells another program could show in another way.

    Args:
        xml: the sheet.
        takes_results: whether the layout takes the results of formulas as they were saved; one without a result is refused.

    Raises:
        Unreadable: formulas, hidden rows or columns, merged cells, rows out of order or numbered twice.
    """
    if b"='" in xml or b"= '" in xml:
        xml = _APOSTROPHES.sub(rb'\1="\2"', xml)  # XML allows either quote
    if found := (_NO_RESULT if takes_results else _FORMULA).search(xml):
        rows = _ROW.findall(xml, 0, found.start())
        said = "A cell of this row holds a formula" + (" without its result" if takes_results else "")
        said += ": copy the sheet and paste it as values."
        raise Unreadable("file_cell", said, int(rows[-1]) if rows else None)
    # What every such cell, row or column holds is looked for first: that is ten times as quick, and most sheets have none.
    if b't="e"' in xml and (found := _ERROR.search(xml)):
        raise Unreadable("file_cell", f"Cell {(found[1] + found[2]).decode()} holds an error value.", int(found[2]))
    if _HIDDEN_UNLESS_SAID.search(xml, 0, xml.find(b"<row") + 1 or len(xml)):
        raise Unreadable(
            "file_format", "Rows of the sheet are hidden: show all rows, or delete those that do not belong."
        )
    if (b'hidden="' in xml or b'ht="0' in xml) and (found := _HIDDEN_ROW.search(xml)):
        number = re.search(rb'\br="([0-9]+)"', found[0])
        raise Unreadable(
            "file_format",
            "A row is hidden or filtered out: show all rows, or delete those that do not belong.",
            int(number[1]) if number else None,
        )
    if (b'hidden="' in xml or b'width="0' in xml) and (found := _HIDDEN_COLUMN.search(xml)):
        raise Unreadable("file_format", f"Column {int(found[1])} of the sheet is hidden: show it, or delete it.")
    if b"mergeCell" in xml and (found := _MERGED.search(xml)):
        row = int(re.search("[0-9]+", found[1].decode())[0])
        raise Unreadable("file_format", f"Cells {found[1].decode()} are merged: each cell must stand alone.", row)
    rows = [int(number) for number in _ROW.findall(xml)]
    for before, after in itertools.pairwise(rows):
        if after <= before:
            raise Unreadable("file_format", "Rows of the sheet are out of order or numbered twice.", after)
    cells = _CELL.findall(xml)
    if len(set(cells)) < len(cells):
        twice = next(cell for cell, count in Counter(cells).items() if count > 1).decode()
        raise Unreadable("file_format", f"Cell {twice} stands twice in the sheet: save the workbook again.")
