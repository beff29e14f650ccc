"""Raw: accepted rows as append-only Parquet.

Belongs here: writing the accepted rows of a night, one content-named file a fiscal year, and pseudonyms; writing a file again without rows.
Does not belong here: deciding what is accepted, or which files count (the registry says).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path

import duckdb
import pyarrow as pa

from ingest.atomic_files import private_folder, sync_folder
from ingest.contracts import Contract
from ingest.refusals import SystemFailure
from ingest.verdicts import RawFile

Pseudonym = Callable[[list[str]], pa.Array]


def write_raw(
    connection: duckdb.DuckDBPyConnection, contract: Contract, folder: Path, pseudonym: Pseudonym
) -> list[RawFile]:
    """Write the rows of the accepted submissions, less the dropped ones.

    Args:
        connection: holds the collection's table, `kept_submissions (submission_id, slot_fiscal_year)` and
            `dropped_rows (submission_id, row_number)`.
        contract: the collection.
        folder: `raw/` of the home.
        pseudonym: the keyed pseudonym of a list of identifiers.
    """
    target = private_folder(private_folder(folder) / contract.collection)
    columns, joins = ["t.submission_id", "cast(t.row_number as integer) as row_number"], ""
    for name in contract.column_names:
        if name in contract.pseudonymised_columns:
            _load_pseudonyms(connection, contract.collection, name, pseudonym)
            columns.append(f"{name}_key.pseudonym as {name}")
            joins += f" left join {name}_key on t.{name} = {name}_key.clear_id"
        else:
            columns.append(f"t.{name}")
    years = connection.execute(
        "select distinct cast(slot_fiscal_year as integer) from kept_submissions order by 1"
    ).fetchall()
    files = [_write_year(connection, contract, target, ", ".join(columns), joins, year) for (year,) in years]
    sync_folder(target)
    return files


def _load_pseudonyms(connection: duckdb.DuckDBPyConnection, table: str, column: str, pseudonym: Pseudonym) -> None:
    clear = [
        row[0]
        for row in connection.execute(f"select distinct {column} from {table} where {column} is not null").fetchall()
    ]
    connection.execute(f"create or replace table {column}_key (clear_id varchar, pseudonym varchar)")
    if clear:
        keys = pa.table({"clear_id": clear, "pseudonym": pseudonym(clear)})
        connection.register("keys_in", keys)
        connection.execute(f"insert into {column}_key select * from keys_in")
        connection.unregister("keys_in")


def _write_year(connection, contract: Contract, target: Path, columns: str, joins: str, year: int) -> RawFile:
    query = (
        f"select {columns} from {contract.collection} as t join kept_submissions as k using (submission_id){joins} "
        f"where cast(k.slot_fiscal_year as integer) = {year} and not exists (select 1 from dropped_rows as d "
        f"where d.submission_id = t.submission_id and d.row_number = t.row_number) order by {_order(contract)}"
    )
    return _write_file(connection, contract, target, query, year)


def _order(contract: Contract) -> str:
    money = f", t.amount_type, t.{contract.amount_column}" if contract.amount_column else ""
    return f"t.submission_id, t.row_number{money}"


def _write_file(connection, contract: Contract, target: Path, query: str, year: int) -> RawFile:
    temporary = target / f".writing-{os.getpid()}-{year}"
    rows = connection.execute(f"copy ({query}) to '{temporary}' (format parquet, compression zstd)").fetchall()[0][0]
    _prove_written(connection, contract, query, temporary)
    digest = hashlib.sha256(temporary.read_bytes()).hexdigest()
    _sync(temporary)
    name = f"fy{year}-{digest[:24]}.parquet"
    temporary.replace(target / name)
    return RawFile(contract.collection, year, name, rows, digest)


def submissions_in(folder: Path, file: RawFile) -> set[str]:
    """Whose rows a raw file holds."""
    path = str(folder / file.collection / file.file_name)
    with duckdb.connect() as connection:
        rows = connection.execute("select distinct submission_id from read_parquet(?)", [path]).fetchall()
    return {row[0] for row in rows}


def write_without(contract: Contract, folder: Path, file: RawFile, leaving: set[str]) -> RawFile | None:
    """Write a raw file again without the rows of some submissions; None where no row is left. The old file stays."""
    staying = submissions_in(folder, file) - leaving
    if not staying:
        return None
    target = folder / file.collection
    with duckdb.connect() as connection:
        connection.execute("create table staying (submission_id varchar)")
        connection.execute("insert into staying select unnest(?::varchar[])", [sorted(staying)])
        old = target / file.file_name
        query = (
            f"select t.* from read_parquet('{old}') as t join staying using (submission_id) order by {_order(contract)}"
        )
        written = _write_file(connection, contract, target, query, file.fiscal_year)
    sync_folder(target)
    return written


def _prove_written(connection: duckdb.DuckDBPyConnection, contract: Contract, query: str, path: Path) -> None:
    """Read the file back: rows and dollars of every submission must be what the gate accepted (law 11)."""
    money = f"sum({contract.amount_column})" if contract.amount_column else "null"
    kept, written = (
        f"select submission_id, count(*), {money} from ({source}) group by 1"
        for source in (query.rpartition(" order by ")[0], f"from read_parquet('{path}')")
    )
    differing = connection.execute(f"(({kept}) except ({written})) union all (({written}) except ({kept}))").fetchall()
    if differing:
        raise SystemFailure(f"Raw {contract.collection}: {path.name} does not hold what was accepted ({differing[0]}).")


def _sync(path: Path) -> None:
    """On disk, and its owner's alone, before it has its name."""
    path.chmod(0o600)
    with path.open("rb") as stream:
        os.fsync(stream.fileno())


def ensure_empty_file(folder: Path, contract: Contract) -> None:
    """Give a collection its typed file without rows, so that every reader finds every column."""
    target = private_folder(private_folder(folder) / contract.collection)
    path = target / "_empty.parquet"
    columns = ", ".join(f"cast(null as {c.data_type}) as {c.name}" for c in contract.columns if not c.is_pseudonymised)
    keys = "".join(f", cast(null as varchar) as {name}" for name in contract.pseudonymised_columns)
    query = (
        f"select cast(null as varchar) as submission_id, cast(null as integer) as row_number, {columns}{keys} limit 0"
    )
    temporary = target / f".empty-{os.getpid()}"
    duckdb.sql(f"copy ({query}) to '{temporary}' (format parquet)")
    temporary.chmod(0o600)
    temporary.replace(path)


def sweep_uncommitted(folder: Path, committed: Iterable[RawFile]) -> list[str]:
    """Remove raw files that the registry never committed (a gate was killed before), and prove that the others are there.

    What is removed is only a copy: its submissions are still pending and their bytes are in landing.

    Raises:
        SystemFailure: a committed file is missing.
    """
    counting = {(file.collection, file.file_name) for file in committed}
    for collection, name in sorted(counting):
        if not (folder / collection / name).is_file():
            raise SystemFailure(f"{folder / collection / name} is missing: restore it from the backup.")
    swept = []
    for path in sorted(folder.glob("[a-z]*/*")):
        is_kept = path.name.startswith("_") or (path.parent.name, path.name) in counting
        if path.is_file() and not is_kept:
            path.unlink()
            swept.append(path.name)
    return swept


def changed_files(folder: Path, committed: Iterable[RawFile]) -> list[str]:
    """Name every committed raw file that is missing or whose bytes are not those that were committed."""
    problems = []
    for file in committed:
        path = folder / file.collection / file.file_name
        if not path.is_file():
            problems.append(f"raw file {file.collection}/{file.file_name} is missing: restore it from the backup")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != file.sha256:
            problems.append(f"raw file {file.collection}/{file.file_name} was changed: restore it from the backup")
    return problems
