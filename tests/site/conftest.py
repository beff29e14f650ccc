"""Puts this folder and the browser's on the path, and gives its tests two sites on disk, of the project as it is, without a night.

dbt parses the project once, some ten seconds; nothing is built. Released are the tables that `disclosure_column.csv` calls public.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "pages")]

from parsed_project import PROJECT, edits_page, parsed, seeds_folder  # noqa: E402


@pytest.fixture(scope="session")
def seeds(tmp_path_factory):
    return seeds_folder(tmp_path_factory.mktemp("seeds"))


@pytest.fixture(scope="session")
def catalogue(seeds, tmp_path_factory):
    from publish.site.manifest_words import catalogue_of

    return catalogue_of(parsed(seeds, tmp_path_factory.mktemp("parsed")))


@pytest.fixture(scope="session")
def run():
    from publish.runs import RunInfo

    return RunInfo(datetime(2026, 3, 1, 2, tzinfo=UTC), "certified", "ref" * 20, "code1", 10)


@pytest.fixture(scope="session")
def shown(catalogue, seeds):
    """The columns of the released tables, as a release's own file tells them."""
    from publish.disclosure.columns import read_columns

    added = ("suppressed_columns", "VARCHAR", "Cells of the row that are hidden.")
    return {
        name: [*((one.name, one.data_type.upper(), one.description) for one in catalogue.tables[name].columns), added]
        for name in read_columns(seeds)
    }


@pytest.fixture(scope="session")
def sites(catalogue, seeds, shown, run, tmp_path_factory):
    """The folders of the two sites, by audience."""
    from publish.disclosure.policy import read_policy
    from publish.site.site import first_file, lasting_files, public_book, restricted_book, versions_of

    words = {name: catalogue.tables[name].description for name in shown}
    books = {
        "restricted": restricted_book(catalogue, seeds, PROJECT, versions_of(run), ("edits.html",)),
        "public": public_book(catalogue, words, shown, read_policy(seeds), seeds, PROJECT, versions_of(run)),
    }
    folders = {}
    for audience, book in books.items():
        folders[audience] = tmp_path_factory.mktemp(audience)
        for name, data in (lasting_files(book) | first_file(book, run)).items():
            (folders[audience] / name).write_bytes(data)
    (folders["restricted"] / "edits.html").write_text(edits_page(), encoding="utf-8")
    return folders


@pytest.fixture(scope="session")
def chromium(tmp_path_factory):
    """The browser without a network that opens districts' pages."""
    import importlib.util

    said = importlib.util.spec_from_file_location("browser_of_pages", HERE.parent / "pages" / "conftest.py")
    pages = importlib.util.module_from_spec(said)
    said.loader.exec_module(pages)
    yield from pages.chromium.__wrapped__(tmp_path_factory)
