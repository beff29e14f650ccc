"""A generation behind DuckDB's own protocol, Quack, for other DuckDBs: read-only, on this machine, with a token.

Three walls, each enough by itself against writing. Everything attached is attached read-only, the server's main
database too, a passing file of views. DuckDB opens no file but the generation's and changes no setting once it
listens. And of each query `statements` decides on its parsed form whether it is answered at all.

Belongs here: that server. Does not belong here: TLS and other machines: a proxy or a tunnel stands before it.
"""

from __future__ import annotations

import secrets
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
from duckdb_extensions import import_extension

from ingest.refusals import Refusal, SystemFailure
from publish.content_hash import quoted
from publish.doors.statements import answers_sql
from publish.facts import sql_path
from publish.generations import MEMORY_LIMIT
from publish.manifests import Manifest
from publish.shelves import WAREHOUSE
from publish.sql_door import generation_folder

HOST, PORT = "127.0.0.1", 9494
EXTENSIONS = ("httpfs", "quack")
SHORTEST_TOKEN = 16


@dataclass(frozen=True)
class Served:
    address: str
    generation_id: str


def read_token(file: Path | None) -> tuple[str, bool]:
    """The token of a file only its owner reads, or a new one; and whether it is new.

    Raises:
        Refusal: there is no such file, others may read it, or it holds no fit token.
    """
    if file is None:
        return secrets.token_urlsafe(32), True
    try:
        mode, text = file.stat().st_mode, file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        raise Refusal(f"{file}: no token can be read ({getattr(problem, 'strerror', 'not text')}).") from None
    if mode & 0o077:
        raise Refusal(f"{file} may be read by others: chmod 600 {file}")
    if len(text) < SHORTEST_TOKEN or not text.isascii() or not text.isprintable() or " " in text:
        raise Refusal(f"{file}: a token is one line of {SHORTEST_TOKEN} or more letters, digits and signs.")
    return text, False


@contextmanager
def served_generation(
    home: Path, token: str, port: int = PORT, generation: str | None = None, public: bool = False
) -> Iterator[Served]:
    """Serve a generation for as long as the block lasts; the generation stays the same, whatever is published meanwhile.

    Raises:
        Refusal: there is no such generation, or the port is taken.
        SystemFailure: the extensions that serve cannot be loaded.
    """
    folder = generation_folder(home, generation, public)
    _check_free(port)
    scratch = Path(tempfile.mkdtemp(prefix="edfin-serve-"))
    try:
        door = scratch / "edfin.duckdb"
        _write_door(folder, door)
        config = {
            "extension_directory": str(scratch / "extensions"),
            "temp_directory": str(scratch / "spill"),
            "memory_limit": MEMORY_LIMIT,
            "python_enable_replacements": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        with duckdb.connect(str(door), read_only=True, config=config) as con:
            _load_extensions(con)
            yield Served(_listen(con, folder, token, port), folder.name)
            con.execute(f"call quack_stop('quack:{HOST}:{port}')")
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _check_free(port: int) -> None:
    """Quack shares a port with whoever listens on it already, and clients would reach the one or the other."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as problem:
            raise Refusal(
                f"Port {port} of {HOST} cannot be opened ({problem.strerror}): name another with --port."
            ) from None


def _write_door(folder: Path, door: Path) -> None:
    """A file of views, so that a table is found as `dim_lea`, as `marts.dim_lea`, and as `main.dim_lea`, which clients ask for."""
    with duckdb.connect(str(door)) as con:
        con.execute(f"attach '{sql_path(folder / WAREHOUSE)}' as warehouse (read_only)")
        con.execute(f"set file_search_path = '{sql_path(folder)}'")
        con.execute("create schema marts")
        for table in Manifest.read(folder).tables:
            for schema in ("main", "marts"):
                con.execute(f"create view {schema}.{quoted(table)} as from warehouse.marts.{quoted(table)}")
        if con.execute("select 1 from duckdb_functions() where function_name = 'ledger_as_of'").fetchone():
            for schema in ("main", "marts"):
                con.execute(
                    f"create macro {schema}.ledger_as_of(moment) as table from warehouse.marts.ledger_as_of(moment)"
                )
        con.execute(answers_sql())


def _load_extensions(con: duckdb.DuckDBPyConnection) -> None:
    try:
        for name in EXTENSIONS:
            import_extension(name, con=con)
            con.execute(f"load {name}")
    except (ModuleNotFoundError, duckdb.Error) as problem:
        raise SystemFailure(
            f"DuckDB's extensions {' and '.join(EXTENSIONS)} cannot be loaded ({str(problem).splitlines()[0]}): "
            "they come with edfin[serve], for DuckDB 1.5.5 and this kind of machine."
        ) from None


def _listen(con: duckdb.DuckDBPyConnection, folder: Path, token: str, port: int) -> str:
    """Lock everything that can be locked, then open the port; the authorization stands before the first client can."""
    con.execute(f"attach '{sql_path(folder / WAREHOUSE)}' as warehouse (read_only)")
    inside = [*folder.glob("facts/*/*.parquet"), *folder.glob("marts/*.parquet")]
    files = ", ".join(f"'{sql_path(path.relative_to(folder))}'" for path in inside)
    for name, value in (
        ("file_search_path", f"'{sql_path(folder)}'"),
        ("allowed_directories", f"['{sql_path(folder)}/']"),
        ("allowed_paths", f"[{files}]"),
        ("quack_authorization_function", "'edfin_answers'"),
        ("enable_external_access", "false"),
        ("lock_configuration", "true"),
    ):
        con.execute(f"set global {name} = {value}")
    try:
        con.execute(f"call quack_serve('quack:{HOST}:{port}', token := '{token.replace(chr(39), chr(39) * 2)}')")
    except duckdb.Error as problem:
        reason = str(problem).splitlines()[0].replace(token, "***")
        raise SystemFailure(f"Port {port} of {HOST} cannot be opened ({reason}).") from None
    return f"quack:{HOST}:{port}"
