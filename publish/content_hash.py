"""A hash of a table's content that does not know in what order, file or scale the content came.

Every row is written out as text, hashed with MD5, and the two 64-bit halves are summed over all rows; duplicates
therefore count and order does not. The sums, the row count and the sorted column names make the table's hash. The
text of a value is fixed here and not left to the database's taste:

- empty text and NULL are the same ("empty = not reported");
- decimals lose trailing zeros, so `1.50` is `1.5` and a wider scale changes nothing;
- floating-point values keep 12 significant digits, because parallel sums differ in the last bits;
- timestamps are microseconds since 1970, UTC.

`data_as_of`, `version` and columns ending in `_at` say when, not what: they are left out. So are the columns by
which a generation names itself (`generation_id`, `as_of`, `event_position`): a night that was interrupted and run
again holds the same marts as one that was not.

A file's name must promise more than that, every column as it is, and for one machine only: `exact_fingerprint` adds
the schema and the sum of the engine's own quick hash over all columns. Choosing what to hash is the caller's
business.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

NOT_CONTENT = frozenset({"data_as_of", "version", "generation_id", "as_of", "event_position"})
LOW_HALF = "18446744073709551615::uhugeint"


@dataclass(frozen=True)
class Column:
    name: str
    data_type: str

    @property
    def quoted(self) -> str:
        return quoted(self.name)

    @property
    def is_content(self) -> bool:
        return not (self.name in NOT_CONTENT or self.name.endswith("_at"))


@dataclass(frozen=True)
class RowSums:
    """Additive: the sums of two disjoint sets of rows are the sums of their union."""

    rows: int = 0
    low: int = 0
    high: int = 0

    def __add__(self, other: "RowSums") -> "RowSums":
        return RowSums(self.rows + other.rows, self.low + other.low, self.high + other.high)


def quoted(name: str) -> str:
    """A SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A SQL string."""
    return "'" + text.replace("'", "''") + "'"


def columns_of(con: duckdb.DuckDBPyConnection, relation: str) -> list[Column]:
    """Columns of a relation, in its order."""
    return [Column(row[0], row[1].upper()) for row in con.execute(f"describe select * from {relation}").fetchall()]


def hash_table(con: duckdb.DuckDBPyConnection, relation: str) -> tuple[int, str]:
    """`(rows, content_hash)` of a table, view or table function such as `read_parquet(...)`."""
    columns = columns_of(con, relation)
    sums = RowSums(*con.execute(f"select {sums_sql(row_hash_sql(columns))} from {relation}").fetchone())
    return sums.rows, content_hash(columns, sums)


def content_hash(columns: Sequence[Column], sums: RowSums) -> str:
    """The table's hash: its content columns and the sums over its rows."""
    return _digest(sorted(column.name for column in columns if column.is_content), sums)


def exact_fingerprint(columns: Sequence[Column], sums: RowSums, quick_sum: int) -> str:
    """Another engine version may name the same rows otherwise: their file is then written once more, nothing worse."""
    return _digest([f"{column.name} {column.data_type}" for column in columns] + [str(quick_sum)], sums)


def row_hash_sql(columns: Sequence[Column], is_whole: bool = False) -> str:
    """The SQL of one row's 128-bit content hash, over the columns in the order of their names; `is_whole`: over all of them."""
    counted = sorted((column for column in columns if is_whole or column.is_content), key=lambda column: column.name)
    cells = ", ".join(_cell_sql(column) for column in counted) or "''"
    return f"md5_number(concat({cells}))"


def quick_sum_sql(columns: Sequence[Column]) -> str:
    """The SQL of the sum of the engine's own row hashes."""
    return f"coalesce(sum(hash({', '.join(column.quoted for column in columns)})::hugeint), 0)"


def sums_sql(row_hash: str) -> str:
    """Aggregates in the order of `RowSums`; the row hash is spelled twice and computed once."""
    low, high = f"({row_hash} & {LOW_HALF})::hugeint", f"({row_hash} >> 64)::hugeint"
    return f"count(*), coalesce(sum({low}), 0), coalesce(sum({high}), 0)"


def _cell_sql(column: Column) -> str:
    """One value as text that cannot run into its neighbour: free text behind its length, all else before a bar."""
    name, kind = column.quoted, column.data_type
    if kind.startswith("DECIMAL") and not kind.endswith(",0)"):
        return f"rtrim(rtrim({name}::varchar, '0'), '.'), '|'"
    if kind in ("DOUBLE", "FLOAT"):
        return f"format('{{:.11e}}', {name}::double + 0.0), '|'"
    if kind.startswith("TIMESTAMP"):
        return f"epoch_us({name}), '|'"
    if kind in ("BOOLEAN", "DATE", "UUID") or kind.endswith(("INT", "INTEGER")) or kind.startswith("DECIMAL"):
        return f"{name}, '|'"
    text = f"coalesce({name}::varchar, '')"
    return f"strlen({text}), ':', {text}"


def _digest(header: Sequence[str], sums: RowSums) -> str:
    text = "\n".join([*header, str(sums.rows), str(sums.low), str(sums.high)])
    return hashlib.sha256(text.encode()).hexdigest()[:32]
