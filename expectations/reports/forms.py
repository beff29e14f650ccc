"""A report in the form asked for.

Belongs here: choosing the form, and findings as CSV and JSON, whose fields scripts rely on.
Does not belong here: the page, the workbook, the text (a module each).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable

from expectations.findings import Finding
from expectations.reports.visible import csv_cell

FIELDS = ("edit_id", "severity", "row_number", "column_name", "value", "message", "fix", "is_waived")
FILE_FORMS = ("html", "xlsx", "csv", "json")


def as_csv(findings: Iterable[Finding]) -> str:
    """Every finding, a line each; no cell that a spreadsheet would run."""
    text = io.StringIO()
    writer = csv.DictWriter(text, FIELDS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: csv_cell(value) for name, value in record.items()} for record in records(findings))
    return text.getvalue()


def as_json(findings: Iterable[Finding]) -> str:
    """Every finding, as a list of objects."""
    return json.dumps(records(findings), indent=1, ensure_ascii=False)


def records(findings: Iterable[Finding]) -> list[dict]:
    """Findings by the names scripts know."""
    return [{name: getattr(one, name) for name in FIELDS} for one in findings]
