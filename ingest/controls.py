"""What the sender states beside the records: how many there are, and what their amounts add to.

Two places say it: the submission (`--control-count`, `--control-total`, or the manifest's columns), and a trailer line that a
layout's `control_pattern` declares. Both are held against the file as it was sent, before any layout turns signs or leaves
records out; so a file that broke off on its way is refused though every line of it is sound.

Belongs here: reading such statements, and comparing. Does not belong here: what counts as a record (`records`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from ingest.contracts import Contract
from ingest.layouts import Layout, folded
from ingest.number_forms import EXACT, decimal_of, exact_sum, plain_number
from ingest.reading import Fault, RawRecords
from ingest.refusals import Refusal

_COUNT = re.compile(r"[0-9]{1,12}\Z")


@dataclass(frozen=True)
class Controls:
    """A stated count of records and a stated sum of amounts; None where not stated."""

    count: int | None = None
    total: Decimal | None = None

    @classmethod
    def from_texts(cls, count: str, total: str) -> Controls:
        """Give what these texts state; they were found in order when the file was submitted."""
        return cls(int(count) if count else None, Decimal(total) if total else None)

    @classmethod
    def stated(cls, count: str, total: str, has_amounts: bool) -> Controls:
        """Give what a sender states.

        Raises:
            Refusal: a count or a total that is no number, or a total of a collection without amounts.
        """
        count, total = count.strip(), total.strip()
        if count and not _COUNT.match(count):
            raise Refusal(f"control count '{count}' is none: write the number of records as digits alone, 1204.")
        if total and decimal_of(total) is None:
            raise Refusal(f"control total '{total}' is no number: write the sum of the amounts as 1234.56 or -1234.56.")
        if total and not has_amounts:
            raise Refusal("a control total needs a collection with amounts (ledger); state a control count instead.")
        return cls.from_texts(count, total)

    @property
    def texts(self) -> tuple[str, str]:
        """The same as texts, empty where nothing is stated."""
        count, total = self.count, self.total
        return "" if count is None else str(count), "" if total is None else format(total, "f")


NONE_STATED = Controls()


def control_faults(stated: Controls, raw: RawRecords, layout: Layout, contract: Contract) -> list[Fault]:
    """Compare the records of a whole file with what the submission and the file's own trailer state of them."""
    faults = _compared(stated, "The submission", None, raw, layout, contract)
    pattern = layout.file.get("control_pattern")
    if not pattern:
        return faults
    lines = zip(raw.footer_rows, ("|".join(cells) for cells in raw.footer_cells), strict=True)
    found = [(number, match) for number, line in lines if (match := re.search(pattern, line))]
    if not found:
        said = "The line that states the count and the total is not at its end: the file may have broken off."
        return [*faults, Fault("file_control", said)]
    for number, match in found:
        trailer = _of_trailer(match.groupdict(), layout)
        if isinstance(trailer, Fault):
            faults.append(trailer)
        else:
            faults += _compared(trailer, "Its trailer", number, raw, layout, contract)
    return faults


def _of_trailer(groups: dict[str, str | None], layout: Layout) -> Controls | Fault:
    count, total = ((groups.get(name) or "").strip() for name in ("count", "total"))
    plain = plain_number(total, layout.number) or ""
    if (count and not _COUNT.match(count)) or (plain and decimal_of(plain) is None):
        return Fault("file_control", f"Its trailer states '{count}' records and '{total}', which are not both numbers.")
    return Controls.from_texts(count, plain)


def _compared(
    stated: Controls, who: str, row: int | None, raw: RawRecords, layout: Layout, contract: Contract
) -> list[Fault]:
    faults, count = [], len(raw.row_numbers)
    if stated.count is not None and stated.count != count:
        said = f"{who} states {stated.count:,} records, the file holds {count:,}."
        faults.append(Fault("file_control", said, row, None, str(stated.count)))
    if stated.total is None:
        return faults
    held = _sum_as_sent(raw, layout, contract)
    if held is None:
        said = f"{who} states a total, and this layout has no column of amounts it could be the total of."
        faults.append(Fault("file_control", said, row, None, str(stated.total)))
    elif held != stated.total:
        off = EXACT.subtract(held, stated.total)
        said = f"{who} states a total of {stated.total:,}, the amounts of the file add to {held:,}: off by {off:,}."
        faults.append(Fault("file_control", said, row, contract.amount_column, str(stated.total)))
    return faults


def _sum_as_sent(raw: RawRecords, layout: Layout, contract: Contract) -> Decimal | None:
    """The sum of the column of amounts, debits less credits; of several kinds of amounts, the first the layout lists."""
    position = {folded(name): index for index, name in enumerate(raw.header)}

    def added(name: str) -> Decimal:
        texts = raw.columns[position[folded(name)]]
        plain = [plain_number(cell, layout.number) for cell in texts.to_pylist()] if layout.number else texts
        return exact_sum(plain.drop_null() if plain is texts else [cell for cell in plain if cell])[0]

    if layout.is_standard:
        name = next((one.header for one in contract.columns if one.name == contract.amount_column), "")
        return added(name) if folded(name) in position else None
    if not layout.amounts:
        return None
    first = layout.amounts[0]
    if "from" in first:
        return added(first["from"])
    return EXACT.subtract(added(first["debit"]), added(first["credit"]))
