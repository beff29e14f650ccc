"""What reading a file gives: text cells with their row numbers, or the reason it cannot be read.

Belongs here: the shapes that readers, layouts and the gate pass on, and the list of structural edits.
Does not belong here: reading itself, or any rule about values.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import NamedTuple

import numpy as np
import pyarrow as pa


class Structural(NamedTuple):
    """A structural edit as it is explained; `catalogue_id` where the catalogue of checks (edit_check) knows it."""

    sentence: str
    fix: str
    why: str
    example: str
    catalogue_id: str = ""


# What can be wrong with a file before any value is looked at, by the ending of the edit's id.
STRUCTURAL = {
    "file_format": Structural(
        "The file is a CSV, xlsx or Parquet file that can be opened.",
        "Export the file again, as CSV (UTF-8), xlsx or Parquet.",
        "What cannot be opened whole cannot be counted whole.",
        "An .xls workbook, a workbook with a password or with links to other files, a page of HTML named .csv.",
    ),
    "file_encoding": Structural(
        "The file is readable text in the encoding its layout declares.",
        "Save the file as UTF-8 text.",
        "Read by a guess, names change and so may signs of money; nobody would notice.",
        "A file in Windows-1252 sent under a layout that declares UTF-8.",
        "SYN-encoding",
    ),
    "file_control_characters": Structural(
        "The file holds no NUL and no control characters.",
        "Export the file again; do not repair it in a word processor.",
        "Signs that nobody sees are what a damaged transfer leaves; what else it changed is unknown.",
        "A file whose end was filled with zero bytes.",
    ),
    "file_empty": Structural(
        "The file holds a header and at least one record.",
        "Submit the file that holds the records, or ask for a withdrawal of the slot.",
        "An empty file in the place of the books makes a district that seems to have nothing.",
        "A report run for a period without postings: a header, and nothing below it.",
        "SYN-empty_file",
    ),
    "file_header": Structural(
        "The header names each column of the layout once, and no other column.",
        "Use the column names of the layout; their order does not matter.",
        "A column read under a wrong name puts every value of it in a wrong place.",
        "A column “Obj” where the layout has “Object Code”; two columns “Amount”; the export of a system for which the state has no layout.",
        "SYN-layout",
    ),
    "file_layout": Structural(
        "The file has the header of a known layout, valid in that fiscal year.",
        "Use the standard layout, or name the layout with --layout.",
        "A file read by the layout of another system or year gives codes another meaning.",
        "--layout names a layout that the state does not have, or one of another year.",
    ),
    "file_field_count": Structural(
        "Every record has as many fields as the header.",
        "Quote fields that contain the separator, and remove stray separators.",
        "One separator too many moves every value behind it by a column: a code becomes an amount.",
        "A vendor “Smith, Jones” without quotes.",
    ),
    "file_footer": Structural(
        "Nothing follows the footer lines that the layout declares.",
        "Remove what stands below the footer, or submit the reports one file each.",
        "Records below a footer belong to another report, and would be counted with this one or lost.",
        "Two reports printed into one file.",
    ),
    "file_quotes": Structural(
        "Quotes are opened and closed as CSV demands.",
        "Close the quoted field; double the quotes inside it.",
        "A quote that is never closed swallows the records behind it.",
        'A description with an inch sign: "12" pipe".',
    ),
    "file_line_ends": Structural(
        "Lines end in one of the usual ways, and no carriage return stands alone inside a line.",
        "Export the file again with one kind of line end.",
        "Some programs end a record at a lone carriage return and others do not: records break or run together.",
        "A file of Unix line ends with a carriage return inside a description.",
    ),
    "file_code_as_number": Structural(
        "Codes stand as text, not as spreadsheet numbers or dates.",
        "Format the column as text before entering codes, so that leading zeros stay.",
        "A spreadsheet makes 10 of 010, and a date of 3-1.",
        "A column of funds that Excel holds as numbers.",
    ),
    "file_size": Structural(
        "The file can be read within the limits for one submission.",
        "Split the file, or ask the agency to raise the limit.",
        "A file that takes the reader's memory or time would stop everybody else's.",
        "A workbook that unpacks to a thousand times its size.",
    ),
    "file_cell": Structural(
        "Cells hold values, and no marks that a program left in their place.",
        "Correct the cell in the system the file comes from, and export again.",
        "Where an error mark stands, nobody knows what the value was.",
        "#REF!, #N/A or ##### in a cell; a formula without its result.",
    ),
    "lost_zeros": Structural(
        "Codes keep the zeros they begin with.",
        "Format the column as text before you open the file in a spreadsheet, and export it again.",
        "A spreadsheet has taken the zeros away, and 099 is no longer 99.",
        "A column of 001, 002, 010, and among them 99.",
        "SYN-leading_zero",
    ),
    "file_repeated_header": Structural(
        "The header stands once, above the records.",
        "Send one table a file, with one header line.",
        "A second header is where another table begins, perhaps of other columns.",
        "Two exports copied one below the other.",
    ),
    "file_total_row": Structural(
        "Every record is one record; totals of other records are not among them.",
        "Leave out the row of totals.",
        "A total counted as a record doubles the district.",
        "A last line “Grand total” with the sum of all amounts.",
    ),
    "file_sums": Structural(
        "Columns that state the same money in several ways add to the same.",
        "Correct the figure in the system the file comes from, and export again.",
        "Where two cuts of the same dollars differ, one of them is wrong, and nobody knows which.",
        "Spending by function and spending by object that differ by a column left out.",
        "REC-control_total",
    ),
    "file_control": Structural(
        "The file holds as many records, and as much money, as its sender states.",
        "Export and send the whole file again; or state the count and the total of this file.",
        "A transfer that broke off leaves a file that looks whole.",
        "A count of 4,120 stated for a file of 3,990 records.",
        "SYN-trailer_count, REC-control_total",
    ),
    "type": Structural(
        "Every value can be held exactly by the type of its column.",
        "Write the value as the record layout says.",
        "A value that changes when it is stored is another value: cents are lost and totals no longer tie.",
        "An amount of twenty digits.",
    ),
}


class Unreadable(Exception):
    """The file as a whole, or a record of it, breaks a structural edit."""

    def __init__(
        self, edit: str, detail: str, row_number: int | None = None, column: str | None = None, value: str | None = None
    ):
        super().__init__(detail)
        self.fault = Fault(edit, detail, row_number, column, value)


@dataclass(frozen=True)
class Fault:
    """One structural fault; `edit` is a key of STRUCTURAL."""

    edit: str
    detail: str
    row_number: int | None = None
    column_name: str | None = None
    value: str | None = None


@dataclass
class Excluded:
    """Records a layout leaves out for one reason, their money as far as it can be read, and what cannot (row number, text)."""

    reason: str
    record_count: int = 0
    amount: Decimal = Decimal("0.00")
    unreadable: list[tuple[int, str | None]] = field(default_factory=list)


@dataclass
class RawRecords:
    """A file as text: header, columns of cells (text, null = empty), and the row number of each record."""

    header: list[str]
    columns: list[pa.Array]
    row_numbers: np.ndarray
    # Cells that were numbers or dates in a spreadsheet: column index -> record indexes.
    numeric_cells: dict[int, list[int]] = field(default_factory=dict)
    # Numbers that a spreadsheet shows as percentages: column index -> the first row.
    percent_cells: dict[int, int] = field(default_factory=dict)
    # Row numbers of the declared footer lines: records that no row comes of.
    footer_rows: list[int] = field(default_factory=list)
    # Their cells, which may state how many records and how much money the file holds.
    footer_cells: list[list[str]] = field(default_factory=list)
    # Row numbers of records whose every cell is empty.
    blank_rows: list[int] = field(default_factory=list)
    header_row: int = 1
    # The first record out of form; raised once the header is known to be the layout's.
    refusal: Unreadable | None = None


@dataclass
class Reading:
    """A file through its layout.

    `table` has `row_number` and the contract's columns, all text, empty = null. One record may stand in
    several rows (several amounts). `amount_sum` is the sum of the amount texts, by decimal arithmetic on
    the texts themselves, apart from any database.
    """

    layout: str = ""
    record_count: int = 0
    table: pa.Table | None = None
    excluded: list[Excluded] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    amount_sum: Decimal = Decimal("0.00")
    unreadable_amounts: int = 0
    lea_ids: list[str] = field(default_factory=list)

    def as_json(self) -> dict:
        """Everything but the table, in plain values."""
        return {
            "layout": self.layout,
            "record_count": self.record_count,
            "excluded": [{**asdict(e), "amount": str(e.amount)} for e in self.excluded],
            "faults": [asdict(f) for f in self.faults],
            "amount_sum": str(self.amount_sum),
            "unreadable_amounts": self.unreadable_amounts,
            "lea_ids": self.lea_ids,
        }

    @classmethod
    def from_json(cls, value: dict, table: pa.Table | None) -> Reading:
        return cls(
            layout=value["layout"],
            record_count=value["record_count"],
            table=table,
            excluded=[Excluded(**{**e, "amount": Decimal(e["amount"])}) for e in value["excluded"]],
            faults=[Fault(**f) for f in value["faults"]],
            amount_sum=Decimal(value["amount_sum"]),
            unreadable_amounts=value["unreadable_amounts"],
            lea_ids=value["lea_ids"],
        )
