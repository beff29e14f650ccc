"""A submitted file through its layout: the work that runs on untrusted bytes.

Belongs here: telling formats apart by their first bytes, and the order of the steps.
Does not belong here: processes and limits (`workers`), any database.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ingest.cell_marks import cell_faults
from ingest.contracts import Contract
from ingest.controls import NONE_STATED, Controls, control_faults
from ingest.file_kinds import refuse_known_kind
from ingest.layout_headers import check_header, choose_layout
from ingest.layout_mapping import apply_layout
from ingest.layouts import Layout
from ingest.reader_csv import read_csv
from ingest.reader_parquet import read_parquet, read_xlsx
from ingest.reading import RawRecords, Reading, Unreadable
from ingest.spreadsheet_cells import spreadsheet_faults

_MARK, _BLANK, _END = 0, 1, 2
_KIND = np.array([_END if n in b"\r\n" else _BLANK if n in b" \t\v\f" else _MARK for n in range(256)], np.uint8)


def _stays(size: int, columns: int = 1) -> None:
    """Nothing: whoever reads without limits has none to widen."""


@dataclass(frozen=True)
class Task:
    """What a worker must know to read one file."""

    contract: Contract
    layouts: dict[str, Layout]
    layout: str
    lea_id: str
    fiscal_year: int | None
    references: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    parts: tuple[str, ...] = ()
    controls: Controls = NONE_STATED


def read(data: bytes, task: Task, may_grow: Callable[[int, int], None] = _stays) -> list[Reading]:
    """Read one file; a structural fault is returned as a reading without rows, never raised.

    Args:
        data: the file's bytes.
        task: what they are read as.
        may_grow: told the size and the columns of what has been found to be a table, before its cells are taken into memory.

    Returns:
        One reading, or one for each LEA of `task.parts`, in their order.
    """
    try:
        named = task.layouts.get(task.layout)
        raw = _parsed(data, named.file if named else {}, may_grow)
        layout = choose_layout(raw, task.contract, task.layouts, task.layout, task.fiscal_year)
        check_header(raw, layout, task.contract, task.fiscal_year)
        if raw.refusal:
            raise raw.refusal
        slot = (task.lea_id, task.fiscal_year)
        readings = apply_layout(raw, layout, task.contract, task.references, slot, task.parts)
        faults = control_faults(task.controls, raw, layout, task.contract)
        faults += spreadsheet_faults(raw, layout, task.contract)
        for reading in readings:
            reading.faults += [*faults, *cell_faults(reading.table, task.contract)]
        return readings
    except Unreadable as refusal:
        count = _count_lines(data)
        return [Reading(layout=task.layout, record_count=count, faults=[refusal.fault]) for _ in task.parts or ("",)]


def _parsed(data: bytes, form: dict, may_grow: Callable[[int, int], None]) -> RawRecords:
    try:
        return _records(data, form, may_grow)
    except (Unreadable, MemoryError):
        raise
    except (
        Exception
    ) as problem:  # bytes are the sender's: whatever they do to a parser is the file's fault, not the night's
        raise Unreadable("file_format", f"Its bytes cannot be read as a table ({type(problem).__name__}).") from problem


def _records(data: bytes, form: dict, may_grow: Callable[[int, int], None]) -> RawRecords:
    if not data:
        raise Unreadable("file_empty", "The file has no bytes.")
    refuse_known_kind(data)
    if data[:4] == b"PAR1":
        return read_parquet(data, may_grow)
    if data[:4] == b"PK\x03\x04":
        return read_xlsx(data, form, may_grow)
    return read_csv(data, form, may_grow)


def _count_lines(data: bytes) -> int:
    # Records of a file that cannot be read are counted as its lines below the header, so that they appear
    # among the suspended; for formats without lines the file counts as one record.
    if data[:2] == b"\x1f\x8b" or data[:4] in (b"PAR1", b"PK\x03\x04"):
        return 1
    lines, before = 0, True
    for start in range(0, len(data), 1 << 20):
        kinds = _KIND[np.frombuffer(data, np.uint8, min(1 << 20, len(data) - start), start)]
        is_end = np.concatenate([[before], kinds[kinds != _BLANK] == _END])
        # A line with a mark begins where the first mark follows a line end.
        lines += int(np.count_nonzero(is_end[:-1] & ~is_end[1:]))
        before = bool(is_end[-1])
    return max(lines - 1, 0)
