"""A generation as tables of PostgreSQL, for tools that speak to nothing else.

Everything is loaded into a schema nobody reads, then shown in one transaction that waits until it holds every table of
the old one: a reader's transaction sees one generation, never parts of two. A load that was killed leaves the old
schema as it was, and the next one clears the rest away. `edfin_generation` in the schema says what it is a copy of, and
marks the schema as ours: another of the same name is left alone, and so is what somebody else put into ours.

Belongs here: loading and showing. Does not belong here: types and keys (`tables`), roles (`rights`), connections
(`connecting`).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb
import psycopg
from psycopg import sql

from ingest.refusals import Refusal, SystemFailure
from publish.doors.connecting import connected
from publish.doors.rights import ANALYST, READER, prepare_roles, schema_rights, table_rights
from publish.doors.tables import DoorTable, csv_of, key_sql, read_door_tables, table_sql
from publish.facts import is_fact
from publish.manifests import Manifest
from publish.sql_door import generation_folder, open_generation

IDENTITY = "edfin_generation"
LOCK = 0x6564_6669_6E00  # "edfin": one publication at a time into one database
LOCK_TIMEOUT = "50ms"  # far below PostgreSQL's deadlock_timeout of a second: it is we who give way, never a reader
MANY_ROWS = 100_000  # of which loading is told
PAUSE = 0.1  # seconds in which readers who waited for us go on
IDENTITY_COLUMNS = (
    "generation_id text, audience text, as_of timestamp, cut text, reference_version text, code_version text, "
    "event_position bigint, table_name text, row_count bigint, content_hash text"
)


@dataclass(frozen=True)
class Published:
    generation_id: str
    where: str
    schema: str
    tables: int
    rows: int


def publish_generation(
    home: Path,
    marts: Path,
    url: str,
    generation: str | None = None,
    public: bool = False,
    facts: bool = False,
    wait: float = 300,
    tell: Callable[[str], object] = str,
) -> Published:
    """Load a generation into a database and show it in place of the one before.

    `marts`: the models' own folder. `tell`: told of what takes long.

    Raises:
        Refusal: no such generation; the address, the rights or what stands in the database do not allow it.
        SystemFailure: the server cannot be reached, or ended the work; readers kept the old tables for `wait` seconds.
    """
    folder = generation_folder(home, generation, public)
    manifest = Manifest.read(folder)
    names = [name for name in manifest.tables if facts or not is_fact(name)]
    schema = "public_marts" if public else "marts"
    with connected(url) as (connection, where), open_generation(home, folder.name, public) as con:
        _take_turn(connection)
        _check_is_ours(connection, schema)
        prepare_roles(connection, public)
        loading = _Loading(con, connection, schema, manifest, public, tell)
        try:
            loading.load(list(read_door_tables(con, names, marts)))
            loading.show(wait)
        except BaseException:
            # Where the server is gone, the next publication clears the rest away.
            with suppress(psycopg.Error):
                connection.execute(sql.SQL("drop schema if exists {} cascade").format(loading.named_staging))
            raise
    return Published(
        manifest.generation_id, where, schema, len(names), sum(manifest.tables[name].rows for name in names)
    )


def _take_turn(connection: psycopg.Connection) -> None:
    if not connection.execute("select pg_try_advisory_lock(%s)", [LOCK]).fetchone()[0]:
        raise Refusal("Another `edfin publish` is at work in this database: wait until it is done.")


def _check_is_ours(connection: psycopg.Connection, schema: str) -> None:
    """Nothing is dropped that we did not make."""
    if not connection.execute("select 1 from pg_namespace where nspname = %s", [schema]).fetchone():
        return
    if not connection.execute("select to_regclass(%s)", [f"{schema}.{IDENTITY}"]).fetchone()[0]:
        raise Refusal(
            f"The database has a schema {schema} that edfin did not make: name another database, or rename it."
        )
    found = connection.execute(
        sql.SQL(
            "select relname from pg_class where relnamespace = %s::regnamespace and relkind not in ('i', 't', 'I') "
            "and relname <> %s and relname not in (select table_name from {}) order by 1"
        ).format(sql.Identifier(schema, IDENTITY)),
        [schema, IDENTITY],
    ).fetchall()
    if found:
        named = ", ".join(name for (name,) in found[:5])
        raise Refusal(f"Schema {schema} holds what edfin did not put there ({named}): move it to another schema first.")


class _Loading:
    """One generation on its way into one schema."""

    def __init__(self, con: duckdb.DuckDBPyConnection, connection: psycopg.Connection, schema: str, manifest: Manifest, public: bool, tell: Callable[[str], object]):  # fmt: skip
        self.con, self.connection, self.schema, self.manifest, self.public = con, connection, schema, manifest, public
        self.tell = tell
        self.staging = f"edfin_loading_{schema}"
        self.named_staging = sql.Identifier(self.staging)

    def load(self, tables: list[DoorTable]) -> None:
        """Fill the schema nobody reads; each table is there whole once its rows, key and rights are."""
        self.connection.execute(sql.SQL("drop schema if exists {} cascade").format(self.named_staging))
        self.connection.execute(sql.SQL("create schema {}").format(self.named_staging))
        version = self.connection.info.server_version
        for table in tables:
            if (rows := self.manifest.tables[table.name].rows) >= MANY_ROWS:
                self.tell(f"{table.name}, {rows:,} rows")
            with self.connection.transaction():
                self._run(*table_sql(table, self.staging))
                self._copy(table)
                self._run(*key_sql(table, self.staging, version), *table_rights(table, self.staging, self.public))
        with self.connection.transaction():
            self._identify([table.name for table in tables])
        self._run(*(sql.SQL("analyze {}").format(sql.Identifier(self.staging, table.name)) for table in tables))

    def _copy(self, table: DoorTable) -> None:
        relation = sql.Identifier(self.staging, table.name)
        with self.connection.cursor() as cursor:
            with cursor.copy(sql.SQL("copy {} from stdin (format csv)").format(relation)) as copy:
                for piece in csv_of(self.con, table):
                    copy.write(piece)
            if cursor.rowcount != (expected := self.manifest.tables[table.name].rows):
                raise SystemFailure(
                    f"{table.name} came to {cursor.rowcount:,} rows and has {expected:,} in the generation's manifest: nothing was shown."
                )

    def _identify(self, names: list[str]) -> None:
        relation = sql.Identifier(self.staging, IDENTITY)
        one = self.manifest
        own = [one.generation_id, "public" if self.public else "restricted", one.as_of.removesuffix("Z"), one.cut]
        own += [one.reference_version, one.code_version, one.event_position]
        rows = [[*own, name, one.tables[name].rows, one.tables[name].content_hash] for name in names]
        self._run(sql.SQL("create table {} ({})").format(relation, sql.SQL(IDENTITY_COLUMNS)))
        with self.connection.cursor() as cursor:
            marks = sql.SQL(", ").join([sql.Placeholder()] * len(rows[0]))
            cursor.executemany(sql.SQL("insert into {} values ({})").format(relation, marks), rows)
        readers = [ANALYST, READER] if self.public else [ANALYST]
        self._run(
            sql.SQL("comment on table {} is 'What these tables are a copy of, one row a table.'").format(relation),
            sql.SQL("grant select on {} to {}").format(relation, sql.SQL(", ").join(map(sql.Identifier, readers))),
        )

    def show(self, wait: float) -> None:
        """Put the loaded schema in the place of the old one, as soon as no reader is in the middle of it."""
        began = time.monotonic()
        is_told = False
        while True:
            try:
                with self.connection.transaction():
                    self._swap()
                return
            except psycopg.errors.LockNotAvailable:
                waited = time.monotonic() - began
                if waited > 2 and not is_told:
                    self.tell(f"waiting up to {wait:g} seconds for readers of {self.schema}")
                    is_told = True
                if waited > wait:
                    raise SystemFailure(
                        f"Readers have held tables of {self.schema} for {wait:g} seconds: nothing was shown. "
                        "Ask again, or end the transactions that pg_stat_activity lists as idle."
                    ) from None
                time.sleep(PAUSE)
            except psycopg.errors.DependentObjectsStillExist as problem:
                raise Refusal(
                    f"Views or functions of others stand on tables of {self.schema}, and would be lost: "
                    f"{'; '.join((problem.diag.message_detail or '').splitlines()[:5])}. Drop them first; nothing was shown."
                ) from None

    def _swap(self) -> None:
        old = [name for (name,) in self.connection.execute(
            "select relname from pg_class where relnamespace = to_regnamespace(%s) and relkind in ('r', 'p') order by 1", [self.schema])]  # fmt: skip
        named = sql.Identifier(self.schema)
        if self.connection.execute("select to_regnamespace(%s)", [self.schema]).fetchone()[0]:
            tables = sql.SQL(", ").join(sql.Identifier(self.schema, name) for name in old)
            self._run(
                sql.SQL("set local lock_timeout = {}").format(LOCK_TIMEOUT),
                sql.SQL("lock table {} in access exclusive mode").format(tables),
                sql.SQL("drop table {}").format(tables),
                sql.SQL("drop schema {}").format(named),
            )
        self._run(
            sql.SQL("alter schema {} rename to {}").format(self.named_staging, named),
            *schema_rights(self.schema, self.public),
        )

    def _run(self, *statements: sql.Composed) -> None:
        for statement in statements:
            self.connection.execute(statement)
