"""The pages of the site, filled: one function a page.

Belongs here: what each page is given. Does not belong here: which files a site has (`site`), words and ways (`links`, `lineage`, `formulas`).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from publish.disclosure.columns import NOTE
from publish.extracts.catalogue import Units
from publish.pages.page import for_script
from publish.runs import RunInfo
from publish.site.catalogue import Catalogue, Column, Table
from publish.site.definitions import Section, knowledge, list_columns
from publish.site.examples import example, grain, subjects
from publish.site.formulas import formula
from publish.site.glossary import Glossary
from publish.site.lineage import Lineage, grouped, picture
from publish.site.links import Links, PageLinks, breakable, table_page
from publish.worked_queries import WorkedQuery, queries_over

FOLDER = Path(__file__).parent / "templates"
SHORT = 150
"""Signs of a description in the search; the whole stands on its page."""


@dataclass(frozen=True)
class Book:
    """All that pages are made of. `hidden`: of each table's columns when they are hidden; `policy`: the rules of disclosure, for the public."""

    catalogue: Catalogue
    units: Units
    glossary: Glossary
    links: Links
    definitions: Sequence[Section]
    lists: Sequence[Section]
    versions: Mapping[str, str]
    is_public: bool = False
    hidden: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    policy: Sequence[tuple[str, str, str, str]] = ()
    beside: Sequence[str] = ()

    @cached_property
    def columns(self) -> dict[str, tuple[str, ...]]:
        """Names of columns by table."""
        return {name: table.names for name, table in self.catalogue.tables.items()}

    @cached_property
    def lists_of(self) -> dict[tuple[str, str], list[Section]]:
        """The lists of codes of each column, by table and column."""
        there, found = {section.anchor: section for section in self.lists}, {}
        for said in knowledge()["lists"]:
            for place in list_columns(said, self.columns) if said["id"] in there else ():
                found.setdefault(place, []).append(there[said["id"]])
        return found

    @property
    def menu(self) -> list[tuple[str, str]]:
        """The pages that every page links, with their addresses."""
        listed = [("index.html", "Start"), ("columns.html", "Columns A to Z"), ("definitions.html", "Definitions"), ("codes.html", "Code lists"), ("queries.html", "Worked queries"), ("glossary.html", "Glossary")]  # fmt: skip
        listed += [("hidden.html", "What is hidden")] if self.is_public else []
        return listed + [("edits.html", "Edits")] * ("edits.html" in self.beside)


def index_page(book: Book, run: RunInfo) -> str:
    """The first page, of the generation of a run."""
    tables = book.catalogue.tables
    listed = [(one["subject"], [tables[name] for name in one["tables"] if name in tables]) for one in subjects()["subjects"]]  # fmt: skip
    named = {table.name for _, found in listed for table in found}
    listed.append(("Other tables", [table for name, table in sorted(tables.items()) if name not in named]))
    script = (FOLDER / "search.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return _filled("index.html.j2", book, "index.html", run=run, subjects=[one for one in listed if one[1]], entries=for_script(_entries(book)), script=script, digest=digest, first_sentence=first_sentence, grain=grain)  # fmt: skip


def table_page_of(book: Book, table: Table, lineage: Lineage) -> str:
    """The page of a table."""
    links = book.links.page(table.name)
    ways = lineage.of(table.name)
    return _filled(
        "table.html.j2", book, table_page(table.name), links, table=table, grain=grain(table), example=example(table, book.units),
        columns=[_column(book, table, column) for column in table.columns], picture=picture(table.name, ways),
        above=grouped(ways.above), below=ways.below, steps=() if book.is_public else ways.steps, steps_of=len(ways.steps),
        queries=[query for query in queries_over(book.catalogue.tables) if table.name in query.tables],
        statuses=[column for column in table.columns if column.name.endswith("_status")],
    )  # fmt: skip


def columns_page(book: Book) -> str:
    """Every column, by name, with the tables that have it."""
    found: dict[str, list[str]] = {}
    for table, names in sorted(book.columns.items()):
        for name in names:
            found.setdefault(name, []).append(table)
    letters: dict[str, list] = {}
    for name, tables in sorted(found.items(), key=lambda one: (one[0].lstrip("_").upper(), one[0])):
        letters.setdefault(name.lstrip("_")[0].upper(), []).append((name, tables, _one_description(book, name, tables)))
    return _filled("columns.html.j2", book, "columns.html", letters=letters, count=len(found))


def definitions_page(book: Book) -> str:
    """Definitions with their formulas."""
    return _filled("definitions.html.j2", book, "definitions.html", sections=book.definitions, title="Definitions")


def codes_page(book: Book) -> str:
    """The lists of codes."""
    users = {said["id"]: list_columns(said, book.columns) for said in knowledge()["lists"]}
    return _filled("codes.html.j2", book, "codes.html", sections=book.lists, users=users)


def queries_page(book: Book) -> str:
    """Worked queries, and what their columns mean."""
    queries = queries_over(book.catalogue.tables)
    return _filled(
        "queries.html.j2", book, "queries.html", queries=[(query, _meanings(book, query)) for query in queries]
    )


def glossary_page(book: Book) -> str:
    """The glossary."""
    links = book.links.page()
    return _filled("glossary.html.j2", book, "glossary.html", links, body=links.in_html(book.glossary.html))


def hidden_page(book: Book) -> str:
    """What hidden means, for the public."""
    listed = {name: columns for name, columns in sorted(book.hidden.items()) if columns and name in book.catalogue.tables}  # fmt: skip
    return _filled("hidden.html.j2", book, "hidden.html", policy=book.policy, listed=listed, note=NOTE)


def first_sentence(text: str) -> str:
    """The first sentence of a description."""
    head, stop, _ = text.partition(". ")
    return f"{head}." if stop else text


def _column(book: Book, table: Table, column: Column) -> dict:
    unit = book.units.of(column.name, column.data_type.upper())
    return {
        "column": column,
        "unit": unit.unit if unit else "",
        "is_key": column.name in table.keys,
        "made": formula(column.meta),
        "lists": book.lists_of.get((table.name, column.name), ()),
        "hidden": book.hidden.get(table.name, {}).get(column.name, ()),
        "estimate": _estimate(table, column.name),
    }


def _estimate(table: Table, name: str) -> str:
    """What an estimate's error or bound belongs to."""
    stem, _, kind = name.rpartition("_")
    words = {"se": "Standard error of", "low": "Lower bound of", "high": "Upper bound of"}.get(kind, "")
    own = next((one for one in (stem, f"{stem}_value", f"{stem}_per_pupil") if one in table.names), "")
    return f"{words} `{own}`: the figure itself is not exact." if words and own else ""


def _meanings(book: Book, query: WorkedQuery) -> list[tuple[str, str]]:
    """What the columns of the answer mean: the query's own words, else the table's."""
    return [(name, query.words.get(name) or _one_description(book, name, query.tables)) for name in selected(query.sql)]


@cache
def selected(sql: str) -> tuple[str, ...]:
    """The names of a query's columns, from its outer select list."""
    head, depth, names, part = sql.partition("select ")[2], 0, [], ""
    for word in _tokens(head):
        if word == "from" and depth == 0:
            break
        depth += word.count("(") - word.count(")")
        if depth == 0 and word.endswith(","):
            names.append(f"{part} {word[:-1]}")
            part = ""
        else:
            part += f" {word}"
    return tuple(one.split()[-1].rpartition(".")[2] for one in [*names, part])


def _tokens(text: str) -> list[str]:
    return text.split()


def _one_description(book: Book, name: str, tables: Iterable[str]) -> str:
    for table in tables:
        for column in book.catalogue.tables[table].columns:
            if column.name == name:
                return column.description
    return ""


def _entries(book: Book) -> list[list[str]]:
    """What the search looks through: kind, name, where it leads, words."""
    found = []
    for name, table in sorted(book.catalogue.tables.items()):
        found.append(["table", name, table_page(name), table.description])
        found += [["column", f"{name}.{column.name}", f"{table_page(name)}#c-{column.name}", column.description[:SHORT]] for column in table.columns]  # fmt: skip
    terms = {term.term: term for term in reversed(book.glossary.terms)}
    found += [["term", term.term, f"glossary.html#{term.anchor}", term.opening[:SHORT]] for term in terms.values()]
    for other, meant in knowledge()["also_called"].items():
        if term := terms.get(meant):
            found.append(["also called", other, f"glossary.html#{term.anchor}", f"{meant}. {term.opening[:SHORT]}"])
    for section in book.definitions:
        found.append(["definition", section.title, f"definitions.html#{section.anchor}", section.intro[:SHORT]])
        found += [["definition", row.cells[0], f"definitions.html#{row.anchor}", " ".join(row.cells[1:3])[:SHORT]] for row in section.rows if section.anchor not in knowledge()["unsearched"]]  # fmt: skip
    found += [["query", query.question, f"queries.html#{query.name}", query.note] for query in queries_over(book.catalogue.tables)]  # fmt: skip
    return found


def _filled(template: str, book: Book, here: str, links: PageLinks | None = None, **given) -> str:
    links = links or book.links.page()
    return _templates().get_template(template).render(book=book, here=here, say=links.html, page_of=table_page, **given)


@cache
def _templates():
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    found = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["breakable"] = breakable
    return found
