"""PostgreSQL holds what the generation holds: every value, type, key and word; what cannot be done is one clear sentence."""

from decimal import Decimal

import duckdb
import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from dagster_project.cli import main
from ingest.refusals import Refusal, SystemFailure
from ingest.settings import project_folder
from publish.doors.postgresql import publish_generation
from publish.manifests import Manifest
from publish.shelves import Shelf
from publish.sql_door import open_generation

MARTS = project_folder() / "dbt" / "models" / "marts"


@pytest.fixture(scope="module")
def pg(door_home, database):
    publish_generation(door_home, MARTS, database, facts=True)
    publish_generation(door_home, MARTS, database, public=True)
    with psycopg.connect(database, autocommit=True) as connection:
        yield connection


def tables_of(home, audience="restricted"):
    shelf = Shelf(home, audience)
    return Manifest.read(shelf.folder(shelf.current_id())).tables


def rows_of(found):
    return sorted(map(repr, found.fetchall()))


@pytest.mark.parametrize(("public", "schema"), [(False, "marts"), (True, "public_marts")])
def test_every_value_is_the_generations(door_home, pg, public, schema):
    tables = tables_of(door_home, "public" if public else "restricted")
    with open_generation(door_home, public=public) as con:
        for table, mart in tables.items():
            expected = rows_of(con.execute(f"select * from marts.{table}"))
            assert rows_of(pg.execute(f"select * from {schema}.{table}")) == expected, table
            assert len(expected) == mart.rows
    told = pg.execute(f"select table_name, row_count, content_hash from {schema}.edfin_generation").fetchall()
    assert told == [(table, mart.rows, mart.content_hash) for table, mart in tables.items()]


def test_totals_of_every_number_equal_duckdbs(door_home, pg):
    """Added by either engine for itself."""
    with open_generation(door_home) as con:
        numbers = con.execute(
            "select table_name, column_name from duckdb_columns() where schema_name = 'marts' and data_type similar to 'DECIMAL.*|INTEGER|BIGINT'"
        ).fetchall()
        for table, column in numbers:
            here = con.execute(f"select sum({column}::decimal(38, 8)) from marts.{table}").fetchone()[0]
            there = pg.execute(f"select sum({column}::numeric(38, 8)) from marts.{table}").fetchone()[0]
            assert here == there, (table, column)
    assert len(numbers) > 20


def test_types_are_right(pg):
    found = dict(pg.execute(
        "select attname, format_type(atttypid, atttypmod) from pg_attribute where attrelid = 'marts.district_staffing'::regclass and attnum > 0").fetchall())  # fmt: skip
    assert found == {
        "lea_id": "text",
        "fiscal_year": "integer",
        "is_latest": "boolean",
        "ends_on": "date",
        "big_count": "bigint",
        "data_as_of": "timestamp without time zone",
        "reasons": "text[]",
        "none_of_these": "integer[]",
        "note": "text",
        "ratio": "double precision",
        "adm": "numeric(12,4)",
        "salary_amount": "numeric(18,2)",
    }
    assert pg.execute("select distinct salary_amount from marts.district_staffing").fetchone() == (
        Decimal("-9999999999999999.99"),
    )


def test_keys_are_those_of_the_models(pg):
    found = dict(pg.execute(
        "select conrelid::regclass::text, pg_get_constraintdef(oid) from pg_constraint where connamespace = 'marts'::regnamespace").fetchall())  # fmt: skip
    assert found == {
        "marts.district_spending": "PRIMARY KEY (lea_id, fiscal_year)",
        "marts.district_staffing": "PRIMARY KEY (lea_id, fiscal_year)",
        "marts.dim_fiscal_year": "PRIMARY KEY (fiscal_year)",
        "marts.dim_submission_use": "PRIMARY KEY (submission_id, used_from_at)",
        "marts.peers": "PRIMARY KEY (lea_id, fiscal_year, peer_lea_id)",
        "marts.edit_effectiveness": "UNIQUE NULLS NOT DISTINCT (edit_id, fiscal_year)"
        if pg.info.server_version >= 150000
        else "UNIQUE (edit_id, fiscal_year)",
    }


def test_every_word_is_there(door_home, pg):
    with open_generation(door_home) as con:
        expected = con.execute(
            "select table_name, lower(column_name), comment from duckdb_columns() where schema_name = 'marts' and comment is not null "
            "union all select table_name, null, comment from duckdb_tables() where schema_name = 'marts' and comment is not null "
            "union all select view_name, null, comment from duckdb_views() where schema_name = 'marts' and comment is not null"
        ).fetchall()
    found = pg.execute(
        "select c.relname, a.attname, d.description from pg_description d join pg_class c on c.oid = d.objoid and d.classoid = 'pg_class'::regclass "
        "left join pg_attribute a on a.attrelid = c.oid and a.attnum = d.objsubid and d.objsubid > 0 "
        "where c.relnamespace = 'marts'::regnamespace and c.relname <> 'edfin_generation'"
    ).fetchall()
    assert set(found) == set(expected) and len(expected) >= 5


def test_marts_alone_without_facts_and_again_the_same(door_home, pg, database):
    for _ in range(2):
        done = publish_generation(door_home, MARTS, database)
        there = {name for (name,) in pg.execute("select tablename from pg_tables where schemaname = 'marts'")}
        own = {table for table in tables_of(door_home) if not table.startswith("fct_")}
        assert there == {*own, "edfin_generation"}
        assert done.rows == sum(tables_of(door_home)[table].rows for table in own)
    publish_generation(door_home, MARTS, database, facts=True)


@pytest.mark.parametrize(
    ("made", "undone", "said"),
    [
        ("create table marts.mine (a int)", "drop table marts.mine", r"did not put there \(mine\)"),
        ("create view v as select lea_id from marts.dim_lea", "drop view v", "view public.v depends on table marts.dim_lea"),
        ("alter table marts.edfin_generation rename to other", "alter table marts.other rename to edfin_generation", "edfin did not make"),
    ],
)  # fmt: skip
def test_what_others_made_is_left_alone(door_home, pg, database, made, undone, said):
    pg.execute(made)
    with pytest.raises(Refusal, match=said):
        publish_generation(door_home, MARTS, database)
    pg.execute(undone)
    assert pg.execute("select count(*) from marts.fct_ledger").fetchone() == (200,)
    assert not pg.execute("select 1 from pg_namespace where nspname like 'edfin_loading%'").fetchone()
    publish_generation(door_home, MARTS, database, facts=True)


def test_one_publication_at_a_time(door_home, pg, database):
    from publish.doors.postgresql import LOCK

    pg.execute("select pg_advisory_lock(%s)", [LOCK])
    with pytest.raises(Refusal, match="at work in this database"):
        publish_generation(door_home, MARTS, database)
    pg.execute("select pg_advisory_unlock(%s)", [LOCK])


def test_rows_that_got_lost_are_noticed(door_home, database, monkeypatch):
    monkeypatch.setattr("publish.doors.postgresql.csv_of", lambda *_: iter(()))
    with pytest.raises(SystemFailure, match="came to 0 rows and has"):
        publish_generation(door_home, MARTS, database)


def test_what_cannot_be_done_is_one_sentence_without_the_password(door_home, pg, database, log_in, monkeypatch, capsys):
    log_in("nobody_much").close()
    given = conninfo_to_dict(database)
    at = f"{given['host']}"
    monkeypatch.setenv("EDFIN_HOME", str(door_home))
    for url, code, said in (
        ("mysql://u:s3cr%65t@localhost/x", 2, "begins with postgresql://"),
        ("postgresql://u:s3cr%zzet@localhost/x", 2, "cannot be read"),
        ("postgresql://u:s3cret@127.0.0.1:1/x", 3, "refused"),
        ("postgresql://u:s3cret@nowhere.invalid/x", 3, "nowhere.invalid"),
        (f"postgresql://{given['user']}:s3cret@/no_such_database?host={at}", 3, '"no_such_database" does not exist'),
        (f"postgresql://no_such_user:s3cret@/{given['dbname']}?host={at}", 3, '"no_such_user" does not exist'),
        (f"postgresql://nobody_much:x@/{given['dbname']}?host={at}", 2, "lacks the right: permission denied"),
    ):
        with pytest.raises(SystemExit) as ending:
            main(["publish", "--to", url])
        text = "".join(capsys.readouterr())
        assert ending.value.code == code and said in text, text
        assert text.count("\n") == 1 and "s3cr" not in text and "Traceback" not in text, text


def test_the_verb_says_where_it_is(door_home, pg, database, monkeypatch, capsys):
    monkeypatch.setenv("EDFIN_HOME", str(door_home))
    with pytest.raises(SystemExit) as ending:
        main(["publish", "--to", database, "--public"])
    said = capsys.readouterr().out
    assert ending.value.code == 0 and "is schema public_marts of database edfin_" in said, said


def test_a_list_within_a_list_is_json(tmp_path):
    from publish.content_hash import Column
    from publish.doors.tables import DoorTable, csv_of, pg_type
    from publish.warehouse_file import Descriptions

    assert pg_type("STRUCT(A INTEGER)") == pg_type("INTEGER[][]") == pg_type("INTEGER[3]") == "jsonb"
    assert pg_type("DECIMAL(5,1)[]") == "numeric(5,1)[]" and pg_type("ENUM('A', 'B')") == "text"
    with duckdb.connect() as con:
        con.execute("create schema marts; create table marts.t as select [[1], null] as a, {'b': 'x'} as c, '\\xAA'::blob as d")  # fmt: skip
        columns = (Column("a", "INTEGER[][]"), Column("c", "STRUCT(B VARCHAR)"), Column("d", "BLOB"))
        assert b"".join(csv_of(con, DoorTable("t", columns, Descriptions(), (), False, False))) == (
            b'"[[1],null]","{""b"":""x""}","\\xAA"\n'
        )
