"""The content hash sees content: not order, files, scale or the moment of loading."""

import hashlib
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publish.content_hash import columns_of, hash_table, row_hash_sql

CELL = st.tuples(
    st.none() | st.text(max_size=6),
    st.none() | st.integers(-(2**31), 2**31 - 1),
    st.none() | st.decimals(-(10**9), 10**9, places=2),
    st.none() | st.booleans(),
)
ROWS = st.lists(CELL, max_size=8)


@pytest.fixture(scope="module")
def con():
    with duckdb.connect() as connection:
        yield connection


def hash_of(con, rows, amount_type="decimal(18,2)"):
    con.execute(f"create or replace table t (name varchar, n integer, amount {amount_type}, flag boolean)")
    if rows:
        con.executemany("insert into t values (?, ?, ?, ?)", rows)
    return hash_table(con, "t")


def as_content(row):
    return (row[0] or None, *row[1:])


@settings(max_examples=25, deadline=None)
@given(rows=ROWS, seed=st.randoms())
def test_order_does_not_count(con, rows, seed):
    shuffled = list(rows)
    seed.shuffle(shuffled)
    assert hash_of(con, rows) == hash_of(con, shuffled)


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(CELL, min_size=1, max_size=6), other=CELL, place=st.integers(0, 3))
def test_one_changed_cell_changes_the_hash(con, rows, other, place):
    changed = list(rows)
    changed[0] = tuple(other[i] if i == place else value for i, value in enumerate(rows[0]))
    same = as_content(changed[0]) == as_content(rows[0])
    assert (hash_of(con, rows) == hash_of(con, changed)) == same


@settings(max_examples=20, deadline=None)
@given(rows=st.lists(CELL, min_size=1, max_size=6))
def test_duplicates_count(con, rows):
    once, twice, thrice = (hash_of(con, rows + rows[:1] * extra) for extra in (0, 1, 2))
    assert len({once, twice, thrice}) == 3


def test_neighbouring_texts_do_not_run_together(con):
    hashes = {
        hash_table(con, f"(select {pair})")
        for pair in (
            "'ab' as a, 'c' as b",
            "'a' as a, 'bc' as b",
            "'' as a, 'abc' as b",
            "'a|1:' as a, '' as b",
            "'a' as a, '|' as b",
        )
    }
    assert len(hashes) == 5


def test_layout_scale_and_width_do_not_count(con, tmp_path):
    rows = [
        ("a", 1, Decimal("1.50"), True),
        ("b", 2, Decimal("0"), None),
        ("c", 3, Decimal("-20.00"), False),
        ("d", 4, None, True),
    ]
    expected = hash_of(con, rows)
    assert hash_of(con, rows, "decimal(38,9)") == expected
    con.execute(f"copy (select * from t where n < 3) to '{tmp_path}/1.parquet'")
    con.execute(f"copy (select * from t where n >= 3) to '{tmp_path}/2.parquet'")
    assert hash_table(con, f"read_parquet('{tmp_path}/*.parquet')") == expected
    assert hash_table(con, "(select flag, amount, n::bigint as n, name from t)") == expected


def test_empty_text_is_null(con):
    assert hash_of(con, [("", 1, None, None)]) == hash_of(con, [(None, 1, None, None)])


def test_moments_and_versions_are_left_out(con):
    bare = hash_table(con, "(select 1 as a)")
    dressed = hash_table(con, "(select 1 as a, now() as data_as_of, now() as received_at, random() as version)")
    assert dressed == bare
    assert hash_table(con, "(select 1 as a, 7 as conversion)") != bare


def test_ratios_may_differ_in_the_last_bits_only(con):
    assert hash_table(con, "(select 0.1::double + 0.2::double as x)") == hash_table(con, "(select 0.3::double as x)")
    assert hash_table(con, "(select 0.3000001::double as x)") != hash_table(con, "(select 0.3::double as x)")
    assert hash_table(con, "(select -0.0::double as x)") == hash_table(con, "(select 0.0::double as x)")


def test_the_definition_does_not_depend_on_the_engine(con):
    """The row hash is MD5 of a text anybody can write down."""
    relation = """(select '0400' as lea_id, 2025 as fiscal_year, 12.50::decimal(18, 2) as amount, true as flag,
        date '2025-07-01' as d, 2.5::double as r)"""
    text = "12.5|2025-07-01|2025|true|4:04002.50000000000e+00|"
    expected = int.from_bytes(hashlib.md5(text.encode()).digest(), "little")
    columns = columns_of(con, relation)
    assert con.execute(f"select {row_hash_sql(columns)} from {relation}").fetchone()[0] == expected
