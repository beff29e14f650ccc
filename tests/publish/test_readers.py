"""Who may read what: a district its own rows through every door, and every read in the audit chain.

Belongs here: grants, refusals and what they leave in the chain. Does not belong here: the roles of a PostgreSQL server (`tests/doors`).
"""

import itertools
import json

import duckdb
import pytest
from small_warehouse import make

from dagster_project.cli import main
from ingest.access import AGENCY, DISTRICT, READ, Reader
from ingest.registry import Registry
from ingest.settings import Settings, project_folder
from publish.district_door import open_own
from publish.pointers import publish_candidate
from publish.shelves import WAREHOUSE, Shelf

MARTS = project_folder() / "dbt" / "models" / "marts"
LEAS = [f"0{number}" for number in range(10)]
TABLES = ("fct_ledger", "dim_lea", "district_spending", "district_spending_detail")


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("EDFIN_HOME", str(tmp_path))
    monkeypatch.setenv("EDFIN_READER", "controller")
    monkeypatch.chdir(tmp_path)
    publish_candidate(tmp_path, make(tmp_path, 1).generation_id, "controller", "looked at it")
    Settings.read().claim_home()
    return tmp_path


@pytest.fixture
def edfin(home, monkeypatch, capsys):
    def run(*words, reader="controller"):
        monkeypatch.setenv("EDFIN_READER", reader)
        with pytest.raises(SystemExit) as ended:
            main(words)
        return ended.value.code, *capsys.readouterr()

    return run


@pytest.fixture
def granted(edfin):
    edfin("grant", "controller", "--role", "agency")
    for lea_id in ("03", "07"):
        edfin("grant", f"district-{lea_id}", "--role", "district", "--lea", lea_id)
    return edfin


def test_no_lea_reads_a_row_of_another(home):
    folder = Shelf(home).folder(Shelf(home).current_id())
    for own, other in itertools.permutations(LEAS, 2):
        reader = Reader("somebody", DISTRICT, frozenset({own}))
        assert reader.may_read(own) and not reader.may_read(other) and not reader.may_read(None)
    for own in LEAS:
        for table in TABLES:
            query = f"select distinct lea_id from {table}"
            with open_own(folder, MARTS, Reader("somebody", DISTRICT, frozenset({own})), query) as con:
                assert con.execute(query).fetchall() == [(own,)]


ASIDE = [
    "select * from warehouse.marts.district_spending",
    "select * from '{folder}/marts/district_spending.parquet'",
    "select * from read_parquet('marts/district_spending.parquet')",
    "select * from read_csv('/etc/passwd')",
    "from query_table('warehouse.marts.district_spending')",
]


@pytest.mark.parametrize("query", ASIDE)
def test_there_is_no_way_round_the_door(granted, home, query):
    folder = Shelf(home).folder(Shelf(home).current_id())
    code, out, err = granted("sql", query.format(folder=folder), reader="district-03")
    assert code == 2 and not out and "Traceback" not in err


def test_everybody_may_read_until_somebody_is_granted_something(edfin):
    assert json.loads(edfin("sql", "select count(distinct lea_id) as n from dim_lea", "--format", "json")[1]) == [
        {"n": 10}
    ]
    assert edfin("grant", "district-03", "--role", "district", "--lea", "03")[0] == 2
    assert edfin("grant", "controller", "--role", "agency")[0] == 0
    code, _, err = edfin("sql", "select 1", reader="somebody-else")
    assert code == 2 and "somebody-else may read nothing here" in err and err.count("\n") == 1


def test_a_district_has_its_own_verbs_and_its_own_lea(granted):
    (row,) = json.loads(granted("sql", "select count(distinct lea_id) as n, min(lea_id) as lea_id from fct_ledger", "--format", "json", reader="district-03")[1])  # fmt: skip
    assert row == {"n": 1, "lea_id": "03"}
    code, _, err = granted("extract", "--lea", "07", "--into", "x", reader="district-03")
    assert code == 2 and "district-03 may read 03 only" in err
    for words in (("generations",), ("rollback", "x"), ("grant", "me", "--role", "agency"), ("verify",), ("nightly",)):
        code, _, err = granted(*words, reader="district-03")
        assert code == 2 and "is for the agency" in err, words


def test_a_revoked_reader_reads_nothing_and_the_last_of_the_agency_stays(granted):
    assert granted("revoke", "district-03")[0] == 0
    assert granted("sql", "select 1", reader="district-03")[0] == 2
    code, _, err = granted("revoke", "controller")
    assert code == 2 and "Nobody of the agency would be left" in err
    assert [one["reader"] for one in json.loads(granted("readers", "--format", "json")[1])] == [
        "controller",
        "district-07",
    ]


def test_every_read_stands_in_the_chain_with_what_was_asked(granted, home):
    granted("sql", "select 1 as one", reader="district-07")
    granted("sql", "select 2 as two")
    registry = Registry.open(Settings.read())
    told = [
        (event.by, event.payload["command"], event.payload["query"]) for event in registry.events(event_types=(READ,))
    ]
    assert told[-2:] == [("district-07", "sql", "select 1 as one"), ("controller", "sql", "select 2 as two")]
    assert not registry.verify_chain([])
    assert Reader("x", AGENCY).may_read(None)


def test_a_table_that_compares_leas_is_not_there(home):
    """peers tells of others; its model says that it is the state's."""
    folder = Shelf(home).folder(Shelf(home).current_id())
    (folder / WAREHOUSE).chmod(0o644)
    with duckdb.connect(str(folder / WAREHOUSE)) as con:
        con.execute("create table marts.peers as select '03' as lea_id, '07' as peer_lea_id, 1.5 as distance")
    for query in ("from peers", 'select * from "peers"'):
        with (
            open_own(folder, MARTS, Reader("somebody", DISTRICT, frozenset({"03"})), query) as con,
            pytest.raises(duckdb.Error),
        ):
            con.execute(query)


def test_a_copy_holds_nothing_but_what_was_named(home):
    folder = Shelf(home).folder(Shelf(home).current_id())
    with open_own(folder, MARTS, Reader("somebody", DISTRICT, frozenset({"03"})), "from dim_lea") as con:
        assert con.execute("select table_name from duckdb_tables()").fetchall() == [("dim_lea",)]
        with pytest.raises(duckdb.Error):
            con.execute("from district_spending")
