"""Making the extracts of all LEAs of a generation: only those whose content is another than that of the extract on the shelf.

An extract is written beside its place and renamed into it. A process killed between the two renames leaves none; the next run makes it.

Belongs here: which are made, and putting them in place. Does not belong here: what is in one (`package`).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ingest.atomic_files import write_bytes
from publish.content_hash import Column, quoted, row_hash_sql, sums_sql
from publish.extracts.catalogue import Table, Units, read_tables
from publish.extracts.changes import as_table, changes_of
from publish.extracts.package import About, files_of
from publish.extracts.rows import select_rows
from publish.manifests import Manifest
from publish.pages.page import pages_of_leas
from publish.pages.page_files import script_files
from publish.shelves import Shelf, draft_of, sweep_abandoned
from publish.sql_door import open_generation

LAYOUT = "2"
"""Another one makes every extract anew: count up when files or looks change."""
KEY_FILE = ".content_key"
SCRIPTS = "scripts"
AT_ONCE = 40
PROCESSES = 2


@dataclass
class Made:
    """What a run did, by LEA."""

    written: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Work:
    """Where extracts come from and go to; small enough to hand to another process."""

    home: Path
    project: Path
    generation_id: str
    is_public: bool = False

    @property
    def shelf(self) -> Shelf:
        return Shelf(self.home, "public" if self.is_public else "restricted")

    @property
    def place(self) -> Path:
        return self.shelf.root / "extracts"

    @property
    def scripts(self) -> Path:
        """Beside the extracts, by what is in them: another edition is another folder."""
        digest = hashlib.sha256(b"".join(script_files().values())).hexdigest()[:16]
        return self.shelf.root / f"page_scripts-{digest}"

    @property
    def marts(self) -> Path:
        return self.project / "dbt" / "models" / "marts"

    @property
    def units(self) -> Units:
        return Units(self.project / "dbt" / "seeds" / "unit_of_measure.csv")


def folder_name(lea_id: str) -> str:
    """The folder of an LEA's extract, whatever characters its id has."""
    name = quote(lea_id, safe="")
    return f"%2E{name[1:]}" if name.startswith(".") else name


def make_extracts(work: Work, only: str | None = None) -> Made:
    """Bring the extracts of all LEAs up to the generation, or that of `only` one."""
    work.place.mkdir(parents=True, exist_ok=True)
    sweep_abandoned(work.place)
    for name, data in script_files().items():
        if not (work.scripts / name).exists():
            write_bytes(work.scripts / name, data)
    tables = lea_tables(work)
    keys = content_keys(work, tables)
    made = Made()
    for lea_id, key in keys.items():
        if only not in (None, lea_id):
            continue
        has_it = _key_on_shelf(work, lea_id) == key
        (made.unchanged if has_it else made.written).append(lea_id)
    batches = [made.written[start : start + AT_ONCE] for start in range(0, len(made.written), AT_ONCE)]
    if len(batches) < 2:
        for batch in batches:
            write_batch(work, tables, batch, keys)
    else:
        # Spawned: a fork would share the engine's threads with this process.
        with ProcessPoolExecutor(PROCESSES, get_context("spawn"), _end_with, (os.getpid(),)) as pool:
            for done in [
                pool.submit(write_batch, work, tables, batch, {one: keys[one] for one in batch}) for batch in batches
            ]:
                done.result()
    if only is None:
        made.removed = _remove_others(work, keys)
    return made


def _end_with(parent: int) -> None:
    """A worker ends with the night that started it: a killed one must not go on writing."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _remove_others(work: Work, keys: dict[str, str]) -> list[str]:
    """Extracts of LEAs the generation knows nothing of any more."""
    wanted = {folder_name(lea_id) for lea_id in keys}
    gone = [
        one
        for one in sorted(work.place.iterdir())
        if one.is_dir() and one.name not in wanted and ".tmp-" not in one.name
    ]
    for folder in gone:
        _discard(folder)
    return [folder.name for folder in gone]


def lea_tables(work: Work) -> list[Table]:
    """The tables of an LEA's extract."""
    with open_generation(work.home, work.generation_id, work.is_public) as con:
        return [table for table in read_tables(con, work.marts, work.units) if "lea" in table.levels]


def content_keys(work: Work, tables: Sequence[Table]) -> dict[str, str]:
    """Per LEA the hash of all its rows and of the words beside them."""
    with open_generation(work.home, work.generation_id, work.is_public) as con:
        lines: dict[str, list[str]] = {}
        for table in tables:
            columns = [Column(column.name, column.data_type) for column in table.columns]
            sums = con.execute(
                f"select lea_id, {sums_sql(row_hash_sql(columns, is_whole=True))} from {quoted(table.name)} "
                "where lea_id is not null group by lea_id order by lea_id"
            ).fetchall()
            for lea_id, *found in sums:
                lines.setdefault(lea_id, []).append(f"{table.name} {found}")
        words = hashlib.sha256(repr((LAYOUT, tables)).encode()).hexdigest()
    return {
        lea_id: hashlib.sha256("\n".join([words, *told]).encode()).hexdigest() for lea_id, told in sorted(lines.items())
    }


def write_batch(work: Work, tables: Sequence[Table], lea_ids: Sequence[str], keys: dict[str, str]) -> None:
    """Write the extracts of some LEAs."""
    manifest = Manifest.read(work.shelf.folder(work.generation_id))
    with open_generation(work.home, work.generation_id, work.is_public) as con:
        listed = ", ".join("'" + lea_id.replace("'", "''") + "'" for lea_id in lea_ids)
        rows = [(table, select_rows(con, table, f"lea_id in ({listed})")) for table in tables]
        names = dict(
            con.execute(
                f"select lea_id, max_by(lea_name, valid_from_fiscal_year) from dim_lea where lea_id in ({listed}) group by 1"
            ).fetchall()
        )
        pages = dict(pages_of_leas(con, lea_ids, audience=work.shelf.audience, scripts_at=f"{SCRIPTS}/"))
    for lea_id in lea_ids:
        own = [(table, found.filter(pc.equal(found.column("lea_id"), lea_id))) for table, found in rows]
        own = [(table, found) for table, found in own if found.num_rows]
        title = f"{names.get(lea_id) or 'LEA'} ({lea_id}): standard extract"
        about = About(f"edfin-lea-{slug(lea_id)}", title, work.shelf.audience, lea_id)
        target = work.place / folder_name(lea_id)
        # An LEA the directory does not name has rows and no page.
        page = pages.get(lea_id)
        files = files_of(about, manifest, own, _changes(target, own), page.encode() if page else None)
        put_extract(target, files, keys[lea_id], work.scripts)


def _changes(target: Path, tables: Sequence[tuple[Table, pa.Table]]) -> pa.Table:
    """Against the extract that stands there; where its content is this one (a change of looks), what it told is told again."""
    found = [change for table, rows in tables for change in changes_of(table, _before(target, table.name), rows)]
    gone = {path.stem for path in target.glob("parquet/*.parquet")} - {table.name for table, _ in tables}
    return as_table(found + [(name, "removed", "the whole table", "", "", "") for name in sorted(gone)])


def _before(target: Path, table: str) -> pa.Table | None:
    path = target / "parquet" / f"{table}.parquet"
    return pq.read_table(path) if path.is_file() else None


def put_extract(target: Path, files: dict[str, bytes], key: str, scripts: Path) -> None:
    """Put the files in place as one folder, the page's scripts as links: twelve hundred extracts hold them once."""
    with draft_of(target) as draft:
        for path, data in files.items():
            (draft / path).parent.mkdir(parents=True, exist_ok=True)
            (draft / path).write_bytes(data)
        (draft / SCRIPTS).mkdir()
        for path in scripts.iterdir():
            (draft / SCRIPTS / path.name).hardlink_to(path)
        (draft / KEY_FILE).write_text(key, encoding="ascii")
        if target.exists():
            _discard(target)
        draft.rename(target)


def _discard(folder: Path) -> None:
    """Out of sight first, by the name of a draft, so that a kill leaves nothing that looks whole."""
    gone = folder.with_name(f"{folder.name}.gone.tmp-{os.getpid()}")
    shutil.rmtree(gone, ignore_errors=True)
    folder.rename(gone)
    shutil.rmtree(gone)


def remove_extracts(work: Work) -> None:
    """Take every extract away: nothing is published that they could be of."""
    if work.place.is_dir():
        gone = work.place.with_name(f"{work.place.name}.tmp-{os.getpid()}")
        work.place.rename(gone)
        shutil.rmtree(gone)


def _key_on_shelf(work: Work, lea_id: str) -> str | None:
    path = work.place / folder_name(lea_id) / KEY_FILE
    return path.read_text(encoding="ascii") if path.is_file() else None


def slug(lea_id: str) -> str:
    """An id as part of a package's name, which has letters, digits and hyphens only."""
    return "".join(one if one.isascii() and one.isalnum() else "-" for one in lea_id.lower())
