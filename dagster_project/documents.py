"""The documents of a generation: its site, every edit explained, and dbt's own page for the lineage in full.

dbt's page takes seconds and depends on the code alone; the site's pages depend on code and reference. A night makes again what changed, and
always the first page, which says which generation it is.

Belongs here: when each is made, and calling what makes it. Does not belong here: pages (`publish.site`, `expectations.reports`).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import dagster as dg

from dagster_project.build import dbt_environment
from dagster_project.house import House, code_version
from dagster_project.ready_dbt import door_command
from expectations.reports.page import edits_as_html
from ingest.edit_list import all_edits as every_edit
from ingest.settings import project_folder
from publish.runs import RunInfo
from publish.site.catalogue import FILE, Catalogue, read_catalogue
from publish.site.manifest_words import catalogue_of
from publish.site.pages import Book
from publish.site.site import GLOSSARY, INDEX, first_file, lasting_files, restricted_book, versions_of

EDITS, LINEAGE = "edits.html", "lineage.html"


def static_documents(house: House, run: RunInfo) -> Path:
    """The folder of a night's documents, made again where the code or the reference is another.

    Raises:
        Failure: dbt could not make its page.
    """
    folder = house.build_folder / "docs"
    folder.mkdir(exist_ok=True)
    _if_changed(house, "docs_made_for", LINEAGE, code_version(), lambda: _write_dbt_page(house, folder))
    wanted = f"{code_version()} {run.reference_version} {words_version()}"
    _if_changed(house, "site_made_for", FILE, wanted, lambda: _write_site(house, run, folder, (EDITS, LINEAGE)))
    _write(folder, first_file(_book(house, run, read_catalogue(folder / FILE), (EDITS, LINEAGE)), run))
    return folder


def site_apart(house: House, run: RunInfo) -> Path:
    """The folder of the documents of a build that is not the night's: without dbt's page, which costs more than the rest."""
    folder = house.build_folder / "docs"
    folder.mkdir(exist_ok=True)
    book = _write_site(house, run, folder, (EDITS,))
    _write(folder, first_file(book, run))
    return folder


@lru_cache(maxsize=1)
def words_version() -> str:
    """A hash over what the site says beside the code: templates, lists of what is shown, the glossary."""
    root = project_folder()
    shown = [path for path in (root / "publish" / "site").rglob("*") if path.suffix in (".yml", ".j2", ".css", ".js")]
    digest = hashlib.sha256()
    for path in sorted(one for one in [*shown, root / GLOSSARY] if one.is_file()):
        digest.update(f"{path.relative_to(root)}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _if_changed(house: House, stamp: str, made: str, wanted: str, make: Callable[[], object]) -> None:
    """The stamp is written last: what was begun and not ended is made again."""
    path = house.build_folder / stamp
    if path.exists() and path.read_text(encoding="utf-8") == wanted and (house.build_folder / "docs" / made).exists():
        return
    path.unlink(missing_ok=True)
    make()
    path.write_text(wanted, encoding="utf-8")


def _write_dbt_page(house: House, folder: Path) -> None:
    environment = {**os.environ, **dbt_environment(house)}
    project = project_folder() / "dbt"
    command = [door_command(), "--quiet", "docs", "generate", "--static", "--no-compile", "--project-dir", str(project)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    page = house.target_folder / "static_index.html"
    if done.returncode != 0 or not page.exists():
        raise dg.Failure(f"dbt docs failed: {(done.stdout + done.stderr)[-2000:]}")
    shutil.copyfile(page, folder / LINEAGE)


def _write_site(house: House, run: RunInfo, folder: Path, beside: tuple[str, ...]) -> Book:
    """Pages of tables that are no more go; dbt's page stays."""
    for path in folder.iterdir():
        if path.name != LINEAGE:
            path.unlink()
    listed = every_edit(house.settings.project, house.contracts.values())
    titles = {contract.collection: contract.title for contract in house.contracts.values()}
    book = _book(house, run, catalogue_of(_manifest(house)), beside)
    _write(folder, {EDITS: edits_as_html(listed, titles, INDEX).encode()} | lasting_files(book))
    return book


def _book(house: House, run: RunInfo, catalogue: Catalogue, beside: tuple[str, ...]) -> Book:
    return restricted_book(catalogue, house.reference.seeds, house.settings.project, versions_of(run), beside)


def _manifest(house: House) -> Path:
    """The copy that was parsed whole, where there is one: parsing only what changed, dbt loses the words of some tests."""
    whole = house.target_folder / "parsed_manifest.json"
    return whole if whole.exists() else house.target_folder / "manifest.json"


def _write(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        (folder / name).write_bytes(data)
