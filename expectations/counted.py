"""GX's expectation by a query of failing rows, counted only.

Belongs here: leaving out what the gate never reads. Does not belong here: the queries (`queries`), reading results (`judge`).
"""

from __future__ import annotations

from typing import ClassVar

import great_expectations.expectations as gxe

_COUNT, _ROWS = "unexpected_rows_query.row_count", "unexpected_rows_query.table"


class ExpectNoRowsOfQuery(gxe.UnexpectedRowsExpectation):
    """As its base; but GX runs every query twice, once to count and once for its first rows, and the gate collects all rows itself."""

    metric_dependencies: ClassVar[tuple[str, ...]] = (_COUNT,)

    def _validate(self, metrics: dict, runtime_configuration: dict | None = None, execution_engine=None):
        return super()._validate({_ROWS: [], **metrics}, runtime_configuration, execution_engine)
