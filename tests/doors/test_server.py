"""A served generation answers questions, and does nothing else for anybody."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from dagster_project.cli import main
from publish.doors import server as doors_server
from publish.sql_door import open_generation

CLIENT = Path(__file__).with_name("quack_client.py")
EDFIN = Path(sys.executable).with_name("edfin")


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture(scope="module")
def server(door_home):
    """`(address, token)` of a server in a process of its own."""
    port, environment = free_port(), os.environ | {"EDFIN_HOME": str(door_home)}
    command = [EDFIN, "serve-sql", "--port", str(port)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert f"at quack:127.0.0.1:{port}" in process.stdout.readline()
        yield f"quack:127.0.0.1:{port}", process.stdout.readline().split()[-1]
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert process.stdout.read() == ""


@pytest.fixture(scope="module")
def ask(server):
    """Ask many questions of one client process: `{question: (answer, error)}`."""

    def _ask(questions, token=server[1]):
        lines = "".join(json.dumps(one) + "\n" for one in questions)
        command = [sys.executable, CLIENT, server[0], token]
        done = subprocess.run(command, input=lines, capture_output=True, text=True, check=True)
        return {question: (answer, error) for question, answer, error in map(json.loads, done.stdout.splitlines())}

    return _ask


def test_it_answers_as_the_generation_does(door_home, ask):
    questions = [
        "select count(*), sum(amount) from fct_ledger",
        "select * from marts.district_staffing order by lea_id, fiscal_year",
        "select count(*) from marts.ledger_as_of('2026-03-31')",
        "with a as (select lea_id, sum(amount) as s from main.fct_ledger group by 1) select max(s) from a",
        "select note || 'it''s' as n from district_staffing where note like '%''%' order by all",
        "select lea_id, rank() over (order by lea_id) from dim_lea order by 1",
        "select comment from duckdb_columns() where table_name = 'district_spending' and comment is not null and database_name = 'warehouse'",
        "select unnest([1, 2]) as n, * from range(2) order by all",
    ]
    answers = ask(questions)
    with open_generation(door_home) as con:
        for question in questions:
            expected = con.execute(question.replace("main.", "marts.")).fetchall()
            assert answers[question] == (json.loads(json.dumps(expected, default=str)), None), question
    assert ask(["show tables"])["show tables"][0]
    assert ask(["describe dim_lea"])["describe dim_lea"][0][0][0] == "lea_id"


def test_it_attaches_as_a_database(ask):
    """Two of its tables in one query the extension does not read yet: that goes by `edfin.query`."""
    answers = ask([
        "@attach '{address}' as edfin (token '{token}')",
        "@select count(*) from edfin.fct_ledger where lea_id = '01'",
        "@select count(*) from edfin.marts.dim_lea",
        "@from edfin.query('select count(*) from dim_lea join district_spending using (lea_id)')",
    ])  # fmt: skip
    assert [answer for answer, _ in answers.values()] == [[], [[20]], [[10]], [[10]]], answers


REFUSED = [
    # writing
    "create table t (a int)",
    "create temp table t as select 1",
    "create view v as select 1",
    "create or replace macro edfin_answers(a, b) as true",
    "create schema x",
    "insert into dim_lea from dim_lea",
    "insert into warehouse.marts.dim_lea from warehouse.marts.dim_lea",
    "with a as (select 1) insert into warehouse.marts.dim_lea from a",
    "update warehouse.marts.dim_lea set lea_name = ''",
    "delete from warehouse.marts.dim_lea",
    "drop table warehouse.marts.dim_lea",
    "drop view dim_lea",
    "truncate warehouse.marts.dim_lea",
    "comment on view dim_lea is 'x'",
    "create secret (type quack, token 'x')",
    "create sequence s",
    "checkpoint",
    "vacuum",
    # files in and out
    "copy (select 1) to '{folder}/x.csv'",
    "copy dim_lea from '/etc/passwd'",
    "copy (select 1) to '/dev/stdout'",
    "export database '{folder}/x'",
    "import database '{folder}'",
    "from read_text('/etc/passwd')",
    "from read_csv('{home}/secret.csv')",
    "from read_parquet('{home}/published/restricted/facts/*/*.parquet')",
    "from read_blob('{folder}/manifest.json')",
    "from glob('/*')",
    "from '/etc/passwd'",
    "from '{home}/secret.csv'",
    "from 'https://example.org/x.csv'",
    "from read_csv('https://example.org/x.csv')",
    "select * from dim_lea where exists (from read_text('/etc/passwd'))",
    "select (select content from read_text('/etc/passwd'))",
    # attaching
    "attach '{folder}/warehouse.duckdb' as other (read_only)",
    "attach ':memory:' as other",
    "attach '{address}' as other (token '{token}')",
    "detach warehouse",
    "use warehouse",
    # settings and extensions
    "set threads = 1",
    "set global enable_external_access = true",
    "set global lock_configuration = false",
    "set global quack_authorization_function = 'quack_nop_authorization'",
    "set variable a = 1",
    "reset allowed_directories",
    "pragma enable_profiling",
    "pragma database_list",
    "load httpfs",
    "install httpfs",
    "select current_setting('file_search_path')",
    "select main.CURRENT_SETTING('file_search_path')",
    "select 'file_search_path'.current_setting()",
    "from duckdb_settings()",
    "from duckdb_secrets()",
    "from duckdb_databases",
    "from duckdb_databases()",
    "from pragma_database_list",
    # the server itself
    "call quack_stop('{address}')",
    "from quack_stop('{address}')",
    "select * from quack_serve('quack:127.0.0.1:1', token := 'abcdefghijklmnop')",
    "from quack_active_connections()",
    "from quack_query('{address}', 'select 1', token := '{token}')",
    "from query('from quack_stop(''{address}'')')",
    "from query_table('dim_lea')",
    "from json_execute_serialized_sql(json_serialize_sql('select 1'))",
    "call enable_logging('Quack')",
    "from duckdb_logs",
    "select write_log('x')",
    "select sleep_ms(1)",
    "select pg_sleep(1)",
    # ways around
    "select 1; drop view dim_lea",
    "explain analyze copy (select 1) to '{folder}/x.csv'",
    "prepare a as drop view dim_lea",
    "execute a",
    "begin; drop view dim_lea; commit",
    "/* select */ drop view dim_lea",
    "select 1 where false') or true --",
    "', 'x'); drop view dim_lea; --",
    "",
]


def test_it_does_nothing_else(door_home, server, ask):
    with open_generation(door_home) as con:
        folder = con.execute("select current_setting('file_search_path')").fetchone()[0]
    (door_home / "secret.csv").write_text("a\n1\n")
    before = sorted(door_home.rglob("*"))
    words = {"folder": folder, "home": door_home, "address": server[0], "token": server[1]}
    questions = [question.format(**words) for question in REFUSED]
    answers = ask([*questions, "select count(*) from fct_ledger"])
    let_in = [question for question in questions if answers[question][1] is None]
    assert not let_in, let_in
    assert answers["select count(*) from fct_ledger"] == ([[200]], None), "it went down"
    assert sorted(door_home.rglob("*")) == before


def test_a_client_that_attached_writes_nothing_either(ask):
    attach = "@attach '{address}' as edfin (token '{token}')"
    writes = [
        "@create table edfin.t as select 1",
        "@create table edfin.main.t (a int)",
        "@create schema edfin.x",
        "@insert into edfin.dim_lea from edfin.dim_lea",
        "@insert into edfin.marts.dim_lea (lea_id) values ('x')",
        "@insert into edfin.warehouse.dim_lea (lea_id) values ('x')",
        "@delete from edfin.dim_lea",
        "@update edfin.dim_lea set lea_id = 'x'",
        "@drop view edfin.main.dim_lea",
        "@drop schema edfin.marts cascade",
        "@alter view edfin.dim_lea rename to x",
        "@copy edfin.dim_lea from '/etc/passwd'",
        "@from edfin.query('drop view dim_lea')",
    ]
    answers = ask([attach, *writes, "@select count(*) from edfin.dim_lea"])
    assert answers[attach] == ([], None)
    assert not [one for one in writes if answers[one][1] is None]
    assert answers["@select count(*) from edfin.dim_lea"] == ([[10]], None)


def test_duckdb_itself_refuses_what_the_statements_would_let_in(door_home, tmp_path, monkeypatch):
    """The other walls stand by themselves: with every statement let in, nothing is written and no file is read."""
    monkeypatch.setattr(doors_server, "answers_sql", lambda: "create macro edfin_answers(a, b) as true")
    port, token = free_port(), "z" * 20
    dangerous = [
        "create table t (a int)",
        "create table warehouse.marts.t (a int)",
        "create or replace macro edfin_answers(a, b) as true",
        "insert into warehouse.marts.dim_lea from warehouse.marts.dim_lea",
        "delete from warehouse.marts.dim_lea",
        "drop view dim_lea",
        "drop table warehouse.marts.dim_lea",
        f"copy (select 1) to '{tmp_path}/x.csv'",
        f"copy (select 1) to '{door_home}/x.csv'",
        "from read_text('/etc/passwd')",
        "from glob('/*')",
        "from read_csv('https://example.org/x.csv')",
        f"attach '{door_home}/other.duckdb' as other",
        f"attach 'quack:127.0.0.1:{port}' as other (token '{token}')",
        "set global enable_external_access = true",
        "set global lock_configuration = false",
        "set global quack_authorization_function = 'quack_nop_authorization'",
        "set global allowed_directories = ['/']",
        "install excel",
        "create persistent secret (type quack, token 'x')",
    ]
    before = sorted(door_home.rglob("*"))
    with doors_server.served_generation(door_home, token, port) as served:
        lines = "".join(json.dumps(one) + "\n" for one in [*dangerous, "select count(*) from dim_lea"])
        command = [sys.executable, CLIENT, served.address, token]
        done = subprocess.run(command, input=lines, capture_output=True, text=True, check=True)
    *answers, last = map(json.loads, done.stdout.splitlines())
    assert last[1] == [[10]]
    assert not [answer for answer in answers if answer[2] is None]
    assert sorted(door_home.rglob("*")) == before and not list(tmp_path.iterdir())


def test_without_the_token_nobody_is_let_in(ask, server):
    for token in (server[1][:-1], server[1] + "x", "' or '1'='1"):
        answers = ask(["select 1", "@attach '{address}' as edfin (token '{token}')".replace("{token}", token.replace("'", "''"))], token)  # fmt: skip
        assert all(error for _, error in answers.values()), (token, answers)


def test_it_listens_on_this_machine_alone(server):
    """127.0.0.1 is what the kernel says it is bound to."""
    port = f"{int(server[0].rpartition(':')[2]):04X}"
    tables = [Path(f"/proc/net/{name}") for name in ("tcp", "tcp6")]
    if not tables[0].exists():
        pytest.skip("no /proc/net on this system")
    bound = [line.split()[1] for table in tables for line in table.read_text().splitlines()[1:] if line.split()[3] == "0A"]  # fmt: skip
    assert [one for one in bound if one.endswith(f":{port}")] == [f"0100007F:{port}"]


def test_what_cannot_be_served_is_one_sentence(door_home, server, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("EDFIN_HOME", str(door_home))
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    short, shared, good = (tmp_path / name for name in ("short", "shared", "good"))
    for file, text, mode in ((short, "abc", 0o600), (shared, "x" * 40, 0o644), (good, "y" * 40, 0o600)):
        file.write_text(text + "\n")
        file.chmod(mode)
    taken = server[0].rpartition(":")[2]
    for arguments, said in (
        (["--token-file", str(tmp_path / "none")], "no token can be read"),
        (["--token-file", str(short)], "16 or more"),
        (["--token-file", str(shared)], "chmod 600"),
        (["--token-file", str(good), "--port", taken], f"Port {taken} of 127.0.0.1 cannot be opened"),
        (["--token-file", str(good), "--generation", "1999"], "is no complete generation"),
    ):
        with pytest.raises(SystemExit) as ending:
            main(["serve-sql", *arguments])
        text = capsys.readouterr()
        assert ending.value.code == 2 and said in text.err and text.err.count("\n") == 1, text
        assert "yyyy" not in text.out + text.err
