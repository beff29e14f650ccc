"""What a spreadsheet's own cell types may be in which column: numbers where codes stand, percentages where money stands.

Belongs here: typed cells held against the contract's columns, through the layout. Does not belong here: finding them
(`reader_parquet`, `workbook_package`), the standard layout's codes (`layout_standard`).
"""

from __future__ import annotations

from collections.abc import Iterator

from ingest.contracts import Column, Contract
from ingest.layouts import Layout, folded
from ingest.reading import Fault, RawRecords


def spreadsheet_faults(raw: RawRecords, layout: Layout, contract: Contract) -> list[Fault]:
    """Find codes that lost their zeros to a number and are not padded, and percentages that are no share."""
    position = {folded(name): index for index, name in reversed(list(enumerate(raw.header)))}
    faults = []
    for column, header, is_padded in _sources(layout, contract):
        index = position.get(folded(header))
        numeric = raw.numeric_cells.get(index)
        if numeric and column.is_text and not is_padded:
            value = raw.columns[index][numeric[0]].as_py()
            said = f"{len(numeric)} cells of {header} are numbers or dates, and layout {layout.name} does not pad them; the first says {value}."
            faults.append(Fault("file_code_as_number", said, int(raw.row_numbers[numeric[0]]), column.name, value))
        row = raw.percent_cells.get(index)
        if row is not None and not column.is_share:
            said = (
                f"A cell of {header} is shown as a percentage, so 12% there holds 0.12: "
                "give the column a number format, and see that the figures are right."
            )
            faults.append(Fault("file_cell", said, row, column.name))
    return faults


def _sources(layout: Layout, contract: Contract) -> Iterator[tuple[Column, str, bool]]:
    """Each column with a column of the file it is taken from, and whether its code may come as a number."""
    if layout.is_standard:
        # `layout_standard` has looked at its codes.
        yield from ((column, column.header, True) for column in contract.columns)
        return
    columns = {column.name: column for column in contract.columns}
    for name, rule in layout.columns.items():
        is_padded = any(key in rule for key in ("pad", "date", "number", "round"))
        for header in _names(rule.get("from")):
            yield columns[name], header, is_padded
    for entry in layout.amounts:
        for key in ("from", "debit", "credit"):
            for header in _names(entry.get(key)):
                yield columns[contract.amount_column], header, True


def _names(said: object) -> list[str]:
    return [] if said is None else [str(one) for one in said] if isinstance(said, list) else [str(said)]
