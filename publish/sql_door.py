"""The door through which people query a generation: read-only, one statement, nothing outside its folder.

The generation is attached to an empty in-memory database, so it works while a load runs and several doors may be
open at once. What a query may not do is refused in two places: only SELECT-like statements are let in (COPY could
write into the folder), and DuckDB itself may open no file outside it. Text rendering lives in `rendering`; choosing
and moving `current` in `pointers`.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from ingest.refusals import Refusal
from ingest.settings import project_folder
from publish.facts import sql_path
from publish.pointers import open_ids
from publish.rendering import render
from publish.shelves import WAREHOUSE, Shelf

if TYPE_CHECKING:
    from ingest.access import Reader

EXPLAIN = re.compile(r"\s*explain(\s+analyze)?\s", re.IGNORECASE)


def run_sql(
    home: Path,
    sql: str,
    generation: str | None = None,
    public: bool = False,
    format: str = "table",
    reader: "Reader | None" = None,
) -> Iterator[str]:
    """The answer, in pieces of text to be written one after the other; the first piece comes once the query has run.

    `reader`: somebody who may read of some LEAs only.

    `format`: table (at most 1,000 rows), csv, or json (a list of objects; decimals are numbers with all their digits).
    """
    door = open_generation(home, generation, public)
    if reader:
        from publish.district_door import open_own

        door = open_own(
            generation_folder(home, generation, public), project_folder() / "dbt" / "models" / "marts", reader, sql
        )
    try:
        with door as con:
            yield from render(con.execute(_single_query(sql)), format)
    except duckdb.Error as error:
        raise Refusal(_one_line(error)) from None


@contextmanager
def open_generation(
    home: Path, generation: str | None = None, public: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A locked-down connection whose search path is `marts`; what it is asked to run is the caller's responsibility."""
    folder = generation_folder(home, generation, public)
    spill = Path(home).absolute() / "tmp" / f"sql.tmp-{os.getpid()}"
    config = {
        "python_enable_replacements": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    with duckdb.connect(config=config) as con:
        try:
            _lock_down(con, folder, spill)
            yield con
        finally:
            shutil.rmtree(spill, ignore_errors=True)


def generation_folder(home: Path, generation: str | None = None, public: bool = False) -> Path:
    """The real folder, not the link: a switch in the middle of a query changes nothing for it."""
    shelf = Shelf(home, "public" if public else "restricted")
    if generation:
        found = shelf.find(generation)
        if public and found not in open_ids(shelf):
            raise Refusal(
                f"{found} was never released, or was withdrawn: the public reads `edfin generations --public`."
            )
        return shelf.folder(found)
    current = shelf.current_id()
    if current:
        return shelf.folder(current)
    if public:
        raise Refusal("nothing is released yet: `edfin release` makes the first public generation")
    if waiting := shelf.complete_ids():
        raise Refusal(
            f"nothing is published yet; candidate {waiting[-1]} waits for "
            f"`edfin publish-candidate {waiting[-1]} --reason …`"
        )
    raise Refusal("nothing is published yet: `edfin nightly` builds the first generation")


def _lock_down(con: duckdb.DuckDBPyConnection, folder: Path, spill: Path) -> None:
    """Parquet is allowed by its relative name too, because that is how views and macros spell it."""
    inside = [*folder.glob("facts/*/*.parquet"), *folder.glob("marts/*.parquet")]
    parquet = ", ".join(f"'{sql_path(path.relative_to(folder))}'" for path in inside)
    con.execute(f"attach '{sql_path(folder / WAREHOUSE)}' as warehouse (read_only)")
    con.execute("use warehouse.marts")
    for name, value in (
        ("temp_directory", f"'{sql_path(spill)}'"),
        ("file_search_path", f"'{sql_path(folder)}'"),
        ("allowed_directories", f"['{sql_path(folder)}/']"),
        ("allowed_paths", f"[{parquet}]"),
        ("enable_external_access", "false"),
        ("lock_configuration", "true"),
    ):
        con.execute(f"set {name} = {value}")


def _single_query(sql: str) -> duckdb.Statement:
    statements = duckdb.extract_statements(sql)
    if len(statements) != 1:
        raise Refusal(
            "there is no statement to run"
            if not statements
            else "one statement at a time, please (a PIVOT needs its values: PIVOT … ON column IN (…))"
        )
    statement = statements[0]
    inner = statement
    if statement.type == duckdb.StatementType.EXPLAIN and (match := EXPLAIN.match(sql)):
        inner = duckdb.extract_statements(sql[match.end() :])[0]
    if inner.type != duckdb.StatementType.SELECT:
        raise Refusal(
            f"a generation is read-only: {inner.type.name} is refused; "
            "SELECT, DESCRIBE, SHOW, SUMMARIZE and EXPLAIN run"
        )
    return statement


def _one_line(error: duckdb.Error) -> str:
    """DuckDB's first sentence and its hint, without the picture of the query."""
    paragraphs = [line.strip() for line in str(error).splitlines() if line.strip()]
    kept = [line for line in paragraphs if not re.match(r"LINE \d+:|\^", line)]
    return " ".join(kept[:3])
