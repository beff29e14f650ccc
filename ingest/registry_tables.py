"""The registry's tables, and the triggers that keep them append-only.

Belongs here: columns, keys, indexes, triggers, and lifting them for a purge. A status is no column: it is derived from events (`slots`).
Does not belong here: queries and connections.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

SCHEMA_VERSION = 3
metadata = MetaData()


class UtcText(TypeDecorator[datetime]):
    """A moment as text, `2026-11-22T04:42:14.123456Z`: the same in every database, and in the hash chain."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: object) -> str | None:
        return None if value is None else utc_text(value)

    def process_result_value(self, value: str | None, _dialect: object) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


def utc_text(moment: datetime) -> str:
    """A moment without a zone is UTC."""
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


registry_schema = Table(
    "registry_schema",
    metadata,
    Column("schema_version", Integer, primary_key=True),
    Column("state", String, nullable=False),
)

event = Table(
    "event",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("event_type", String, nullable=False),
    Column("submission_id", String),
    Column("at", UtcText, nullable=False),
    Column("by_whom", String, nullable=False),
    Column("payload", Text, nullable=False),
    Column("prev_hash", String(64), nullable=False, unique=True),
    Column("hash", String(64), nullable=False, unique=True),
    Index("event_by_submission", "submission_id", "position"),
    Index("event_by_type", "event_type", "position"),
)

submission = Table(
    "submission",
    metadata,
    Column("submission_id", String, primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("collection", String, nullable=False),
    Column("lea_id", String, nullable=False),
    Column("fiscal_year", Integer, nullable=False),
    Column("reporting_period", String, nullable=False),
    Column("layout", String, nullable=False),
    Column("control_count", String),
    Column("control_total", String),
    Column("version", Integer, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("part_of", String),
    Column("file_name", String, nullable=False),
    Column("reference_version", String, nullable=False),
    Column("received_at", UtcText, nullable=False),
    Column("stated_received_at", UtcText),
    Column("by_whom", String, nullable=False),
    Column("event_position", BigInteger, ForeignKey("event.position"), nullable=False),
    UniqueConstraint("collection", "lea_id", "fiscal_year", "reporting_period", "version"),
    Index("submission_by_sha256", "sha256"),
    Index("submission_by_event", "event_position"),
)

verdict = Table(
    "verdict",
    metadata,
    Column("event_position", BigInteger, ForeignKey("event.position"), primary_key=True, autoincrement=False),
    Column("submission_id", String, ForeignKey("submission.submission_id"), nullable=False),
    Column("verdict", String, nullable=False),
    Column("reference_version", String, nullable=False),
    Column("layout", String),
    Column("record_count", BigInteger, nullable=False),
    Column("row_count", BigInteger, nullable=False),
    Column("excluded_count", BigInteger, nullable=False),
    Column("suspended_count", BigInteger, nullable=False),
    Index("verdict_by_submission", "submission_id", "event_position"),
)

finding = Table(
    "finding",
    metadata,
    Column("event_position", BigInteger, ForeignKey("event.position"), primary_key=True, autoincrement=False),
    Column("finding_number", Integer, primary_key=True, autoincrement=False),
    Column("edit_id", String, nullable=False),
    Column("severity", String, nullable=False),
    Column("row_number", BigInteger),
    Column("column_name", String),
    Column("value", Text),
    Column("message", Text, nullable=False),
    Column("fix", Text, nullable=False),
    Column("is_waived", Boolean, nullable=False),
    Column("item_key", Text),
)

finding_count = Table(
    "finding_count",
    metadata,
    Column("event_position", BigInteger, ForeignKey("event.position"), primary_key=True, autoincrement=False),
    Column("edit_id", String, primary_key=True),
    Column("severity", String, primary_key=True),
    Column("submission_id", String, ForeignKey("submission.submission_id"), nullable=False),
    Column("finding_count", BigInteger, nullable=False),
    Column("waived_count", BigInteger, nullable=False),
)

raw_file = Table(
    "raw_file",
    metadata,
    Column("collection", String, primary_key=True),
    Column("file_name", String, primary_key=True),
    Column("fiscal_year", Integer, nullable=False),
    Column("row_count", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("event_position", BigInteger, ForeignKey("event.position"), nullable=False),
)

_FORBID_FUNCTION = """
create or replace function edfin_append_only() returns trigger language plpgsql as $$
begin raise exception 'the registry is append-only: % on % refused', tg_op, tg_table_name; end $$
"""


def create(connection: Connection, state: str) -> None:
    """Create tables and triggers in an empty database."""
    metadata.create_all(connection)
    on_postgresql = connection.dialect.name == "postgresql"
    if on_postgresql:
        connection.execute(text(_FORBID_FUNCTION))
    for table in metadata.tables:
        for statement in _postgresql_triggers(table) if on_postgresql else _sqlite_triggers(table):
            connection.exec_driver_sql(statement)
    connection.execute(registry_schema.insert(), {"schema_version": SCHEMA_VERSION, "state": state})


@contextmanager
def blanking(connection: Connection, *tables_changed: str) -> Iterator[None]:
    """Lift the triggers of tables within the caller's one transaction: a purge alone takes away what was written."""
    on_postgresql = connection.dialect.name == "postgresql"
    for table in tables_changed:
        for statement in _lifted(table, "disable") if on_postgresql else _dropped(table):
            connection.exec_driver_sql(statement)
    yield
    for table in tables_changed:
        for statement in _lifted(table, "enable") if on_postgresql else _sqlite_triggers(table):
            connection.exec_driver_sql(statement)


def _lifted(table: str, word: str) -> list[str]:
    return [f"alter table {table} {word} trigger {table}_append_only"]


def _dropped(table: str) -> list[str]:
    return [f"drop trigger {table}_no_{action}" for action in ("update", "delete")]


def _sqlite_triggers(table: str) -> list[str]:
    return [
        f"create trigger {table}_no_{action} before {action} on {table} "
        f"begin select raise(abort, 'the registry is append-only: {action} on {table} refused'); end"
        for action in ("update", "delete")
    ]


def _postgresql_triggers(table: str) -> list[str]:
    return [
        f"create trigger {table}_append_only before update or delete or truncate on {table} "
        "for each statement execute function edfin_append_only()"
    ]
