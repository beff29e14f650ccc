"""The page of an LEA, and the pages of all: one HTML file each, and beside them one copy of the scripts that draw.

Belongs here: putting pictures into the template, whose page it is, writing files.
Does not belong here: what is shown (`charts.yml`, `pictures`), opening a generation (`sql_door`).
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from urllib.parse import quote

import duckdb

from ingest import atomic_files
from ingest.refusals import Refusal
from publish.pages.catalogue import Audience, catalogue
from publish.pages.cells import LONGEST_TEXT, number_text, visible
from publish.pages.figures import Tables, absence, all_figures, read_key_figures, tables_of
from publish.pages.pictures import pictures_of

FOLDER = Path(__file__).parent
SCRIPTS = ("vega.min.js", "vega-lite.min.js", "vega-embed.min.js", "draw.js")
"""In the order in which a page loads them."""
BESIDE = ("LICENSE.vega", "LICENSE.vega-lite", "LICENSE.vega-embed", "PROVENANCE.md")
AT_ONCE = 200
"""LEAs whose rows are in memory at a time."""


def page_of_lea(con: duckdb.DuckDBPyConnection, lea_id: str, *, audience: Audience) -> str:
    """The page of one LEA as HTML; it draws where the files of `write_scripts` stand beside it.

    Args:
        con: a connection whose search path is a generation's schema `marts` (`sql_door.open_generation`).
        lea_id: as the state assigns it; an unknown one is refused with the nearest.
        audience: `restricted` for the LEA's own extract, `public` for a release.
    """
    if not _named_leas(con, [lea_id]):
        raise Refusal(f"There is no LEA {lea_id} in this generation.{_nearest(con, lea_id)}")
    return next(html for _, html in pages_of_leas(con, [lea_id], audience=audience))


def pages_of_leas(
    con: duckdb.DuckDBPyConnection, lea_ids: Sequence[str] | None = None, *, audience: Audience
) -> Iterator[tuple[str, str]]:
    """The pages of these LEAs, or of all, as (lea_id, HTML); unknown ones are left out."""
    tables, about = tables_of(con), _generation(con)
    known = _named_leas(con, lea_ids)
    listed = sorted(known)
    for start in range(0, len(listed), AT_ONCE):
        some = listed[start : start + AT_ONCE]
        figures = all_figures(con, catalogue(), tables, audience, some)
        keys = read_key_figures(con, catalogue().key_figures, tables, some)
        for lea_id in some:
            own = {chart: rows.get(lea_id, []) for chart, rows in figures.items()}
            yield lea_id, _filled(known[lea_id], own, keys.get(lea_id, []), tables, audience, about)


def write_page(con: duckdb.DuckDBPyConnection, lea_id: str, folder: Path, *, audience: Audience) -> Path:
    """Write the page of one LEA with its scripts into a folder; nothing is written of an unknown LEA."""
    html = page_of_lea(con, lea_id, audience=audience)
    write_scripts(folder)
    path = folder / page_name(lea_id)
    atomic_files.write_bytes(path, html.encode(), durable=False)
    return path


def write_pages(
    con: duckdb.DuckDBPyConnection, folder: Path, lea_ids: Sequence[str] | None = None, *, audience: Audience
) -> Iterator[Path]:
    """Write the pages of these LEAs, or of all, into one folder with one copy of the scripts."""
    write_scripts(folder)
    for lea_id, html in pages_of_leas(con, lea_ids, audience=audience):
        path = folder / page_name(lea_id)
        atomic_files.write_bytes(path, html.encode(), durable=False)
        yield path


def write_scripts(folder: Path) -> None:
    """Put the scripts that draw, and their licenses, into a folder of pages."""
    for name in (*SCRIPTS, *BESIDE):
        source = FOLDER / name if name == "draw.js" else FOLDER / "vendored" / name
        atomic_files.write_bytes(folder / name, source.read_bytes(), durable=False)


def page_name(lea_id: str) -> str:
    """The file of an LEA's page; an id may hold any sign, a file's name may not."""
    return f"lea-{re.sub('%', '_', quote(lea_id, safe=''))}.html"


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
    found = con.execute("select generation_id, as_of, cut, reference_version, code_version from generation")
    names = [part[0] for part in found.description]
    return dict(zip(names, found.fetchone() or [None] * len(names), strict=True))


def _filled(
    lea: Mapping, figures: Mapping[str, list], keys: Sequence, tables: Tables, audience: Audience, about: Mapping
) -> str:
    sections, absent = [], []
    for section in catalogue().sections:
        shown = []
        for chart in section.charts:
            pictures = list(pictures_of(chart, lea["lea_id"], figures.get(chart.chart, ())))
            shown += pictures
            if not pictures:
                why = absence(chart, tables, audience) or "Nothing has been reported."
                absent.append((chart.title, why))
        if shown:
            sections.append((section.heading, shown))
    figures_on_top = [(one.label, number_text(value, one.format), f"FY{year}") for one, year, value in keys]
    return _template().render(
        lea=lea, sections=sections, absent=absent, keys=figures_on_top, audience=audience, about=about, scripts=SCRIPTS
    )


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
