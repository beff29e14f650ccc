"""The door answers exactly, and lets nothing out but the generation."""

import json
from decimal import Decimal

import pytest
from small_warehouse import make

from ingest.refusals import Refusal
from publish.pointers import publish_candidate
from publish.sql_door import open_generation, run_sql


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    publish_candidate(home, make(home).generation_id, "ana", "first")
    (home / "secret.csv").write_text("a\n1\n")
    return home


def ask(home, sql, format="csv", **options):
    return "".join(run_sql(home, sql, format=format, **options))


def test_facts_and_tables_answer_under_both_names(home):
    assert ask(home, "select count(*) as n from fct_ledger") == "n\n200\n"
    assert ask(home, "select count(*) as n from marts.fct_ledger join marts.dim_lea using (lea_id)") == "n\n200\n"
    assert ask(home, "select count(*) as n from fct_outcomes") == "n\n0\n"


def test_decimals_keep_every_digit(home):
    sql = "select 12.50::decimal(18,2) as a, 9999999999999999.99::decimal(18,2) as b, -0.10 as c"
    text = ask(home, sql, "json")
    assert '"a": 12.50, "b": 9999999999999999.99, "c": -0.10' in text
    assert json.loads(text, parse_float=Decimal) == [
        {"a": Decimal("12.50"), "b": Decimal("9999999999999999.99"), "c": Decimal("-0.10")}
    ]
    assert ask(home, sql) == "a,b,c\n12.50,9999999999999999.99,-0.10\n"


def test_json_is_json_for_every_kind_of_value(home):
    sql = """select null as a, true as b, date '2025-07-01' as c, [1.50, null] as d, {'x': 'é"'} as e,
        'nan'::double as f, 1e300 as g, timestamp '2025-07-01 01:02:03' as h, '007' as i"""
    assert json.loads(ask(home, sql, "json")) == [
        {
            "a": None,
            "b": True,
            "c": "2025-07-01",
            "d": [1.5, None],
            "e": {"x": 'é"'},
            "f": None,
            "g": 1e300,
            "h": "2025-07-01 01:02:03",
            "i": "007",
        }
    ]
    assert json.loads(ask(home, "select 1 as a where false", "json")) == []
    assert len(json.loads(ask(home, "select unnest(range(12000)) as n", "json"))) == 12000


def test_csv_and_table_forms(home):
    assert ask(home, "select null as a, true as b, 'x,y' as c") == 'a,b,c\n,true,"x,y"\n'
    assert (
        ask(home, "select 'x' as name, 1.50 as amount, null as gone", "table")
        == "name  amount  gone\n----  ------  ----\nx       1.50     -\n(1 row)\n"
    )
    assert "--format csv gives all" in ask(home, "select unnest(range(1200)) as n", "table")
    assert "PROJECTION" in ask(home, "explain select 1", "table")


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('/etc/passwd')",
        "select * from read_text('/etc/passwd')",
        "select * from '/etc/passwd'",
        "select * from '{home}/secret.csv'",
        "select * from '{folder}/../../../../secret.csv'",
        "select * from read_csv('facts/../../../../../secret.csv')",
        "select * from glob('{home}/*')",
        "select * from read_parquet('{home}/published/restricted/facts/*/*.parquet')",
        "select * from read_csv('https://example.org/x.csv')",
        "copy (select 1) to '{folder}/x.csv'",
        "explain analyze copy (select 1) to '{folder}/x.csv'",
        "-- quietly\nexplain analyze copy (select 1) to '{folder}/x.csv'",
        "explain(analyze) copy (select 1) to '{folder}/x.csv'",
        "from query('copy (select 1) to ''{folder}/x.csv''')",
        "attach '{home}/warehouse.duckdb' as build",
        "set enable_external_access = true",
        "reset allowed_directories",
        "install httpfs",
        "load httpfs",
        "insert into dim_lea (lea_id, lea_name) values ('x', 'y')",
        "drop table dim_lea",
        "create table memory.main.t as select 1",
        "call pragma_version()",
        "export database '{folder}/x'",
        "select 1; drop table dim_lea",
        "select * from home",
        "selec 1",
        "select nothing from dim_lea",
        "select 'x'::integer",
        "",
    ],
)
def test_refused_in_one_line(home, sql):
    with open_generation(home) as con:
        folder = con.execute("select current_setting('file_search_path')").fetchone()[0]
    before = sorted(home.rglob("*"))
    with pytest.raises(Refusal) as refused:
        ask(home, sql.format(home=home, folder=folder))
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) > 10
    assert sorted(home.rglob("*")) == before


def test_the_open_connection_itself_is_locked(home):
    """What the statement check misses, DuckDB still refuses."""
    with open_generation(home) as con:
        for sql in (
            "set file_search_path = '/'",
            f"copy (select 1) to '{home}/x.csv'",
            "insert into dim_lea (lea_id, lea_name) values ('x', 'y')",
        ):
            with pytest.raises(Exception, match=r"locked|disabled|read-only"):
                con.execute(sql)


def test_many_doors_at_once(home):
    with open_generation(home) as one, open_generation(home) as two:
        assert (
            one.execute("select count(*) from fct_ledger").fetchall()
            == two.execute("select count(*) from fct_ledger").fetchall()
        )
        assert ask(home, "select count(*) as n from dim_lea") == "n\n10\n"


def test_nothing_published_says_what_to_do(tmp_path):
    with pytest.raises(Refusal, match="edfin nightly"):
        ask(tmp_path, "select 1")
    with pytest.raises(Refusal, match="edfin release"):
        ask(tmp_path, "select 1", public=True)
    waiting = make(tmp_path).generation_id
    with pytest.raises(Refusal, match=f"publish-candidate {waiting}"):
        ask(tmp_path, "select 1")
    assert ask(tmp_path, "select 1 as a", generation=waiting[:20]) == "a\n1\n"


def test_a_home_with_odd_characters(tmp_path):
    home = tmp_path / 'o\'brien county [1] "x"'
    publish_candidate(home, make(home).generation_id, "ana", "first")
    assert ask(home, "select count(*) as n from fct_ledger") == "n\n200\n"
