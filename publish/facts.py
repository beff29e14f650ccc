"""Fact tables on disk: one Parquet file per fact and fiscal year, named by its content and shared between
generations.

`published/<audience>/facts/<fact>/<fiscal_year>-<hash>.parquet` is the pool. A generation holds hard links to the
files it needs, so its folder is whole by itself and a year that did not change costs neither time nor space. The
view texts over these files are written in `warehouse_file`.
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb

from publish.content_hash import (
    Column,
    RowSums,
    columns_of,
    content_hash,
    exact_fingerprint,
    quick_sum_sql,
    quoted,
    row_hash_sql,
    sums_sql,
)
from publish.fact_sums import FactSums, YearSums
from publish.shelves import sync

SORT_COLUMNS = ("lea_id", "submission_id", "row_number", "amount_type", "split_number")


@dataclass(frozen=True)
class Slice:
    """One fiscal year of one fact. `file` is relative to the pool and to the generation's `facts/` alike."""

    condition: str
    file: Path


@dataclass(frozen=True)
class FactPlan:
    relation: str
    columns: list[Column]
    slices: list[Slice]
    rows: int
    content_hash: str


def is_fact(table: str) -> bool:
    """Whether a mart is a fact, kept in slices by fiscal year."""
    return table.startswith("fct_")


def plan_fact(con: duckdb.DuckDBPyConnection, relation: str, fact: str, sums: FactSums | None = None) -> FactPlan:
    """One scan of the years not known yet: what each year is called, and the hash of the whole."""
    sums = sums or FactSums()
    columns = columns_of(con, relation)
    year = "fiscal_year" if any(column.name == "fiscal_year" for column in columns) else "null"
    known = sums.unchanged(fact, columns)
    years = sorted([*known, *_read_sums(con, relation, columns, year, known)], key=lambda one: one.fiscal_year or 0)
    sums.learn(fact, columns, years)
    total, slices = RowSums(), []
    for one in years:
        total += one.sums
        slices.append(_slice(fact, year, one.fiscal_year, exact_fingerprint(columns, one.sums, one.quick_sum)))
    if not slices:
        slices = [Slice("false", Path(fact, f"empty-{exact_fingerprint(columns, RowSums(), 0)}.parquet"))]
    return FactPlan(relation, columns, slices, total.rows, content_hash(columns, total))


def store_fact(con: duckdb.DuckDBPyConnection, plan: FactPlan, pool: Path, folder: Path) -> None:
    """Write the slices the pool lacks, then link every slice into `folder`."""
    for part in plan.slices:
        pooled, linked = pool / part.file, folder / part.file
        if not pooled.exists():
            _write_slice(con, plan, part, pooled)
        linked.parent.mkdir(parents=True, exist_ok=True)
        _link(pooled, linked)


def _read_sums(con, relation: str, columns: list[Column], year: str, known: list[YearSums]) -> list[YearSums]:
    others = f" where {year} not in ({', '.join(str(one.fiscal_year) for one in known)})" if known else ""
    totals = f"{sums_sql(row_hash_sql(columns))}, {quick_sum_sql(columns)}"
    rows = con.execute(f"select {year}, {totals} from {relation}{others} group by 1 order by 1").fetchall()
    return [YearSums(found, RowSums(count, low, high), quick) for found, count, low, high, quick in rows]


def _slice(fact: str, year: str, fiscal_year: int | None, fingerprint: str) -> Slice:
    label = "none" if fiscal_year is None else str(fiscal_year)
    condition = f"{year} is null" if fiscal_year is None else f"{year} = {fiscal_year}"
    return Slice(condition, Path(fact, f"{label}-{fingerprint}.parquet"))


def _write_slice(con: duckdb.DuckDBPyConnection, plan: FactPlan, part: Slice, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    names = {column.name for column in plan.columns}
    order = ", ".join(quoted(name) for name in SORT_COLUMNS if name in names) or "1"
    draft = target.with_name(f"{target.name}.tmp-{os.getpid()}")
    con.execute(
        f"copy (select * from {plan.relation} where {part.condition} order by {order})"
        f" to '{sql_path(draft)}' (format parquet, compression zstd)"
    )
    sync(draft)
    draft.chmod(draft.stat().st_mode & ~0o222)
    draft.replace(target)
    sync(target.parent)


def _link(pooled: Path, linked: Path) -> None:
    try:
        os.link(pooled, linked)
    except OSError:  # a file system without hard links: correct, only larger
        shutil.copy2(pooled, linked)


def sql_path(path: Path) -> str:
    """A path inside a SQL text literal."""
    return str(path).replace("'", "''")
