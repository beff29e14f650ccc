"""The twenty mistakes that are planted in a ledger, and the slot it is checked for.

Belongs here: what is wrong and where. Does not belong here: checking the file (`conftest`), what a report must say.
"""

import csv

SLOT = ("--lea", "0007", "--collection", "ledger", "--fiscal-year", "2024", "--period", "actual_unaudited")
EVIL = '=HYPERLINK("http://x","<script>alert(1)</script>")'
HIDDEN = "12\u202e34"
# (which of the lines of a class, its class, column, wrong text)
PLANTED = [
    (3, "expenditure", "Fund Code", ""), (5, "expenditure", "Source Code", "31100"), (1, "revenue", "Function Code", "110"),
    (15, "school", "School ID", ""), (9, "school", "School ID", "999"), (20, "expenditure", "Object Code", ""),
    (25, "expenditure", "LEA ID", "7"), (30, "expenditure", "Fiscal Year", "2023"), (35, "expenditure", "Fund Code", "10"),
    (40, "expenditure", "Account Class", "expense"), (45, "expenditure", "Function Code", "777"),
    (50, "expenditure", "Object Code", "1234.00"), (55, "expenditure", "Program Code", "9X9"), (3, "revenue", "Source Code", "99999"),
    (60, "expenditure", "Location Type", "site"), (65, "expenditure", "Posting Date", "06/30/2024"),
    (70, "expenditure", "Amount Type", "Act"), (75, "expenditure", "Amount", "$1,234.50"), (80, "expenditure", "Amount", ""),
    (85, "expenditure", "Amount", "12.345"),
]  # fmt: skip


def write(path, rows):
    """Write rows as CSV."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)
