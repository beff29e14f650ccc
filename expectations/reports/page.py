"""Reports as one HTML file: no script, nothing loaded from anywhere, everything of the district's escaped.

Belongs here: filling the templates. Does not belong here: what they say (`report`, `wording`), where a page is put.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache, partial
from itertools import zip_longest
from pathlib import Path

from expectations.reports.report import Edit, Report, Rows
from expectations.reports.visible import visible
from expectations.reports.wording import MAY_FOLLOW, SEVERITY, STAGE, unread

MOST_CODES = 500
MOST_ROWS = 200


@lru_cache(maxsize=1)
def _templates():
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = FileSystemLoader(Path(__file__).parent / "templates")
    found = Environment(loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    found.filters |= {"shown": visible, "shown_long": partial(visible, longest=2000)}
    return found


def shows_rows(report: Report) -> bool:
    """Whether the page lists the findings row by row: they are few enough to be read one by one."""
    return 1 < len(report.by_row) <= MOST_ROWS


def as_html(report: Report, rows: Rows = (), header: Sequence[str] = ()) -> str:
    """The report of one file as a page.

    Args:
        report: what is said of the file.
        rows: the file's rows (row number, texts), to show those with findings whole; none where they may not be shown.
        header: the texts of its header row.
    """
    facts = dict(report.facts)
    wanted = {number for number, _ in report.by_row} if shows_rows(report) else set()
    whole = {number: _named(texts, header) for number, texts in rows if number in wanted}
    return _templates().get_template("report.html.j2").render(
        report=report, whole=whole, has_rows=bool(wanted), words=SEVERITY, may_follow=MAY_FOLLOW, unread=unread, has_submission="Submission" in facts,
        has_preamble=facts.get("Layout") != "standard", most_codes=MOST_CODES,
    )  # fmt: skip


def _named(texts: Sequence[str], header: Sequence[str]) -> list[tuple[str, str]]:
    """A row's cells, each with its header; a cell beyond the header says so."""
    return [(name or "(no header)", text) for name, text in zip_longest(header, texts, fillvalue="") if name or text]


def edits_as_html(edits: Iterable[Edit], titles: Mapping[str, str], back_to: str = "") -> str:
    """All edits as a page, under the titles of their collections. `back_to`: the first page of the site it is part of."""
    listed = list(edits)
    return (
        _templates()
        .get_template("edits.html.j2")
        .render(edits=listed, titles=titles, words=SEVERITY, stages=STAGE, back_to=back_to)
    )
