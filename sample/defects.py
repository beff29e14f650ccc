"""Defects planted in districts' files, and the finding each must cause.

Belongs here: the table of defects (what is spoiled, which edit must say so) and spoiling one file.
Does not belong here: judging anything; the edit ids are the contracts', typed here as what is expected of the gate.

Warnings are planted only where no number of the truth rests on them, so that the truth stays what it was.
`also` names edits that may follow from the same defect on the same row; a gate may report them or not.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from sample.defect_table import BROKEN_FILES, CELLS, OF_NO_ROW, Defect
from sample.files import csv_bytes
from sample.postings import Line

__all__ = ["Deck", "Defect", "Spoiled", "spoil"]
RATE = 0.13
FATAL_STORIES = (("spoiled",), ("spoiled", "clean"), ("clean", "spoiled"))


@dataclass(frozen=True)
class Spoiled:
    """A spoiled file and what must be found: (edit id, row number, column, is it only a consequence)."""

    data: bytes
    findings: tuple[tuple[str, int | None, str | None, bool], ...]


class Deck:
    """Deals each collection's defects in turn, so that every kind comes up as the state grows."""

    def __init__(self, seed: int) -> None:
        self._rng = Random(f"{seed}/defects")
        self._next: dict[str, int] = {}

    def deal(self, slot: tuple[str, str], rows: list[Line]) -> tuple[Defect | None, list[str]]:
        """Choose a defect for a slot (mostly none) and the versions that are sent."""
        collection, period = slot
        if self._rng.random() >= RATE:
            return None, ["clean"]
        table = [d for d in (*CELLS, *BROKEN_FILES) if d.collection in (collection, "any")]
        start = self._next.get(collection, 0)
        for step in range(len(table)):
            defect = table[(start + step) % len(table)]
            if defect.periods and period not in defect.periods:
                continue
            if defect in BROKEN_FILES or _places(defect, rows):
                self._next[collection] = start + step + 1
                if not defect.is_fatal:
                    return defect, ["spoiled"]
                return defect, list(FATAL_STORIES[self._rng.randrange(3)])
        return None, ["clean"]


def spoil(defect: Defect, collection: str, header: tuple[str, ...], rows: list[Line]) -> Spoiled:
    """Spoil a file of a collection with one defect."""
    if defect in BROKEN_FILES:
        data, row_number = _break(defect.name, csv_bytes(header, rows))
        return Spoiled(data, ((f"{collection}_{defect.edit_id}", row_number, None, False),))
    places = _places(defect, rows)
    at = places[len(places) // 2]
    found, spoiled = [at], list(rows)
    if defect.value == "<repeat>":
        spoiled.insert(at + 1, rows[at])
        found = [at + 1]
    else:
        columns = [_index(header, name) for name in defect.spoils.split()]
        spoiled[at] = tuple(_value(defect, cell) if i in columns else cell for i, cell in enumerate(rows[at]))
    if defect.found_at == "group":
        found = [i for i, row in enumerate(rows) if row[2] == rows[at][2]]
    if defect.found_at == "total":
        found = [i for i, row in enumerate(rows) if row[2:4] == rows[at][2:4] and row[4] == "all"]
    findings = [(defect.edit_id, i + 2, defect.column, False) for i in found]
    findings += [(edit_id, None if edit_id in OF_NO_ROW else at + 2, None, True) for edit_id in defect.also]
    return Spoiled(csv_bytes(header, spoiled), tuple(findings))


def _value(defect: Defect, old: str) -> str:
    if defect.value == "<more>":
        return str(int(old) + 1)
    if defect.value == "<tenth>":
        return f"{abs(float(old) - 0.1):.4f}"
    return defect.value


def _places(defect: Defect, rows: list[Line]) -> list[int]:
    """The rows a defect can be planted on."""
    where = [(column, set(values)) for column, values in defect.where]
    places = [i for i, row in enumerate(rows) if all(row[column] in values for column, values in where)]
    if defect.filled is not None:
        places = [i for i in places if rows[i][defect.filled]]
    if defect.found_at == "group":
        seen: dict[str, int] = {}
        for row in rows:
            seen[row[2]] = seen.get(row[2], 0) + 1
        places = [i for i in places if seen[rows[i][2]] > 1]
    return places


def _index(header: tuple[str, ...], name: str) -> int:
    return [column.lower().replace(" ", "_") for column in header].index(name)


def _break(name: str, data: bytes) -> tuple[bytes, int | None]:
    """Break a file as a whole, and say in which row it breaks (None: in no row)."""
    lines = data.split(b"\n")
    middle = len(lines) // 2
    line = lines[middle]
    if name == "empty_file":
        return b"", None
    if name == "header_only":
        return lines[0] + b"\n", None
    if name == "column_missing":
        return b"\n".join(line.partition(b",")[2] for line in lines), 1
    if name == "column_unknown":
        return b"\n".join(line + (b",Remarks" if not i else b",") if line else line for i, line in enumerate(lines)), 1
    broken = {
        "one_delimiter_too_many": line + b",",
        "quote_not_closed": b'"' + line,
        "nul_byte": line[:4] + b"\x00" + line[4:],
        "not_utf8": b"\xe9" + line[1:],
    }
    lines[middle] = broken[name]
    return b"\n".join(lines), middle + 1
