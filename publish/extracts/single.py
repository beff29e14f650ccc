"""Extracts made when they are asked for: one school, or the whole state.

Belongs here: their rows and names. Does not belong here: the extracts of LEAs, which every publication brings up (`making`).
"""

from __future__ import annotations

import difflib

import duckdb

from ingest.refusals import Refusal
from publish.content_hash import literal
from publish.extracts.catalogue import Table, read_tables
from publish.extracts.changes import as_table
from publish.extracts.making import Work, slug
from publish.extracts.package import About, files_of
from publish.extracts.rows import select_rows
from publish.manifests import Manifest
from publish.sql_door import open_generation

Files = dict[str, bytes]


def check_lea(work: Work, lea_id: str) -> None:
    """Refuse an LEA the generation does not know.

    Raises:
        Refusal: there is none; the nearest ids are named.
    """
    with open_generation(work.home, work.generation_id, work.is_public) as con:
        known = dict(
            con.execute("select lea_id, max_by(lea_name, valid_from_fiscal_year) from dim_lea group by 1").fetchall()
        )
    if lea_id not in known:
        near = difflib.get_close_matches(lea_id, known, 3, 0.4) or sorted(known)[:3]
        named = ", ".join(f"{one} ({known[one]})" for one in near)
        raise Refusal(f"LEA {lea_id} is not in generation {work.generation_id}. Nearest: {named}.")


def school_extract(work: Work, lea_id: str, school_id: str) -> Files:
    """The files of one school's extract.

    Raises:
        Refusal: the LEA has no such school in this generation.
    """
    with open_generation(work.home, work.generation_id, work.is_public) as con:
        tables = [table for table in read_tables(con, work.marts, work.units) if "school" in table.levels]
        where = f"lea_id = {literal(lea_id)} and school_id = {literal(school_id)}"
        rows = [(table, select_rows(con, table, where)) for table in tables]
        name = _school_name(con, lea_id, school_id)
    title = f"{name} ({lea_id}, school {school_id}): standard extract"
    about = About(f"edfin-school-{slug(lea_id)}-{slug(school_id)}", title, work.shelf.audience, lea_id, school_id)
    return _files(work, about, [(table, found) for table, found in rows if found.num_rows])


def state_extract(work: Work) -> Files:
    """The files of the statewide extract: every table, all LEAs."""
    with open_generation(work.home, work.generation_id, work.is_public) as con:
        tables = [table for table in read_tables(con, work.marts, work.units) if "state" in table.levels]
        rows = [(table, select_rows(con, table)) for table in tables]
    return _files(work, About("edfin-state", "All LEAs: standard extract", work.shelf.audience), rows)


def _files(work: Work, about: About, rows: list[tuple[Table, object]]) -> Files:
    return files_of(about, Manifest.read(work.shelf.folder(work.generation_id)), rows, as_table([]))


def _school_name(con: duckdb.DuckDBPyConnection, lea_id: str, school_id: str) -> str:
    found = con.execute(
        "select school_id, max_by(school_name, valid_from_fiscal_year) from dim_school where lea_id = ? group by 1 order by 1",
        [lea_id],
    ).fetchall()
    names = dict(found)
    if school_id not in names:
        near = difflib.get_close_matches(school_id, names, 3, 0.4) or list(names)[:3]
        named = ", ".join(f"{one} ({names[one]})" for one in near) or "none"
        raise Refusal(f"LEA {lea_id} has no school {school_id} here. Nearest: {named}.")
    return names[school_id] or "School"
