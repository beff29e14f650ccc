"""An LEA reads its own rows and no other's, and nobody can make it otherwise but the owner of the tables."""

import itertools

import psycopg
import pytest
from private_postgresql import new_database
from psycopg.conninfo import make_conninfo
from test_postgresql_tables import MARTS, tables_of
from wide_warehouse import LEAS

from ingest.refusals import Refusal
from publish.doors import rights
from publish.doors.postgresql import publish_generation
from publish.sql_door import open_generation

OF_LEAS = {"dim_lea", "district_spending", "district_spending_detail", "district_staffing"}
PERMISSION = psycopg.errors.InsufficientPrivilege


@pytest.fixture(scope="module")
def pg(door_home, database):
    publish_generation(door_home, MARTS, database, facts=True)
    publish_generation(door_home, MARTS, database, public=True)
    with psycopg.connect(database, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def lea(pg, log_in):
    """A connection of each LEA's own role."""
    opened = {}
    for one in LEAS:
        opened[one] = log_in(f"edfintest_lea_{one}", "edfin_lea")
        pg.execute("insert into edfin.lea_member values (%s, %s)", [f"edfintest_lea_{one}", one])
    yield opened
    for connection in opened.values():
        connection.close()


def granted(connection):
    return {
        name
        for (name,) in connection.execute(
            "select relname from pg_class where relnamespace = 'marts'::regnamespace and relkind = 'r' and has_table_privilege(oid, 'select')"
        )
    }


def test_every_pair_of_leas_is_kept_apart(door_home, lea):
    """In every table an LEA may read, all its rows and none of any other."""
    with open_generation(door_home) as con:
        own = {
            (table, one): count
            for table in OF_LEAS
            for one, count in con.execute(f"select lea_id, count(*) from marts.{table} group by 1").fetchall()
        }
    pairs = 0
    for one, other in itertools.permutations(LEAS, 2):
        assert granted(lea[one]) == OF_LEAS
        for table in OF_LEAS:
            ask = f"select count(*) from marts.{table} where lea_id = %s"
            assert lea[one].execute(ask, [other]).fetchone() == (0,), (table, one, other)
            assert lea[one].execute(ask, [one]).fetchone() == (own[table, one],), (table, one)
            pairs += 1
        assert lea[one].execute("select count(*) from marts.dim_lea").fetchone() == (1,)
    assert pairs == 10 * 9 * len(OF_LEAS)


def test_what_compares_leas_or_has_people_is_closed_to_them(door_home, lea):
    for table in tables_of(door_home).keys() - OF_LEAS | {"edfin_generation"}:
        with pytest.raises(PERMISSION):
            lea["01"].execute(f"select * from marts.{table}")
    with pytest.raises(PERMISSION):
        lea["01"].execute("select * from public_marts.dim_lea")


@pytest.mark.parametrize(
    "attempt",
    [
        "insert into edfin.lea_member values (current_user, '02')",
        "update edfin.lea_member set lea_id = '02'",
        "delete from edfin.lea_member",
        "set role edfintest_lea_02",
        "set session authorization edfintest_lea_02",
        "set row_security = off; select * from marts.dim_lea",
        "alter table marts.dim_lea disable row level security",
        "create policy mine on marts.dim_lea using (true)",
        "create table edfin.lea_member_2 (a int)",
        "create table marts.mine (a int)",
        "update marts.dim_lea set lea_id = '01'",
        "copy marts.dim_lea to program 'cat'",
        "select pg_read_file('postgresql.conf')",
    ],
)
def test_no_way_to_another_lea(lea, attempt):
    with pytest.raises(psycopg.Error):
        lea["01"].execute(attempt)
    lea["01"].execute("reset row_security")
    assert lea["01"].execute("select lea_id from marts.dim_lea").fetchall() == [("01",)]


def test_no_setting_and_no_function_of_ones_own_sees_more(lea):
    """A function in a condition is asked only about rows that may be seen; what pg_stats knows of the others is hidden."""
    one = lea["01"]
    one.execute("set edfin.lea_id = '02'")
    one.execute("create function pg_temp.tell(text) returns bool language plpgsql cost 0.0001 as $$ begin raise notice '%', $1; return true; end $$")  # fmt: skip
    told = []
    one.add_notice_handler(lambda notice: told.append(notice.message_primary))
    one.execute("set client_min_messages = notice")
    assert one.execute("select lea_id from marts.dim_lea where pg_temp.tell(lea_id)").fetchall() == [("01",)]
    assert set(told) == {"01"}
    assert one.execute("select count(*) from pg_stats where schemaname = 'marts'").fetchone() == (0,)
    assert one.execute("select * from edfin.lea_member").fetchall() == [("edfintest_lea_01", "01")]


def test_a_role_without_an_lea_sees_nothing_and_one_with_two_sees_both(pg, log_in):
    none = log_in("edfintest_none", "edfin_lea")
    assert none.execute("select count(*) from marts.dim_lea").fetchone() == (0,)
    pg.execute("insert into edfin.lea_member values ('edfintest_none', '03'), ('edfintest_none', '04')")
    assert none.execute("select lea_id from marts.dim_lea order by 1").fetchall() == [("03",), ("04",)]
    pg.execute("delete from edfin.lea_member where role_name = 'edfintest_none'")
    assert none.execute("select count(*) from marts.dim_lea").fetchone() == (0,)
    none.close()


def test_analysts_read_all_and_readers_what_is_released(door_home, log_in):
    analyst, reader = log_in("edfintest_ana", "edfin_analyst"), log_in("edfintest_rea", "edfin_reader")
    for table, mart in tables_of(door_home).items():
        assert analyst.execute(f"select count(*) from marts.{table}").fetchone() == (mart.rows,)
        with pytest.raises(PERMISSION):
            reader.execute(f"select * from marts.{table}")
    for table, mart in tables_of(door_home, "public").items():
        assert reader.execute(f"select count(*) from public_marts.{table}").fetchone() == (mart.rows,)
        assert analyst.execute(f"select count(*) from public_marts.{table}").fetchone() == (mart.rows,)
    for connection in (analyst, reader):
        with pytest.raises(PERMISSION):
            connection.execute("select * from edfin.lea_member")
        with pytest.raises(PERMISSION):
            connection.execute("delete from public_marts.dim_lea")
        connection.close()


def test_somebody_without_a_role_reads_nothing(log_in):
    stranger = log_in("edfintest_stranger")
    for table in ("marts.dim_lea", "public_marts.dim_lea", "edfin.lea_member"):
        with pytest.raises(PERMISSION):
            stranger.execute(f"select * from {table}")
    stranger.close()


def test_members_and_rights_outlive_a_publication(door_home, database, lea):
    publish_generation(door_home, MARTS, database)
    assert lea["07"].execute("select lea_id from marts.dim_lea").fetchall() == [("07",)]
    publish_generation(door_home, MARTS, database, facts=True)


def test_a_list_of_members_that_somebody_else_laid_out_is_not_believed(door_home, postgresql_server, log_in):
    log_in("edfintest_sly").close()
    with new_database(postgresql_server) as other, psycopg.connect(other, autocommit=True) as admin:
        admin.execute("create schema edfin authorization edfintest_sly")
        with pytest.raises(Refusal, match="belongs to edfintest_sly, who could choose"):
            publish_generation(door_home, MARTS, other)
        assert not admin.execute("select to_regnamespace('marts')").fetchone()[0]


def test_a_publisher_need_not_be_a_superuser(door_home, lea, postgresql_server, log_in, monkeypatch):
    """He needs the right to make schemas in the database, and the roles."""
    log_in("edfintest_loader").close()
    with new_database(postgresql_server) as other:
        with psycopg.connect(other, autocommit=True) as admin:
            admin.execute(f"grant create on database {admin.info.dbname} to edfintest_loader")
        host = psycopg.conninfo.conninfo_to_dict(other)
        url = f"postgresql://edfintest_loader:x@/{host['dbname']}?host={host['host']}"
        for _ in range(2):
            assert publish_generation(door_home, MARTS, url).rows > 0
        monkeypatch.setattr(rights, "READER", "edfintest_absent")
        with pytest.raises(
            Refusal, match="let an administrator of the database run once: create role edfintest_absent nologin"
        ):
            publish_generation(door_home, MARTS, url)
        with psycopg.connect(make_conninfo(other, user="edfintest_lea_01", password="x")) as one:
            assert one.execute("select count(*) from marts.dim_lea").fetchone() == (0,)
