"""Dagster's log of events, with its connections kept open.

A night stores some 1,500 events. Dagster's SQLite storage opens a database, prepares its statements and closes it again for each,
two or three times over, for nothing a reader of the log would see. Files and tables are Dagster's own, so that a home can
go back to Dagster's storage by taking `event_log_storage` out of its `dagster.yaml`.

Belongs here: how connections are made. Does not belong here: what is stored (Dagster), the settings (`instance`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from dagster._core.storage.event_log import SqliteEventLogStorage
from sqlalchemy.pool import StaticPool

_PATIENCE_SECONDS = 60
_MOST_OPEN = 8


class KeptEventLogStorage(SqliteEventLogStorage):
    """Dagster's storage of events, one open connection for each of its files: below `DAGSTER_HOME`, where the default has them."""

    @classmethod
    def config_type(cls) -> dict:
        """Nothing to configure."""
        return {}

    @classmethod
    def from_config_value(cls, inst_data, config_value) -> KeptEventLogStorage:
        """Make it, as Dagster asks."""
        return cls(str(Path(os.environ["DAGSTER_HOME"]) / "history" / "runs"), inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[sa.Connection]:
        with self._db_lock:  # one user at a time: the connection may go from thread to thread
            engines = self.__dict__.setdefault("_engines", {})
            if shard not in engines:
                if len(engines) >= _MOST_OPEN:  # a webserver looks at many runs
                    engines.pop(next(iter(engines))).dispose()
                engine = _engine(self.conn_string_for_shard(shard))
                self._initdb(engine)  # remembered only when it is whole
                engines[shard] = engine
                self._initialized_dbs.add(shard)
            with engines[shard].connect() as connection:
                counter = connection.connection.driver_connection
                before = counter.total_changes
                with connection.begin():
                    yield connection
                if counter.total_changes != before:
                    # Dagster's pages watch this file; what is written stands in the log beside it until that is closed.
                    os.utime(self.path_for_shard(shard))

    def has_table(self, table_name: str) -> bool:
        """Whether the index of all runs has a table; one that is there stays."""
        known = self.__dict__.setdefault("_known_tables", set())
        if table_name not in known and super().has_table(table_name):
            known.add(table_name)
        return table_name in known

    def dispose(self) -> None:
        """Close what is open."""
        for engine in self.__dict__.pop("_engines", {}).values():
            engine.dispose()
        super().dispose()


def _engine(address: str) -> sa.Engine:
    engine = sa.create_engine(
        address, poolclass=StaticPool, connect_args={"timeout": _PATIENCE_SECONDS, "check_same_thread": False}
    )

    @sa.event.listens_for(engine, "connect")
    def _(connection, _record) -> None:
        # The log is in write-ahead mode: what a power cut may take are its last events, never its order.
        connection.execute("PRAGMA synchronous=NORMAL")

    return engine
