"""Reads a made sample back, with no code of the generator: files of all four forms as rows of text.

Belongs here: finding the files that stand, opening them, the crosswalk as the state wrote it.
Does not belong here: checks.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pyarrow.parquet as pq

STATE = Path(__file__).parents[2] / "states" / "sample"
_NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
Row = dict[str, str]


def manifest(home: Path) -> list[Row]:
    """The manifest's rows, in order."""
    with (home / "sample" / "manifest.csv").open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def rows(path: Path) -> list[Row]:
    """A file's records by header, empty cells as empty text."""
    data = path.read_bytes()
    if path.suffix == ".parquet":
        return [{k: "" if v is None else str(v) for k, v in row.items()} for row in pq.read_table(path).to_pylist()]
    if path.suffix == ".xlsx":
        return list(_sheet(data))
    text = gzip.decompress(data) if path.suffix == ".gz" else data
    return list(csv.DictReader(io.StringIO(text.decode())))


def _sheet(data: bytes) -> Iterator[Row]:
    root = ElementTree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml"))
    header: dict[str, str] = {}
    for number, row in enumerate(root.iter(f"{_NS}row")):
        cells = {re.sub("[0-9]", "", c.attrib["r"]): "".join(c.itertext()) for c in row}
        if number == 0:
            header = cells
        else:
            yield {name: cells.get(letter, "") for letter, name in header.items()}


def standing(home: Path, collection: str, period: str) -> dict[tuple[str, str], Path]:
    """The last version of each LEA-year's slot (of a state without defects: the one that stands)."""
    return {
        (m["lea_id"], m["fiscal_year"]): home / "sample" / m["file"]
        for m in manifest(home)
        if (m["collection"], m["reporting_period"]) == (collection, period)
    }


def table(name: str) -> list[Row]:
    """A reference table of the sample state."""
    with (STATE / f"{name}.csv").open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))
