"""A release: the certified generation with small numbers hidden becomes the public one, in a named person's name.

Written first, then told in the audit chain, then switched; a process killed in between leaves a public generation nobody reads.

Belongs here: writing the public generation, telling what it changes, moving the public pointer. Does not belong here: what is hidden
(`disclosure`), building the certified generation (`dagster_project.release`).
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from ingest.refusals import Refusal
from publish.content_hash import columns_of, literal, quoted
from publish.disclosure.policy import DisclosurePolicy
from publish.disclosure.protect import Protected, protect
from publish.disclosure.records import write_record
from publish.extracts.catalogue import Units, read_tables
from publish.extracts.rows import guard
from publish.facts import sql_path
from publish.generations import Candidate, write_generation
from publish.manifests import Manifest
from publish.pointers import Switch, history, switch, take_down
from publish.release_changes import Change, changes_between, summary_of
from publish.runs import RunInfo
from publish.shelves import DOCUMENTS, WAREHOUSE, Shelf
from publish.site.catalogue import FILE, Catalogue, read_catalogue
from publish.site.public import comments_of
from publish.site.site import first_file, lasting_files, public_book, versions_of
from publish.sql_door import open_generation

CHANGES, REPORT = "what_changed.csv", "RELEASE.md"
CERTIFIED = "certified"


@dataclass(frozen=True)
class Drafted:
    """A public generation that is written and not shown yet. `report`: what a person reads before deciding."""

    candidate: Candidate
    protected: Protected
    policy: DisclosurePolicy
    changes: Sequence[Change]
    report: Sequence[str]


def earlier_releases(shelf: Shelf) -> list[Path]:
    """Every generation that was ever public, oldest first; a withdrawn one was read too.

    Raises:
        Refusal: one is gone, and with it what it told.
    """
    shown = dict.fromkeys(entry.generation_id for entry in history(shelf) if entry.generation_id)
    if gone := [one for one in shown if one not in shelf.complete_ids()]:
        raise Refusal(
            f"Release {gone[0]} was public, and its folder is gone from {shelf.generations}: what it and the next one give away together cannot be told. "
            "Bring the folder back from the backup."
        )
    return [shelf.folder(one) for one in shown]


def check_signed(note: str, by: str) -> None:
    """Refuse a release that nobody signs.

    Raises:
        Refusal: no note, or no name.
    """
    if not note.strip() or not by.strip():
        raise Refusal(
            "A release needs --note (what is new in it) and --by (who releases it): both stand in its record."
        )


def check_cut(manifest: Manifest) -> None:
    """Refuse a generation that holds more than what is certified.

    Raises:
        Refusal: it does.
    """
    if manifest.cut != CERTIFIED:
        raise Refusal(
            f"Generation {manifest.generation_id} has the cut {manifest.cut}: only a certified one is released. Leave --generation out, and one is built."
        )


def check_releasable(shelf: Shelf, manifest: Manifest) -> None:
    """Refuse what no release may be.

    Raises:
        Refusal: not the certified cut; what is public already.
    """
    check_cut(manifest)
    if manifest.generation_id == shelf.current_id():
        raise Refusal(
            f"Release {manifest.generation_id} is public already, and nothing was certified since: there is nothing to release."
        )


def draft_release(
    home: Path,
    project: Path,
    generation_id: str,
    run: RunInfo,
    policy: DisclosurePolicy,
    seeds: Path,
    shelf: Shelf,
    accept_exposed: bool = True,
) -> Drafted:
    """Write the public generation of a certified one on a shelf, unless it is there from a release that was broken off; nothing is shown by it.

    `accept_exposed`: write it though earlier releases give small counts away.

    Raises:
        Refusal: what is certified cannot be published under the policy.
    """
    shown = Shelf(home, "public")
    previous = shown.folder(current) if (current := shown.current_id()) else None
    with tempfile.TemporaryDirectory(prefix="edfin-release-") as scratch:
        build = Path(scratch) / "public.duckdb"
        with open_generation(home, generation_id) as con:
            before = [(folder, Shelf(home).folder(folder.name)) for folder in earlier_releases(shown)]
            protected = protect(con, policy, before, seeds)
            if not accept_exposed:
                check_exposed(protected)
            _write_build(con, protected, build)
        report = _Report(project, previous, protected)
        site = _Site(project, seeds, policy, run, Shelf(home).folder(generation_id))
        candidate = write_generation(
            shelf, build, run, is_of_past=True, more=lambda draft: report.files(draft) | site.files(draft)
        )
    return Drafted(candidate, protected, policy, report.changes, report.lines)


def check_exposed(protected: Protected) -> None:
    """Refuse a release beside which earlier ones give small counts away, unless a person has looked at them.

    Raises:
        Refusal: there are some.
    """
    if found := protected.hidden.exposed:
        named = "; ".join(" ".join(map(str, cell)) for cell, _ in found[:5])
        raise Refusal(
            f"{len(found)} small counts are known from earlier releases, whatever is hidden now: {named}{'; …' if len(found) > 5 else ''}. "
            "Look at each; --accept-exposed releases all the same, and what still can be hidden is."
        )


def show(home: Path, drafted: Drafted, by: str, note: str, tell: Callable[[str, Mapping], object]) -> Switch:
    """Tell the audit chain, then let the public see it. `tell`: appends an event with a payload."""
    shelf = Shelf(home, "public")
    manifest = drafted.candidate.manifest
    # First of all: a release without this record could never be followed by another.
    write_record(Shelf(home).folder(manifest.generation_id), drafted.protected.hidden, drafted.policy)
    hashes = {table: mart.content_hash for table, mart in manifest.marts.items()}
    tell(
        "released",
        {
            "generation_id": manifest.generation_id,
            "note": note,
            "previous": shelf.current_id(),
            "marts": hashes,
            "hidden": drafted.protected.summary,
        },
    )
    return switch(shelf, manifest.generation_id, "released", by, note)


def withdraw(home: Path, wanted: str, note: str, by: str, tell: Callable[[str, Mapping], object]) -> Switch:
    """Take the current release back: the one before it is released again; where there is none, the public sees nothing.

    Raises:
        Refusal: it is not what the public sees.
    """
    shelf = Shelf(home, "public")
    if not note.strip() or not by.strip():
        raise Refusal("Withdrawing a release needs --note (why) and --by (who): both stand in its record.")
    generation_id = shelf.find(wanted)
    last = history(shelf)[-1]
    if last.action == "withdrawn" and last.previous_generation_id == generation_id:
        # It was withdrawn, and whoever did it may have been stopped before the extracts followed.
        return last
    if generation_id != shelf.current_id():
        raise Refusal(f"{generation_id} is not what the public sees; that is {shelf.current_id() or 'nothing'}.")
    withdrawn = {entry.previous_generation_id for entry in history(shelf) if entry.action == "withdrawn"}
    before = [folder.name for folder in earlier_releases(shelf) if folder.name not in {generation_id, *withdrawn}]
    again = before[-1] if before else None
    tell("release_withdrawn", {"generation_id": generation_id, "note": note, "released_again": again})
    if again is None:
        return take_down(shelf, "withdrawn", by, note)
    return switch(shelf, again, "withdrawn", by, note)


def _write_build(con: duckdb.DuckDBPyConnection, protected: Protected, build: Path) -> None:
    """The public tables as a build file, with the words of the restricted ones and of what was added."""
    words = {(table, column): comment for table, column, comment in con.execute(
        "select table_name, column_name, comment from duckdb_columns() where schema_name = 'marts' and comment is not null").fetchall()}  # fmt: skip
    of_tables = dict(
        con.execute(
            "select table_name, comment from duckdb_tables() where schema_name = 'marts' and comment is not null"
        ).fetchall()
    )
    with duckdb.connect(str(build)) as out:
        out.execute("create schema marts")
        for table, rows in protected.tables.items():
            out.register("rows", rows)
            out.execute(f"create table marts.{quoted(table)} as from rows")
            out.unregister("rows")
            if table in of_tables:
                out.execute(f"comment on table marts.{quoted(table)} is {literal(of_tables[table])}")
            for column in columns_of(out, f"marts.{quoted(table)}"):
                if text := protected.words.get(column.name) or words.get((table, column.name)):
                    out.execute(f"comment on column marts.{quoted(table)}.{column.quoted} is {literal(text)}")


class _Report:
    """What a release changes, worked out on the draft before it is sealed."""

    def __init__(self, project: Path, previous: Path | None, protected: Protected):
        self.project, self.previous, self.protected = project, previous, protected
        self.changes: list[Change] = []
        self.lines: list[str] = []

    def files(self, draft: Path) -> dict[str, bytes]:
        """The files beside the tables: every change, and the report."""
        units = Units(self.project / "dbt" / "seeds" / "unit_of_measure.csv")
        with duckdb.connect(str(draft / WAREHOUSE), read_only=True) as con:
            con.execute(f"set file_search_path = '{sql_path(draft)}'")
            tables = read_tables(con, self.project / "dbt" / "models" / "marts", units)
        self.changes = list(changes_between(self.previous, draft, tables))
        self.lines = [*self.protected.lines(), *summary_of(self.changes, self.previous is not None)]
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(Change.__annotations__)
        writer.writerows([guard(text) for text in vars(one).values()] for one in self.changes)
        listed = "\n".join(f"- {line}" for line in self.lines)
        return {
            CHANGES: text.getvalue().encode(),
            REPORT: f"# What this release hides and changes\n\n{listed}\n".encode(),
        }


@dataclass(frozen=True)
class _Site:
    """The documentation of a release, in the words of the generation it comes from."""

    project: Path
    seeds: Path
    policy: DisclosurePolicy
    run: RunInfo
    came_from: Path

    def files(self, draft: Path) -> dict[str, bytes]:
        """The pages, by their place in the generation's folder."""
        with duckdb.connect(str(draft / WAREHOUSE), read_only=True) as con:
            tables, columns = comments_of(con)
        words = self.came_from / DOCUMENTS / FILE
        whole = read_catalogue(words) if words.is_file() else Catalogue({}, {})
        book = public_book(whole, tables, columns, self.policy, self.seeds, self.project, versions_of(self.run))
        files = lasting_files(book) | first_file(book, self.run)
        return {f"{DOCUMENTS}/{name}": data for name, data in files.items()}
