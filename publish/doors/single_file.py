"""A generation as one DuckDB file that needs nothing beside it.

The generation's own `warehouse.duckdb` holds its facts as views over Parquet; here they are tables, the comments and
`marts.ledger_as_of` come along, and `edfin_generation` says what the file is a copy of. Every table is hashed once it
is written: a file that differs from its generation's manifest is not handed over.

Belongs here: writing that file. Does not belong here: choosing what is public (`publish.releases`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from ingest.refusals import Refusal, SystemFailure
from publish.content_hash import columns_of, hash_table, quoted
from publish.facts import sql_path
from publish.generations import MEMORY_LIMIT
from publish.ledger_macro import LINES, USES, define_ledger_macro
from publish.manifests import Manifest, Mart
from publish.shelves import WAREHOUSE, draft_of, sweep_drafts_of, sync
from publish.sql_door import generation_folder
from publish.warehouse_file import TARGET, read_descriptions, write_comments

SOURCE = "source_file"
IDENTITY = "edfin_generation"
WORDS = (
    "What this file is a copy of: one row a table, with the rows and the content hash the generation's manifest states."
)
OWNER_ONLY, EVERYBODY = 0o600, 0o644


@dataclass(frozen=True)
class Exported:
    file: Path
    manifest: Manifest
    has_ledger_as_of: bool

    @property
    def rows(self) -> int:
        return sum(mart.rows for mart in self.manifest.tables.values())


def export_generation(
    home: Path, target: Path, generation: str | None = None, public: bool = False, force: bool = False
) -> Exported:
    """Write a generation into one DuckDB file, which is there whole or not at all. What is restricted only its owner may read.

    Raises:
        Refusal: there is no such generation; the file exists and `force` is not given; it cannot be written there.
        SystemFailure: what was written is not what the generation's manifest states.
    """
    folder = generation_folder(home, generation, public)
    target = Path(target).absolute()
    _check_target(home, target, force)
    manifest = Manifest.read(folder)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        sweep_drafts_of(target)
        with draft_of(target) as draft:
            draft.chmod(0o700)
            written = draft / "export.duckdb"
            has_macro = _write(folder, manifest, written, public)
            written.chmod(EVERYBODY if public else OWNER_ONLY)
            sync(written)
            _check_target(home, target, force)
            written.replace(target)
            sync(target.parent)
    except OSError as problem:
        raise Refusal(f"{target}: cannot be written ({problem.strerror}).") from problem
    return Exported(target, manifest, has_macro)


def _check_target(home: Path, target: Path, force: bool) -> None:
    if (Path(home).absolute() / "published").resolve() in target.resolve().parents:
        raise Refusal(f"{target} lies among the published generations, which nothing may change: name another place.")
    if target.is_dir():
        raise Refusal(f"{target} is a folder: name a file.")
    if not force and (target.exists() or target.is_symlink()):
        raise Refusal(f"{target} exists: nothing was written. Name another file, or say --force to replace it.")


def _write(folder: Path, manifest: Manifest, file: Path, public: bool) -> bool:
    config = {"memory_limit": MEMORY_LIMIT, "temp_directory": str(file.parent / "spill")}
    with duckdb.connect(config=config) as con:
        con.execute(f"attach '{sql_path(folder / WAREHOUSE)}' as {SOURCE} (read_only)")
        con.execute(f"set file_search_path = '{sql_path(folder)}'")
        con.execute(f"attach '{sql_path(file)}' as {TARGET}")
        con.execute(f"create schema {TARGET}.marts")
        words = read_descriptions(con, SOURCE, None)
        for table, mart in manifest.tables.items():
            relation = f"{TARGET}.marts.{quoted(table)}"
            con.execute(f"create table {relation} as from {SOURCE}.marts.{quoted(table)}")
            if table in words:
                columns = [column.name for column in columns_of(con, relation)]
                write_comments(con, table, "table", words[table], columns)
            _check_equal(con, relation, table, mart)
        has_macro = _copy_macro(con, manifest)
        _write_identity(con, manifest, public)
        con.execute(f"detach {TARGET}")
    return has_macro


def _check_equal(con: duckdb.DuckDBPyConnection, relation: str, table: str, mart: Mart) -> None:
    if Mart(*hash_table(con, relation)) != mart:
        raise SystemFailure(
            f"{table} is not what the generation's manifest states: nothing was written. `edfin verify` says what was changed."
        )


def _copy_macro(con: duckdb.DuckDBPyConnection, manifest: Manifest) -> bool:
    """`ledger_as_of` over the file's own tables, where the generation has it."""
    has_macro = con.execute(
        "select count(*) from duckdb_functions() where database_name = ? and function_name = 'ledger_as_of'", [SOURCE]
    ).fetchone()[0]
    if not has_macro or not {*LINES, USES} <= manifest.tables.keys():
        return False
    lines = " union all by name ".join(f"from marts.{quoted(fact)}" for fact in LINES)
    con.execute(f"use {TARGET}.marts")
    define_ledger_macro(con, f"marts.{USES}", f"({lines})")
    con.execute("use memory")
    return True


def _write_identity(con: duckdb.DuckDBPyConnection, manifest: Manifest, public: bool) -> None:
    relation = f"{TARGET}.main.{IDENTITY}"
    con.execute(
        f"create table {relation} (generation_id varchar, audience varchar, as_of timestamp, cut varchar, "
        "reference_version varchar, code_version varchar, event_position bigint, "
        "table_name varchar, row_count bigint, content_hash varchar)"
    )
    own = [
        manifest.generation_id,
        "public" if public else "restricted",
        manifest.as_of.removesuffix("Z"),
        manifest.cut,
        manifest.reference_version,
        manifest.code_version,
        manifest.event_position,
    ]
    rows = [[*own, table, mart.rows, mart.content_hash] for table, mart in manifest.tables.items()]
    con.executemany(f"insert into {relation} values (?, ?, ?::timestamp, ?, ?, ?, ?, ?, ?, ?)", rows)
    con.execute(f"comment on table {relation} is '{WORDS.replace(chr(39), chr(39) * 2)}'")
