"""The site tells every table and column, leads nowhere wrong, and the public one names nothing that is not public.

Belongs here: what the pages' HTML holds. Does not belong here: how a browser shows them (`test_site_in_a_browser`).
"""

import re
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest
import yaml
from parsed_project import PROJECT

from publish.site.catalogue import FILE, Catalogue, read_catalogue
from publish.site.definitions import knowledge
from publish.site.examples import example, subjects
from publish.site.glossary import glossary
from publish.site.pages import selected
from publish.site.public import without_sentences
from publish.worked_queries import QUERIES

MARTS = {path.stem: yaml.safe_load(path.read_text("utf-8"))["models"][0] for path in (PROJECT / "dbt" / "models" / "marts").glob("*.yml")}  # fmt: skip
AUDIENCES = ("restricted", "public")


class Page(HTMLParser):
    """Its text, the ids it has, the addresses it leads to, and what it would load."""

    def __init__(self, path: Path):
        super().__init__()
        self.text, self.ids, self.links, self.loads = "", [], [], []
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        self.ids += [said["id"]] if "id" in said else []
        self.links += [said["href"]] if tag == "a" else []
        self.loads += [said[name] for name in ("src", "srcset", "data", "poster") if name in said]
        self.loads += [said["href"]] if tag in ("link", "image", "use") else []

    def handle_data(self, data):
        self.text += data


@pytest.fixture(scope="module")
def pages(sites):
    return {audience: {path.name: Page(path) for path in folder.glob("*.html")} for audience, folder in sites.items()}


def _words(text: str) -> str:
    return " ".join(text.replace("`", "").split())


@pytest.mark.parametrize("table", sorted(MARTS))
def test_every_mart_has_a_page_with_every_column_and_its_description(pages, table):
    page = pages["restricted"][f"table-{table}.html"]
    text = _words(page.text)
    assert _words(MARTS[table]["description"]) in text
    for column in MARTS[table]["columns"]:
        assert f"c-{column['name']}" in page.ids
        assert _words(column["description"]) in text, column["name"]


@pytest.mark.parametrize("audience", AUDIENCES)
def test_every_link_leads_somewhere(pages, audience):
    here = pages[audience]
    broken = set()
    for name, page in here.items():
        for link in page.links:
            target, _, anchor = link.partition("#")
            if (target or name) not in here or (anchor and anchor not in here[target or name].ids):
                broken.add((name, link))
    assert not broken


@pytest.mark.parametrize("audience", AUDIENCES)
def test_no_id_stands_twice_on_a_page(pages, audience):
    assert not [(name, one) for name, page in pages[audience].items() for one in page.ids if page.ids.count(one) > 1]


@pytest.mark.parametrize("audience", AUDIENCES)
def test_nothing_is_loaded_from_anywhere(sites, pages, audience):
    for name, page in pages[audience].items():
        assert not page.loads, name
        source = (sites[audience] / name).read_text("utf-8")
        assert not re.search(r"https?:|//cdn|@import|url\(", source), name
        assert "default-src 'none'" in source


def test_the_public_site_names_nothing_that_is_not_public(sites, catalogue, shown):
    hidden = set(catalogue.tables) - set(shown)
    assert {"fct_staff_assignments", "dim_submission", "restatements", "school_allocation"} <= hidden
    telling = re.compile("|".join(rf"\b{name}\b" for name in sorted(hidden)))
    told = {(path.name, found[0]) for path in sites["public"].iterdir() for found in telling.finditer(path.read_text("utf-8"))}  # fmt: skip
    assert not told
    assert {path.stem.removeprefix("table-") for path in sites["public"].glob("table-*.html")} == set(shown)
    assert not (sites["public"] / "edits.html").exists()


def test_the_public_site_says_what_hidden_means(pages):
    text = _words(pages["public"]["hidden.html"].text)
    assert "never zero, and never missing" in text
    for word in ("small_cell", "complement", "policy", "minimum_pupils", "placement_amount_minimum", "edfin sample policy, 2026"):  # fmt: skip
        assert word in text
    spending = pages["public"]["table-district_spending.html"]
    assert "c-suppressed_columns" in spending.ids
    assert "Hidden where a count of the LEA's pupils is hidden; suppressed_columns then names it." in _words(spending.text)  # fmt: skip


def test_a_public_table_keeps_its_own_words_but_not_a_sentence_on_a_hidden_one():
    said = "Ten schools. school_allocation has the formula. Dollars."
    assert without_sentences(said, ["school_allocation"]) == "Ten schools. Dollars."


def test_every_table_has_a_subject_and_every_subject_its_tables():
    named = [table for subject in subjects()["subjects"] for table in subject["tables"]]
    assert sorted(named) == sorted(MARTS)


def test_every_definition_of_a_numerator_and_denominator_has_its_formula(pages, seeds):
    page = pages["restricted"]["definitions.html"]
    for section in knowledge()["sections"]:
        assert (seeds / f"{section['seed']}.csv").is_file(), section["seed"]
        if section["id"] in ("numerators", "denominators"):
            ids = [line.split(",")[0] for line in (seeds / f"{section['seed']}.csv").read_text("utf-8").splitlines()[1:]]  # fmt: skip
            assert ids == list(section["formulas"])
            assert all(f"{section['id']}-{one.replace('_', '-')}" in page.ids for one in ids)


def test_every_other_name_is_that_of_a_term():
    terms = {term.term for term in glossary((PROJECT / "GLOSSARY.md").read_text("utf-8"), ()).terms}
    assert set(knowledge()["also_called"].values()) <= terms
    assert not set(knowledge()["also_called"]) & terms


@pytest.fixture(scope="module")
def empty_tables():
    """Every mart as a table without rows: a query that binds there binds on a generation."""
    with duckdb.connect() as con:
        con.execute("create schema marts; use marts")
        for table, mart in MARTS.items():
            columns = ", ".join(f'"{one["name"]}" {one["data_type"]}' for one in mart["columns"])
            con.execute(f"create table {table} ({columns})")
        con.execute("create macro marts.ledger_as_of(moment) as table select * from fct_ledger")
        yield con


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
def test_worked_queries_bind_and_every_column_of_theirs_has_its_words(empty_tables, query):
    names = [row[0] for row in empty_tables.execute(f"describe {query.sql}").fetchall()]
    assert list(selected(query.sql)) == names
    told = {one["name"] for table in query.tables for one in MARTS[table]["columns"]} | set(query.words)
    assert not set(names) - told
    assert not set(query.words) - set(names)


def test_examples_bind(empty_tables, catalogue, seeds):
    from publish.extracts.catalogue import Units

    units = Units(seeds / "unit_of_measure.csv")
    for table in catalogue.tables.values():
        assert empty_tables.execute(example(table, units)).fetchall() == []


def test_the_same_gives_the_same_bytes(sites, catalogue, seeds, run):
    from publish.site.site import first_file, lasting_files, restricted_book, versions_of

    # The catalogue that was kept, not the manifest: a night that makes nothing again reads it.
    kept = read_catalogue(sites["restricted"] / FILE)
    assert kept.as_json() == catalogue.as_json()
    book = restricted_book(kept, seeds, PROJECT, versions_of(run), ("edits.html",))
    again = lasting_files(book) | first_file(book, run)
    assert again == {
        path.name: path.read_bytes() for path in sites["restricted"].iterdir() if path.name != "edits.html"
    }


def test_a_release_of_an_older_generation_has_a_site_too(shown, seeds, run):
    from publish.disclosure.policy import read_policy
    from publish.site.site import lasting_files, public_book, versions_of

    words = dict.fromkeys(shown, "A table.")
    files = lasting_files(public_book(Catalogue({}, {}), words, shown, read_policy(seeds), seeds, PROJECT, versions_of(run)))  # fmt: skip
    assert b"Fiscal year, by the year in which it ends." in files["table-district_spending.html"]
    assert not any(b"fct_ledger" in data for data in files.values())
