"""Making a generation: the build's marts become one folder that will never change.

`make_candidate` writes, and decides nothing: whether the candidate is good enough is judged in `judgement`, and what
readers see is moved in `pointers`. A process killed at any moment leaves at most a folder `<id>.tmp-<pid>`, which
the next run removes.
"""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from ingest.refusals import Refusal, SystemFailure
from publish.content_hash import columns_of, hash_table, quoted
from publish.fact_sums import FactSums
from publish.facts import is_fact, plan_fact, sql_path, store_fact
from publish.ledger_macro import LINES, USES, write_ledger_macro
from publish.manifests import History, Manifest, Mart
from publish.readme import readme_text
from publish.restatement_sql import Side
from publish.restatements import RESTATEMENTS, tell_restatements
from publish.runs import RunInfo
from publish.shelves import DOCUMENTS, WAREHOUSE, Shelf, draft_of, seal, sweep_abandoned, sync
from publish.site.catalogue import FILE as CATALOGUE
from publish.warehouse_file import (
    TARGET,
    Descriptions,
    read_descriptions,
    write_comments,
    write_fact_view,
    write_table,
)

# They tell of the past as well, which data, reference, code and cut do not decide alone: no two orders of arrival give
# the same, and equal marts are asked of the others.
OF_THE_PAST = frozenset({RESTATEMENTS, USES, LINES[1]})
MEMORY_LIMIT = "2GB"  # the nightly machine also runs the gate; larger sorts spill to disk


@dataclass(frozen=True)
class Candidate:
    folder: Path
    manifest: Manifest
    is_new: bool

    @property
    def generation_id(self) -> str:
        return self.manifest.generation_id


def make_candidate(
    home: Path,
    build_file: Path,
    run: RunInfo,
    docs_dir: Path | None = None,
    dbt_manifest: Path | None = None,
    is_of_past: bool = False,
    sums: FactSums | None = None,
) -> Candidate:
    """Write the restricted generation of `run` from the build file's schema `marts`; `current` is not touched.

    One of the past is not compared with the current one: it tells the restatements that were told of its data.
    """
    return write_generation(Shelf(home), build_file, run, docs_dir, dbt_manifest, is_of_past, sums)


def write_generation(
    shelf: Shelf,
    build_file: Path,
    run: RunInfo,
    docs_dir: Path | None = None,
    dbt_manifest: Path | None = None,
    is_of_past: bool = False,
    sums: FactSums | None = None,
    more: Callable[[Path], Mapping[str, bytes]] | None = None,
) -> Candidate:
    """Write the generation of `run` on any shelf; `current` is not touched. `more`: files beside the tables, made of the draft."""
    shelf.prepare()
    sweep_abandoned(shelf.root)
    folder = shelf.folder(run.generation_id)
    with draft_of(folder) as draft, shelf.facts_in_use():
        manifest = _write_tables(shelf, draft, Path(build_file), run, dbt_manifest, is_of_past, sums)
        if docs_dir:
            shutil.copytree(docs_dir, draft / DOCUMENTS)
        for name, data in (more(draft) if more else {}).items():
            (draft / name).parent.mkdir(exist_ok=True)
            (draft / name).write_bytes(data)
        has_site = (draft / DOCUMENTS / CATALOGUE).is_file()
        (draft / "README.md").write_text(readme_text(manifest, has_site, shelf.audience == "public"), encoding="utf-8")
        manifest.write(draft)
        if folder.exists():
            return _same_again(folder, manifest)
        seal(draft)
        draft.rename(folder)
        sync(folder.parent)
    return Candidate(folder, manifest, is_new=True)


def differing_marts(folder: Path) -> list[str]:
    """The tables of a stored generation whose content is no longer what its manifest says; for `edfin verify`."""
    manifest = Manifest.read(folder)
    with duckdb.connect() as con:
        con.execute(f"attach '{sql_path(folder / WAREHOUSE)}' as {TARGET} (read_only)")
        con.execute(f"set file_search_path = '{sql_path(folder)}'")
        found = {table: Mart(*hash_table(con, f"{TARGET}.marts.{quoted(table)}")) for table in manifest.tables}
    return sorted(table for table, mart in manifest.tables.items() if found[table] != mart)


def _write_tables(
    shelf: Shelf,
    draft: Path,
    build_file: Path,
    run: RunInfo,
    dbt_manifest: Path | None,
    is_of_past: bool,
    sums: FactSums | None,
) -> Manifest:
    (draft / "marts").mkdir()
    with _build_and_target(build_file, draft) as (con, catalog):
        relations = {table: f"{quoted(catalog)}.marts.{quoted(table)}" for table in _tables_of(con, catalog)}
        _check_identity(con, catalog, list(relations), run)
        layout = relations.pop(RESTATEMENTS, None)
        written = {
            table: _write_table(con, relation, table, shelf, draft, sums) for table, relation in relations.items()
        }
        history = History()
        if layout:
            # Last: they compare the Parquet just written.
            told = tell_restatements(con, shelf, Side(draft, Manifest.of(run, {})), layout, is_of_past)
            written[RESTATEMENTS], history = _write_table(con, told.relation, RESTATEMENTS, shelf, draft), told.history
        write_ledger_macro(con, draft)
        _describe(con, written, read_descriptions(con, catalog, dbt_manifest))
    marts = {table: mart for table, mart in written.items() if table not in OF_THE_PAST}
    tables = {table: mart for table, mart in sorted(written.items()) if table in OF_THE_PAST}
    return Manifest.of(run, marts, replace(history, tables=tables))


def _write_table(
    con: duckdb.DuckDBPyConnection,
    relation: str,
    table: str,
    shelf: Shelf,
    draft: Path,
    sums: FactSums | None = None,
) -> Mart:
    if is_fact(table):
        plan = plan_fact(con, relation, table, sums)
        store_fact(con, plan, shelf.facts, draft / "facts")
        write_fact_view(con, table, plan)
        return Mart(plan.rows, plan.content_hash)
    write_table(con, relation, table, draft / "marts" / f"{table}.parquet")
    return Mart(*hash_table(con, f"{TARGET}.marts.{quoted(table)}"))


def _describe(con: duckdb.DuckDBPyConnection, tables: Iterable[str], words: Mapping[str, Descriptions]) -> None:
    for table in tables:
        if table in words:
            columns = [column.name for column in columns_of(con, f"{TARGET}.marts.{quoted(table)}")]
            write_comments(con, table, "view" if is_fact(table) else "table", words[table], columns)


@contextmanager
def _build_and_target(build_file: Path, draft: Path) -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
    """A connection with the build attached under its own name (dbt's views spell it) and the new file beside it."""
    if not build_file.is_file():
        raise Refusal(f"there is no build at {build_file}: run the warehouse build first")
    catalog = build_file.stem
    spill = draft.with_name(f"spill.tmp-{os.getpid()}")
    with duckdb.connect(config={"memory_limit": MEMORY_LIMIT, "temp_directory": str(spill)}) as con:
        con.execute(f"attach '{sql_path(build_file)}' as {quoted(catalog)} (read_only)")
        con.execute(f"attach '{sql_path(draft / WAREHOUSE)}' as {TARGET}")
        con.execute(f"create schema {TARGET}.marts")
        con.execute(f"set file_search_path = '{sql_path(draft)}'")
        try:
            yield con, catalog
            con.execute(f"detach {TARGET}")
        finally:
            shutil.rmtree(spill, ignore_errors=True)


def _tables_of(con: duckdb.DuckDBPyConnection, catalog: str) -> list[str]:
    found = con.execute(
        "select table_name from duckdb_tables() where database_name = ? and schema_name = 'marts'"
        " union all select view_name from duckdb_views() where database_name = ? and schema_name = 'marts' order by 1",
        [catalog, catalog],
    ).fetchall()
    if not found:
        raise Refusal("the build has no table in schema marts: nothing to publish")
    return [row[0] for row in found]


def _check_identity(con: duckdb.DuckDBPyConnection, catalog: str, tables: list[str], run: RunInfo) -> None:
    """A build left over from another run must not be published under this run's name."""
    if "generation" not in tables:
        return
    built = [row[0] for row in con.execute(f"select generation_id from {quoted(catalog)}.marts.generation").fetchall()]
    if built != [run.generation_id]:
        raise Refusal(
            f"the build file holds {', '.join(built) or 'no generation'}, not {run.generation_id}: build again"
        )


def _same_again(folder: Path, manifest: Manifest) -> Candidate:
    """The same data, reference, code and cut were published before; law 3 says they must give the same numbers."""
    if differing := Manifest.read(folder).differences(manifest):
        raise SystemFailure(
            f"{folder.name} exists, and this build of the same data, reference, code and cut differs in "
            f"{', '.join(differing)}: the code version does not name the code that ran, or the build is not repeatable"
        )
    return Candidate(folder, manifest, is_new=False)
