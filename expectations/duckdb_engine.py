"""Great Expectations over an open DuckDB connection.

Belongs here: the one place that imports Great Expectations, and the adapter it needs for DuckDB.
Does not belong here: any rule, any SQL of ours, any reading of results.

Importing this module costs about ten seconds and 250 MB; import it inside the call that judges.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import duckdb
import great_expectations as gx
import sqlalchemy as sa
from duckdb_sqlalchemy import ConnectionWrapper
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from sqlalchemy.dialects import postgresql
from sqlalchemy.pool import StaticPool

_COPY, _VIEW = "CREATE TEMPORARY TABLE ", "CREATE TEMPORARY VIEW "
# GX builds its engine from plain values, so the open connection travels by name.
_OPEN: dict[str, duckdb.DuckDBPyConnection] = {}


# The engines that GX has made of it, to be ended with it: what the garbage collector ends later speaks to a closed connection.
_ENGINES: dict[str, list[sa.Engine]] = {}


def _engine_on(connection_string: str) -> sa.Engine:
    name = connection_string.removeprefix("duckdb://")
    connection = _OPEN[name]
    engine = sa.create_engine("duckdb://", creator=lambda: ConnectionWrapper(connection.cursor()), poolclass=StaticPool)
    _ENGINES.setdefault(name, []).append(engine)
    return engine


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):
    """GX's SQL engine on one open DuckDB connection."""

    def __init__(self, connection_string: str, **kwargs: Any):
        super().__init__(engine=_engine_on(connection_string))
        # GX chooses the regex operator by the dialect; DuckDB's `~` is PostgreSQL's, matching in full.
        self.dialect_module = postgresql

    @contextmanager
    def get_connection(self) -> Iterator[sa.Connection]:
        # GX reads results after its own `with` has closed the connection; DuckDB's are empty by then.
        if self._connection is None:
            self._connection = self.engine.connect()
        yield self._connection

    def execute_query_in_transaction(self, query: sa.TextClause) -> sa.CursorResult:
        # GX copies its batch, and does so twice in one validation. The gate's table stands still meanwhile: a view is enough,
        # and millions of rows are held once.
        text = str(query)
        if text.startswith(_COPY):
            query = sa.text(_VIEW + text.removeprefix(_COPY))
        return super().execute_query_in_transaction(query)


class DuckDBDatasource(SQLDatasource):
    """A GX datasource for DuckDB; GX 1.24 has none of its own."""

    type: Literal["duckdb"] = "duckdb"

    @property
    def execution_engine_type(self) -> type[SqlAlchemyExecutionEngine]:
        return DuckDBExecutionEngine

    def _create_engine(self) -> sa.Engine:
        return _engine_on(self.connection_string)


def validate(connection: duckdb.DuckDBPyConnection, table: str, expectations: list) -> list:
    """Validate one table in one GX run.

    Args:
        connection: open DuckDB connection that holds `table` (schema main).
        expectations: GX expectations, each with a unique `meta["edit_id"]`.

    Returns:
        GX's result per expectation, in no particular order.
    """
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    _OPEN[table] = connection
    try:
        source = context.data_sources.add_duckdb(name=table, connection_string=f"duckdb://{table}")
        asset = source.add_table_asset(name=table, table_name=table)
        batch = asset.add_batch_definition_whole_table("night").get_batch()
        suite = gx.ExpectationSuite(name=table, expectations=expectations)
        answer = batch.validate(
            suite,
            result_format={
                "result_format": "BASIC",
                "unexpected_index_column_names": ["submission_id", "row_number"],
                "return_unexpected_index_query": True,
                "partial_unexpected_count": 0,
            },
        )
        return answer.results
    finally:
        _OPEN.pop(table, None)
        for engine in _ENGINES.pop(table, []):
            engine.dispose()
