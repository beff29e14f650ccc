"""How the registry reaches its database: SQLite (WAL) or PostgreSQL, readers and the one writer.

Belongs here: engines, transactions, the lock that makes writers wait for each other, creating the schema once.
Does not belong here: what is read or written.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock
from sqlalchemy import Connection, Engine, create_engine, event, inspect, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError

from ingest import registry_tables as tables
from ingest.refusals import Refusal, SystemFailure

WAIT_SECONDS = 120
WRITER_LOCK = 0x6564_6669_6E  # "edfin", the number of PostgreSQL's advisory lock


def connect(url: str, state: str) -> Engine:
    """Open the registry's database, creating its tables on first use.

    Raises:
        Refusal: an URL that cannot be used, or a registry of another state.
        SystemFailure: the database cannot be reached, or is of another edfin.
    """
    try:
        target = make_url(url)
        engine = _sqlite(target) if target.get_backend_name() == "sqlite" else _postgresql(target)
        with _creating(target), writing(engine) as connection:
            if not inspect(connection).has_table("registry_schema"):
                tables.create(connection, state)
        _check(engine, state)
    except (ArgumentError, NoSuchModuleError) as problem:
        raise Refusal(f"EDFIN_REGISTRY is no database address: {problem}.") from None
    except OperationalError as problem:
        shown = target.render_as_string(hide_password=True)
        raise SystemFailure(f"The registry {shown} cannot be opened: {str(problem.orig).splitlines()[0]}.") from problem
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that no other writer shares the time of."""
    with engine.connect().execution_options(is_writing=True) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(text("select pg_advisory_xact_lock(:number)"), {"number": WRITER_LOCK})
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One transaction that sees one moment of the registry."""
    isolation = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with engine.connect().execution_options(**isolation) as connection, connection.begin():
        yield connection


@contextmanager
def _creating(url: URL) -> Iterator[None]:
    """SQLite cannot switch to WAL while another does: first users queue at a file lock."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        yield
        return
    Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{url.database}.lock", timeout=WAIT_SECONDS, mode=0o600):
        _keep_private(Path(url.database))
        yield


def _keep_private(database: Path) -> None:
    """Findings quote what districts sent. SQLite gives its journals the database's own mode."""
    database.touch(mode=0o600)
    for path in (database, database.with_name(f"{database.name}-wal"), database.with_name(f"{database.name}-shm")):
        if path.exists() and path.stat().st_mode & 0o077 and path.stat().st_uid == os.geteuid():
            path.chmod(0o600)


def _sqlite(url: URL) -> Engine:
    engine = create_engine(url, connect_args={"timeout": WAIT_SECONDS})

    @event.listens_for(engine, "connect")
    def _configure(connection: object, _record: object) -> None:
        connection.isolation_level = None  # transactions begin below, not in the driver
        for pragma in ("journal_mode = wal", "synchronous = full", "foreign_keys = on"):
            connection.execute(f"pragma {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        is_writing = connection.get_execution_options().get("is_writing")
        connection.exec_driver_sql("begin immediate" if is_writing else "begin")

    return engine


def _postgresql(url: URL) -> Engine:
    if url.get_backend_name() not in ("postgresql", "postgres"):
        raise Refusal(f"EDFIN_REGISTRY may be sqlite:///… or postgresql://…, not {url.get_backend_name()}.")
    try:
        return create_engine(url.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    except ModuleNotFoundError:
        raise SystemFailure("PostgreSQL needs the package psycopg: pip install 'edfin[postgresql]'.") from None


def _check(engine: Engine, state: str) -> None:
    try:
        with reading(engine) as connection:
            version, held = connection.execute(select(tables.registry_schema)).one()
    except DBAPIError as problem:
        raise SystemFailure(f"The registry's database holds something else: {problem.orig}.") from problem
    if version != tables.SCHEMA_VERSION:
        raise SystemFailure(
            f"The registry is of schema {version}, this edfin of {tables.SCHEMA_VERSION}: use the edfin that made it."
        )
    if held != state:
        raise Refusal(
            f"The registry holds state '{held}', but EDFIN_STATE is '{state}': set EDFIN_STATE={held} or another EDFIN_REGISTRY."
        )
