"""The standard layout: the contract's own headers, cells as they are.

Belongs here: records -> rows where nothing is mapped, and what every reading is made of.
Does not belong here: layouts of districts' own exports (`layout_mapping`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.contracts import Contract
from ingest.layouts import folded
from ingest.number_forms import exact_sum
from ingest.reading import Excluded, Fault, RawRecords, Reading

# Reasons the reader itself leaves rows out for.
FOOTER, BLANK, OTHER_YEAR = "footer", "blank_row", "other_fiscal_year"

# The slot of records that name no LEA, in a file of several.
NO_LEA = "(none)"


def standard_readings(raw: RawRecords, contract: Contract, parts: Sequence[str]) -> list[Reading]:
    """Give the records under the contract's column names: of each LEA of `parts`, or all where none is named."""
    position = {folded(name): index for index, name in enumerate(raw.header)}
    leas = pc.fill_null(raw.columns[position["lea id"]], NO_LEA) if "lea id" in position else None
    lea_ids = sorted(pc.unique(leas).to_pylist()) if leas is not None else []
    if not parts or leas is None:
        return [_reading(raw, contract, position, lea_ids, len(raw.blank_rows))] * max(len(parts), 1)
    place = lea_places(range(len(leas)), leas.to_pylist())
    return [
        # Blank rows belong to no LEA: the first part counts them.
        _reading(
            _restricted(raw, np.array(place.get(lea, ()), np.int64)),
            contract, position, lea_ids, len(raw.blank_rows) if lea_ids[:1] == [lea] else 0,
        )
        for lea in parts
    ]  # fmt: skip


def lea_places(records: Iterable[int], leas: Sequence[str | None]) -> dict[str, list[int]]:
    """Which of these records each LEA of a file has."""
    places: dict[str, list[int]] = {}
    for index in records:
        places.setdefault(leas[index] or NO_LEA, []).append(index)
    return places


def _reading(
    raw: RawRecords, contract: Contract, position: Mapping[str, int], lea_ids: list[str], blanks: int
) -> Reading:
    size = len(raw.row_numbers)
    columns, faults = {}, []
    for column in contract.columns:
        index = position.get(folded(column.header))
        columns[column.name] = raw.columns[index] if index is not None else pa.nulls(size, pa.string())
        if column.is_text and (cells := raw.numeric_cells.get(index)):
            value = raw.columns[index][cells[0]].as_py()
            said = f"{len(cells)} cells of {column.header} are numbers, dates or truth values; the first says {value}."
            faults.append(Fault("file_code_as_number", said, int(raw.row_numbers[cells[0]]), column.name, value))
    reading = new_reading("standard", contract, columns, raw.row_numbers, size + blanks)
    reading.faults = faults
    reading.excluded = [Excluded(BLANK, blanks)] if blanks else []
    reading.lea_ids = lea_ids
    return reading


def new_reading(
    layout: str, contract: Contract, columns: Mapping[str, Sequence], row_numbers: Sequence[int], record_count: int
) -> Reading:
    """Put rows together; columns are Arrow arrays of text, or lists of texts and None."""
    arrays = [pa.array(row_numbers, pa.int64())] + [
        cells if isinstance(cells, pa.Array) else pa.array(cells, pa.string())
        for cells in (columns[name] for name in contract.column_names)
    ]
    reading = Reading(layout=layout, record_count=record_count)
    reading.table = pa.table(arrays, names=["row_number", *contract.column_names])
    if contract.amount_column:
        amounts = reading.table.column(contract.amount_column)
        reading.amount_sum, reading.unreadable_amounts = exact_sum(amounts)
    return reading


def _restricted(raw: RawRecords, kept: np.ndarray) -> RawRecords:
    place = {int(i): new for new, i in enumerate(kept)}
    numeric = {c: [place[i] for i in cells if i in place] for c, cells in raw.numeric_cells.items()}
    columns = [column.take(pa.array(kept)) for column in raw.columns]
    return RawRecords(
        raw.header, columns, raw.row_numbers[kept], {c: cells for c, cells in numeric.items() if cells},
        blank_rows=raw.blank_rows,
    )  # fmt: skip
