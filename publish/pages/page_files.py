"""Pages as files: one HTML file each, and one copy of the scripts that draw for all pages of a folder.

Belongs here: names of files, writing them. Does not belong here: what a page says (`page`), which folders there are (extracts, releases).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

import duckdb

from ingest import atomic_files
from publish.pages.catalogue import Audience
from publish.pages.page import FOLDER, SCRIPTS, page_of_lea, pages_of_leas

BESIDE = ("LICENSE.vega", "LICENSE.vega-lite", "LICENSE.vega-embed", "PROVENANCE.md")
"""What the makers of the scripts ask to go with them."""


def script_files() -> dict[str, bytes]:
    """The scripts that draw, with their licenses, by the name they have beside a page."""
    own = {"draw.js": (FOLDER / "draw.js").read_bytes()}
    return own | {name: (FOLDER / "vendored" / name).read_bytes() for name in (*SCRIPTS, *BESIDE) if name not in own}


def page_name(lea_id: str) -> str:
    """The file of an LEA's page; an id may hold any sign, a file's name may not."""
    return f"lea-{re.sub('%', '_', quote(lea_id, safe=''))}.html"


def write_page(con: duckdb.DuckDBPyConnection, lea_id: str, folder: Path, *, audience: Audience) -> Path:
    """Write the page of one LEA with its scripts into a folder; nothing is written of an unknown LEA."""
    html = page_of_lea(con, lea_id, audience=audience)
    _write_scripts(folder)
    return _write(folder, lea_id, html)


def write_pages(
    con: duckdb.DuckDBPyConnection, folder: Path, lea_ids: Sequence[str] | None = None, *, audience: Audience
) -> Iterator[Path]:
    """Write the pages of these LEAs, or of all, into one folder with one copy of the scripts."""
    _write_scripts(folder)
    for lea_id, html in pages_of_leas(con, lea_ids, audience=audience):
        yield _write(folder, lea_id, html)


def _write_scripts(folder: Path) -> None:
    for name, data in script_files().items():
        atomic_files.write_bytes(folder / name, data, durable=False)


def _write(folder: Path, lea_id: str, html: str) -> Path:
    path = folder / page_name(lea_id)
    atomic_files.write_bytes(path, html.encode(), durable=False)
    return path
