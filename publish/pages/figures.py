"""The rows behind each picture, read for many LEAs at once: a query for each picture, not one for each page.

Belongs here: which pictures a generation can give, SQL from the catalogue, rows by LEA.
Does not belong here: how a value is shown (`cells`), which rows are kept (`pictures`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import duckdb

from publish.pages.catalogue import Audience, Chart, KeyFigure

Row = dict[str, object]
Tables = Mapping[str, frozenset[str]]


def tables_of(con: duckdb.DuckDBPyConnection) -> Tables:
    """The tables and views of the search path's schema, with their columns."""
    found = con.execute(
        "select table_name, list(column_name) from duckdb_columns() "
        "where schema_name = current_schema() and database_name = current_database() group by table_name"
    ).fetchall()
    return {table: frozenset(columns) for table, columns in found}


def fitted(chart: Chart, tables: Tables) -> Chart:
    """The chart as these tables allow it: a column that is only listed may be gone, and a status beside a value is used."""
    found = tables.get(chart.table, frozenset())
    if chart.relation:
        return chart
    must = _drawn_from(chart)
    kept = [one for one in chart.columns if one.name in found | must or one.source or one.share_of]
    told = [
        one.model_copy(update={"status": f"{one.name}_status"})
        if not one.status and f"{one.name}_status" in found
        else one
        for one in kept
    ]
    return chart.model_copy(update={"columns": tuple(told)})


def _drawn_from(chart: Chart) -> set[str]:
    """The table's columns without which there is no picture."""
    drawn = {name for part in chart.draw.values() for name in ([part] if isinstance(part, str) else part)}
    spelled = set(re.findall(r"\bmain\.(\w+)", f"{chart.order} {chart.where}"))
    statuses = {chart.status, *(column.status for column in chart.columns)}
    own = {column.name for column in chart.columns if not (column.source or column.share_of)}
    return (drawn & own) | spelled | (statuses - {""}) | set(chart.split)


def absence(chart: Chart, tables: Tables, audience: Audience) -> str | None:
    """Why a picture cannot be given to this audience from these tables; nothing where it can."""
    if audience not in chart.audiences:
        return "It shows other districts' outcomes, and is made where small numbers are suppressed: on the public page."
    own = () if chart.relation else _drawn_from(chart)
    for table, columns in {chart.table: own, **chart.needs}.items():
        if table not in tables:
            return f"This edition of the data has no table {table}."
        if lacking := sorted(set(columns) - tables[table]):
            return f"This edition's table {table} has no column {', '.join(lacking)}."
    return None


def read(
    con: duckdb.DuckDBPyConnection, chart: Chart, tables: Tables, lea_ids: Sequence[str]
) -> Mapping[str, list[Row]]:
    """The picture's rows by LEA, in the picture's order."""
    return _by_lea(con.execute(query(chart, tables), {"lea_ids": list(lea_ids)}))


def query(chart: Chart, tables: Tables) -> str:
    """The SELECT of a picture; `$lea_ids` are the LEAs."""
    columns = {column.name: column.source or f"main.{column.name}" for column in chart.columns if not column.share_of}
    statuses = {column.status for column in chart.columns} | {chart.status}
    columns |= {name: f"main.{name}" for name in statuses | set(chart.split) | {"fiscal_year"} if name}
    has_suppressed = "suppressed_columns" in tables.get(chart.suppressed_from or chart.table, ())
    columns["suppressed_columns"] = chart.suppressed if has_suppressed else "null"
    relation = chart.relation.replace("{suppressed}", chart.suppressed_in_relation if has_suppressed else "")
    selected = ", ".join(f"{source} as {name}" for name, source in columns.items())
    return (
        f"select main.lea_id as lea_id, {selected} from {relation or chart.table} as main {chart.beside} "
        "where main.lea_id in (select unnest($lea_ids))"
        f"{f' and ({chart.where})' if chart.where else ''} order by main.fiscal_year, {chart.order}"
    )


def read_key_figures(
    con: duckdb.DuckDBPyConnection, listed: Iterable[KeyFigure], tables: Tables, lea_ids: Sequence[str]
) -> Mapping[str, list[tuple[KeyFigure, int, object]]]:
    """The newest known value of each key figure by LEA, with its year."""
    found: dict[str, list] = defaultdict(list)
    for one in listed:
        if one.column not in tables.get(one.table, ()):
            continue
        rows = con.execute(
            f"select lea_id, max(fiscal_year), arg_max({one.column}, fiscal_year) from {one.table} "
            f"where isfinite({one.column}::double) and lea_id in (select unnest($lea_ids)) group by lea_id",
            {"lea_ids": list(lea_ids)},
        ).fetchall()
        for lea_id, year, value in rows:
            found[lea_id].append((one, year, value))
    return found


def all_figures(
    con: duckdb.DuckDBPyConnection, charts: Iterable[Chart], tables: Tables, lea_ids: Sequence[str]
) -> Mapping[str, Mapping[str, list[Row]]]:
    """The rows of pictures, by picture and LEA."""
    return {chart.chart: read(con, chart, tables, lea_ids) for chart in charts}


def _by_lea(found: duckdb.DuckDBPyConnection) -> Mapping[str, list[Row]]:
    names = [part[0] for part in found.description]
    rows: dict[str, list[Row]] = defaultdict(list)
    for values in found.fetchall():
        row = dict(zip(names, values, strict=True))
        rows[row["lea_id"]].append(row)
    return rows
