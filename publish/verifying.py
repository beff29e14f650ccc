"""Proof that what is published is what was written: tables against their manifests, releases against the audit chain, extracts against
their own hashes.

Belongs here: finding what differs, as sentences. Does not belong here: the chain itself (`ingest.registry_proof`), printing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

from ingest.audit import Event
from publish.content_hash import hash_table
from publish.facts import sql_path
from publish.generations import differing_marts
from publish.manifests import Manifest
from publish.shelves import Shelf

AUDIENCES = ("restricted", "public")


def problems(home: Path, released: Sequence[Event], is_whole: bool = False) -> Iterator[str]:
    """One sentence a problem. Of generations the current ones and every release; all with `is_whole`. `released`: events of releases."""
    told = {event.payload["generation_id"]: event.payload["marts"] for event in released if "marts" in event.payload}
    for audience in AUDIENCES:
        shelf = Shelf(home, audience)
        if not shelf.root.is_dir():
            continue
        for generation_id in shelf.complete_ids():
            if is_whole or audience == "public" or generation_id == shelf.current_id():
                yield from _of_generation(shelf, generation_id, told)
        yield from _of_extracts(shelf)
    public = Shelf(home, "public")
    if public.root.is_dir() and (current := public.current_id()) != (meant := _last_shown(released)):
        yield f"the public sees {current or 'nothing'}, and the audit chain says {meant or 'nothing'}: somebody has moved the pointer by hand, or a release was broken off"


def _last_shown(released: Sequence[Event]) -> str | None:
    """What the public sees by the events of releases and of their withdrawal."""
    if not released:
        return None
    payload = released[-1].payload
    return payload["released_again"] if "released_again" in payload else payload["generation_id"]


def _of_generation(shelf: Shelf, generation_id: str, told: dict[str, dict[str, str]]) -> Iterator[str]:
    folder = shelf.folder(generation_id)
    try:
        for table in differing_marts(folder):
            yield f"{shelf.audience} generation {generation_id}: table {table} is not what its manifest says"
        manifest = Manifest.read(folder)
        hashes = {table: mart.content_hash for table, mart in manifest.marts.items()}
        with duckdb.connect() as con:
            for path in sorted(folder.glob("marts/*.parquet")):
                if hash_table(con, f"read_parquet('{sql_path(path)}')")[1] != manifest.tables[path.stem].content_hash:
                    yield f"{shelf.audience} generation {generation_id}: marts/{path.name} is not what its manifest says"
    except (OSError, ValueError, KeyError, TypeError, duckdb.Error) as problem:
        yield f"{shelf.audience} generation {generation_id} cannot be read: {str(problem).splitlines()[0]}"
        return
    if shelf.audience == "public" and generation_id in told and told[generation_id] != hashes:
        yield f"public generation {generation_id}: its manifest is not the one that was released"


def _of_extracts(shelf: Shelf) -> Iterator[str]:
    if shelf.audience == "public" and shelf.current_id() is None and any((shelf.root / "extracts").glob("*")):
        yield "nothing is public, and there are public extracts: `edfin release --withdraw` the release that was withdrawn last once more"
    for descriptor in sorted((shelf.root / "extracts").glob("*/datapackage.json")):
        folder = descriptor.parent
        try:
            resources = json.loads(descriptor.read_text(encoding="utf-8"))["resources"]
            for one in resources:
                data = (folder / one["path"]).read_bytes()
                if f"sha256:{hashlib.sha256(data).hexdigest()}" != one["hash"]:
                    yield f"{shelf.audience} extract {folder.name}: {one['path']} is not what {descriptor.name} says"
        except (OSError, ValueError, KeyError) as problem:
            yield f"{shelf.audience} extract {folder.name} cannot be read: {problem}"
