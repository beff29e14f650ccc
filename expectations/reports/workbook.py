"""The report as a workbook: sheet Findings, and the district's own file with the failing cells filled and commented.

Every cell is text, so that nothing in it can run, and codes keep their zeros when somebody mends them here.

Belongs here: the two sheets. Does not belong here: reading the file (`ingest.cells` gives its rows), the other forms.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from expectations.findings import Finding
from expectations.reports.report import Report, Rows
from expectations.reports.sheet_cells import COLOURS, TextCells
from expectations.reports.visible import visible
from expectations.reports.wording import SEVERITY, SEVERITY_ORDER, unread

FILE_SHEET = "Your file"
MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
MOST_LISTED, MOST_LINKS, MOST_COMMENTS = 100_000, 10_000, 5_000
"""Findings listed, links and comments: more, and spreadsheet programs become slow or refuse the file."""

Marks = Mapping[int, Mapping[int, Sequence[Finding]]]
"""Findings by row number and column position; position 0 is the whole row."""


def write_workbook(
    report: Report, target: Path, rows: Rows = (), header: Sequence[str] = (), why_no_file: str = ""
) -> None:
    """Write the workbook.

    Args:
        report: what is said of the file.
        target: the workbook to write.
        rows: the file's rows (row number, texts) in order; none where the file cannot be shown.
        header: the texts of its header row.
        why_no_file: said in place of the file's rows.

    Raises:
        OSError: the target cannot be written.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    if rows and (rows[-1][0] > MOST_ROWS or max(len(cells) for _, cells in rows) > MOST_COLUMNS):
        rows, why_no_file = (), "The file has more rows or columns than a spreadsheet can show."
    positions = {name: place for place, name in enumerate(map(_folded, header), 1)}
    places = {column: positions.get(_folded(shown), 0) for column, shown in report.headers.items()}
    _findings_sheet(book, report, places, bool(rows), why_no_file)
    if rows:
        _file_sheet(book, report, rows, places)
    book.save(target)


def _folded(header: str) -> str:
    return " ".join(header.replace("_", " ").split()).casefold()


def _findings_sheet(book, report: Report, places: Mapping[str, int], has_file: bool, why_no_file: str) -> None:
    sheet = book.create_sheet("Findings")
    for letter, width in zip("ABCDEFGH", (26, 20, 10, 22, 26, 60, 60, 40), strict=True):
        sheet.column_dimensions[letter].width = width
    cells = TextCells(sheet)
    for line in _opening(report, why_no_file):
        sheet.append([cells.text(line[0], bold=True), *(cells.text(cell) for cell in line[1:])])
    sheet.append([])
    names = ("Severity", "Edit", "Row", "Column", "Value", "What is wrong", "How to fix", "Expected")
    sheet.append([cells.text(name, bold=True) for name in names])
    edits = {group.edit.edit_id: group.edit for group in report.groups}
    order = {group.edit.edit_id: place for place, group in enumerate(report.groups)}
    listed = sorted(report.findings, key=lambda f: (SEVERITY_ORDER.index(f.severity), order.get(f.edit_id, 0)))[
        :MOST_LISTED
    ]
    for number, finding in enumerate(listed):
        place = f"'{FILE_SHEET}'!{_address(finding, places)}" if has_file and finding.row_number else ""
        expected = edits[finding.edit_id].expected if finding.edit_id in edits else ""
        said = (
            SEVERITY[finding.severity][0] + (" (waived)" if finding.is_waived else ""),
            finding.edit_id,
            finding.row_number or finding.item_key or "file",
            report.headers.get(finding.column_name, finding.column_name) or "",
            visible(finding.value) if finding.column_name and (finding.row_number or finding.value) else "",
            finding.message,
            finding.fix,
            expected,
        )
        linked = place if number < MOST_LINKS else ""
        sheet.append(
            [
                cells.text(
                    str(text), wrap=i > 3, link=linked if i == 2 else "", colour=finding.severity if i == 0 else ""
                )
                for i, text in enumerate(said)
            ]
        )


def _opening(report: Report, why_no_file: str) -> Iterator[tuple[str, ...]]:
    yield "File", report.file_name
    yield "Verdict", report.verdict
    for severity, (title, meaning) in SEVERITY.items():
        if report.of(severity):
            yield title, f"Findings: {report.count(severity):,}. {meaning}"
    for flow in report.flows:
        yield (
            f"{flow.of} in the file",
            f"{flow.into} = {flow.accepted} accepted + {flow.excluded} excluded + {flow.suspended} suspended",
        )
    if report.unread:
        yield "Not in these dollars", unread(report.unread)
    yield from report.facts
    for number, step in enumerate(report.next_steps, 1):
        yield (f"What to do next, {number}", step)
    if why_no_file:
        yield "Why the file itself is not shown", why_no_file
    else:
        yield "The file itself", f"Sheet \u201c{FILE_SHEET}\u201d; failing cells are filled and carry a comment."
    if len(report.findings) > MOST_LISTED:
        yield (
            "Not listed here",
            f"{len(report.findings) - MOST_LISTED:,} more findings; the report as CSV lists every one.",
        )
    if report.not_evaluated:
        yield "Not evaluated", ", ".join(edit.edit_id for edit in report.not_evaluated)


def _address(finding: Finding, places: Mapping[str, int]) -> str:
    from openpyxl.utils import get_column_letter

    return f"{get_column_letter(places.get(finding.column_name or '', 0) or 1)}{finding.row_number}"


def _file_sheet(book, report: Report, rows: Rows, places: Mapping[str, int]) -> None:
    sheet = book.create_sheet(FILE_SHEET)
    cells = TextCells(sheet, MOST_COMMENTS)
    marks = _marks(report, places)
    last = 0
    for number, texts in rows:
        for _ in range(last + 1, number):
            sheet.append([])
        last = number
        sheet.append(_row(cells, texts, marks.get(number, {})))


def _marks(report: Report, places: Mapping[str, int]) -> Marks:
    marks: dict[int, dict[int, list[Finding]]] = {}
    for finding in report.findings:
        if finding.row_number and not finding.is_waived:
            place = places.get(finding.column_name or "", 0)
            marks.setdefault(finding.row_number, {}).setdefault(place, []).append(finding)
    return marks


def _row(cells: TextCells, texts: list[str], marks: Mapping[int, Sequence[Finding]]) -> list:
    whole = marks.get(0, ())
    width = max([len(texts), *marks, 1 if whole else 0])
    row = []
    for place in range(1, width + 1):
        own = [*marks.get(place, ()), *(whole if place == 1 else ())]
        worst = min([*own, *whole], key=lambda f: list(COLOURS).index(f.severity), default=None)
        comment = "\n\n".join(dict.fromkeys(f"{f.edit_id}: {f.message}\n{f.fix}" for f in own))
        text = texts[place - 1] if place <= len(texts) else ""
        row.append(cells.text(text, colour=worst.severity if worst else "", comment=comment))
    return row
