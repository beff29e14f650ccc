"""Reports as one HTML file: no script, nothing loaded from anywhere, everything of the district's escaped.

Belongs here: filling the templates. Does not belong here: what they say (`report`, `wording`), where a page is put.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache, partial
from pathlib import Path

from expectations.reports.report import Edit, Report
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


def as_html(report: Report) -> str:
    """The report of one file as a page."""
    facts = dict(report.facts)
    return _templates().get_template("report.html.j2").render(
        report=report, words=SEVERITY, may_follow=MAY_FOLLOW, unread=unread, has_submission="Submission" in facts,
        has_preamble=facts.get("Layout") != "standard", most_codes=MOST_CODES, most_rows=MOST_ROWS,
    )  # fmt: skip


def edits_as_html(edits: Iterable[Edit], titles: Mapping[str, str]) -> str:
    """All edits as a page, under the titles of their collections."""
    listed = list(edits)
    return _templates().get_template("edits.html.j2").render(edits=listed, titles=titles, words=SEVERITY, stages=STAGE)
