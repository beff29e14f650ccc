"""The page of an LEA, and the pages of many, as HTML.

Belongs here: whose page it is, what this generation can give, putting pictures into the template.
Does not belong here: what is shown (`charts.yml`, `pictures`), files (`page_files`), opening a generation (`sql_door`).
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb

from expectations.reports.visible import visible
from ingest.refusals import Refusal
from publish.pages.catalogue import Audience, Chart, catalogue
from publish.pages.cells import LONGEST_TEXT, number_text
from publish.pages.figures import Tables, absence, all_figures, fitted, read_key_figures, tables_of
from publish.pages.pictures import pictures_of

FOLDER = Path(__file__).parent
SCRIPTS = ("vega.min.js", "vega-lite.min.js", "vega-embed.min.js", "draw.js")
"""In the order in which a page loads them."""
AT_ONCE = 200
"""LEAs whose rows are in memory at a time."""


@dataclass(frozen=True)
class Edition:
    """What a generation gives an audience: its pictures by section, what it lacks and why, and its identity."""

    audience: Audience
    tables: Tables
    sections: tuple[tuple[str, tuple[Chart, ...]], ...]
    absent: tuple[tuple[str, str], ...]
    about: Mapping[str, object]
    scripts: tuple[str, ...]

    @property
    def charts(self) -> tuple[Chart, ...]:
        """The pictures it can give."""
        return tuple(chart for _, charts in self.sections for chart in charts)


def page_of_lea(con: duckdb.DuckDBPyConnection, lea_id: str, *, audience: Audience, scripts_at: str = "") -> str:
    """The page of one LEA as HTML; it draws where the files of `page_files.script_files` stand beside it.

    Args:
        con: a connection whose search path is a generation's schema `marts` (`sql_door.open_generation`).
        lea_id: as the state assigns it; an unknown one is refused with the nearest.
        audience: `restricted` for the LEA's own extract, `public` for a release.
        scripts_at: where the scripts stand, seen from the page, if not beside it: `../scripts/`.
    """
    if not _named_leas(con, [lea_id]):
        raise Refusal(f"There is no LEA {lea_id} in this generation.{_nearest(con, lea_id)}")
    return next(html for _, html in pages_of_leas(con, [lea_id], audience=audience, scripts_at=scripts_at))


def pages_of_leas(
    con: duckdb.DuckDBPyConnection, lea_ids: Sequence[str] | None = None, *, audience: Audience, scripts_at: str = ""
) -> Iterator[tuple[str, str]]:
    """The pages of these LEAs, or of all, as (lea_id, HTML); unknown ones are left out."""
    edition = _edition(con, audience, scripts_at)
    known = _named_leas(con, lea_ids)
    listed = sorted(known)
    for start in range(0, len(listed), AT_ONCE):
        some = listed[start : start + AT_ONCE]
        figures = all_figures(con, edition.charts, edition.tables, some)
        keys = read_key_figures(con, catalogue().key_figures, edition.tables, some)
        for lea_id in some:
            own = {chart: rows.get(lea_id, []) for chart, rows in figures.items()}
            yield lea_id, _filled(known[lea_id], own, keys.get(lea_id, []), edition)


def _edition(con: duckdb.DuckDBPyConnection, audience: Audience, scripts_at: str) -> Edition:
    tables = tables_of(con)
    lacking = {chart.chart: absence(chart, tables, audience) for chart in catalogue().charts}
    given = tuple(
        (section.heading, tuple(fitted(chart, tables) for chart in section.charts if not lacking[chart.chart]))
        for section in catalogue().sections
    )
    absent = tuple((chart.title, why) for chart in catalogue().charts if (why := lacking[chart.chart]))
    scripts = tuple(scripts_at + name for name in SCRIPTS)
    return Edition(audience, tables, given, absent, _generation(con), scripts)


def _named_leas(con: duckdb.DuckDBPyConnection, lea_ids: Sequence[str] | None) -> dict[str, dict]:
    """The newest entry of each LEA in the directory."""
    columns = ("lea_id", "lea_name", "nces_lea_id", "region_name", "valid_to_fiscal_year")
    found = con.execute(
        f"select {', '.join(columns)} from dim_lea where $lea_ids is null or lea_id in (select unnest($lea_ids)) "
        "order by lea_id, valid_from_fiscal_year",
        {"lea_ids": None if lea_ids is None else list(lea_ids)},
    ).fetchall()
    return {row[0]: dict(zip(columns, row, strict=True)) for row in found}


def _nearest(con: duckdb.DuckDBPyConnection, lea_id: str) -> str:
    known = dict(con.execute("select distinct lea_id, lea_name from dim_lea order by 1").fetchall())
    bare = [other for other in known if other.lstrip("0") == lea_id.lstrip("0")]
    like = bare or difflib.get_close_matches(lea_id, known, 3, 0)
    like += [other for other, name in known.items() if lea_id.casefold() in str(name).casefold()][:3]
    near = ", ".join(f"{other} ({known[other]})" for other in dict.fromkeys(like))
    return f" Nearest: {near}." if near else ""


def _generation(con: duckdb.DuckDBPyConnection) -> Mapping[str, object]:
    """What the generation says of itself; what an older one does not say is empty."""
    found = con.execute("select * from generation")
    names = [part[0] for part in found.description]
    said = dict.fromkeys(("generation_id", "as_of", "cut", "reference_version", "code_version"))
    return said | dict(zip(names, found.fetchone() or [None] * len(names), strict=True))


def _filled(lea: Mapping, figures: Mapping[str, list], keys: Sequence, edition: Edition) -> str:
    sections, absent = [], list(edition.absent)
    for heading, charts in edition.sections:
        shown = []
        for chart in charts:
            pictures = list(pictures_of(chart, lea["lea_id"], figures[chart.chart]))
            shown += pictures
            if not pictures:
                absent.append((chart.title, "Nothing has been reported."))
        if shown:
            sections.append((heading, shown))
    on_top = [(one.label, number_text(value, one.format), f"FY{year}") for one, year, value in keys]
    return _template().render(lea=lea, sections=sections, absent=absent, keys=on_top, edition=edition)


@cache
def _template():
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    pages = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters["visible"] = lambda text: visible(text, LONGEST_TEXT)
    pages.filters["for_script"] = for_script
    return pages.get_template("lea.html.j2")


def for_script(value: object) -> str:
    """JSON that may stand inside a script element: no sign in it can end the element or a line of a script."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text
