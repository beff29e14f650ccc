"""The files of a site: for a restricted generation, and for a public release.

The pages but the first depend on code and reference alone, so that a night may keep them; the first tells which generation it is.

Belongs here: which files there are, and from what they are made. Does not belong here: writing them into a generation (`publish.generations`), what a
page shows (`pages`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from ingest.settings import project_folder
from publish.disclosure.columns import read_columns
from publish.disclosure.policy import DisclosurePolicy
from publish.extracts.catalogue import Units
from publish.runs import RunInfo
from publish.site.catalogue import FILE, Catalogue
from publish.site.definitions import code_lists, definitions
from publish.site.glossary import glossary, linked_terms
from publish.site.lineage import Lineage
from publish.site.links import Links, table_page
from publish.site.pages import (
    Book,
    codes_page,
    columns_page,
    definitions_page,
    glossary_page,
    hidden_page,
    index_page,
    queries_page,
    table_page_of,
)
from publish.site.public import Shown, hidden_tables, hidden_when, policy_rows, public_catalogue

INDEX, GLOSSARY = "index.html", "GLOSSARY.md"


def restricted_book(
    catalogue: Catalogue, seeds: Path, project: Path, versions: Mapping[str, str], beside: Collection[str] = ()
) -> Book:
    """What the pages of a restricted generation are made of.

    Args:
        catalogue: its tables, in the words of the code that builds them.
        seeds: the reference tables of its version.
        project: the folder of the project, for the glossary.
        versions: `reference` and `code` it is made for.
        beside: other files of the folder that pages may link: `edits.html`, `lineage.html`.
    """
    return _book(catalogue, seeds, project, versions, (), beside=sorted(beside))


def public_book(
    whole: Catalogue,
    words: Mapping[str, str],
    shown: Shown,
    policy: DisclosurePolicy,
    seeds: Path,
    project: Path,
    versions: Mapping[str, str],
) -> Book:
    """What the pages of a release are made of.

    Args:
        whole: the catalogue of the generation it comes from.
        words: of each released table; `shown`: its columns as name, type and words.
        policy: the state's rules of disclosure.
        seeds, project, versions: as for a restricted one.
    """  # fmt: skip
    hidden = hidden_tables(whole, seeds, shown)
    rules = read_columns(seeds)
    when = {name: hidden_when(rules.get(name)) for name in shown}
    return _book(public_catalogue(whole, words, shown, hidden), seeds, project, versions, hidden, is_public=True, hidden=when, policy=policy_rows(policy))  # fmt: skip


def versions_of(run: RunInfo) -> dict[str, str]:
    """What every page of a generation's site is made for."""
    return {"reference": run.reference_version, "code": run.code_version}


def lasting_files(book: Book) -> dict[str, bytes]:
    """Every file of the site but the first page, by name."""
    lineage = Lineage(book.catalogue)
    pages = {
        "columns.html": columns_page(book), "definitions.html": definitions_page(book), "codes.html": codes_page(book),
        "queries.html": queries_page(book), "glossary.html": glossary_page(book),
    }  # fmt: skip
    if book.is_public:
        pages["hidden.html"] = hidden_page(book)
    pages |= {table_page(name): table_page_of(book, table, lineage) for name, table in book.catalogue.tables.items()}
    return {FILE: book.catalogue.as_json()} | {name: page.encode() for name, page in sorted(pages.items())}


def first_file(book: Book, run: RunInfo) -> dict[str, bytes]:
    """The first page, which tells what the generation is."""
    return {INDEX: index_page(book, run).encode()}


def _book(
    catalogue: Catalogue,
    seeds: Path,
    project: Path,
    versions: Mapping[str, str],
    hidden_names: Sequence[str],
    **more,
) -> Book:
    # A project of one's own may have states and models alone: then the words are those of this one.
    said = next((path for path in (project / GLOSSARY, project_folder() / GLOSSARY) if path.is_file()), None)
    words = glossary(said.read_text(encoding="utf-8") if said else "", hidden_names)
    columns = {name: table.names for name, table in catalogue.tables.items()}
    sections = definitions(seeds, catalogue.tables)
    addresses = {row.cells[0]: f"definitions.html#{row.anchor}" for section in reversed(sections) for row in section.rows if len(row.cells[0]) > 2}  # fmt: skip
    lists = code_lists(seeds, columns)
    references = {one.seed: f"codes.html#{one.anchor}" for one in lists} | {one.seed: f"definitions.html#{one.anchor}" for one in sections}  # fmt: skip
    links = Links(columns, linked_terms(words.terms), addresses, references)
    units = Units(seeds / "unit_of_measure.csv")
    return Book(catalogue, units, words, links, sections, lists, versions, **more)
