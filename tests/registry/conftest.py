"""A home for each test, with its registry in SQLite and in PostgreSQL.

PostgreSQL is the server of EDFIN_TEST_POSTGRESQL, else a cluster of this machine's own binaries, started for the session by an
unprivileged user. Without either those tests are skipped, unless EDFIN_REQUIRE_POSTGRESQL=1 makes that a failure.
"""

import getpass
import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from dagster_project.cli import main
from ingest.landing import Landing
from ingest.registry import Registry
from ingest.settings import Settings
from ingest.slots import Slot


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch, tmp_path):
    for name in [name for name in os.environ if name.startswith("EDFIN_") and "POSTGRESQL" not in name]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def postgresql_server():
    """The address of a server on which databases can be made."""
    given = os.environ.get("EDFIN_TEST_POSTGRESQL")
    if given:
        yield make_url(given).set(drivername="postgresql+psycopg")
        return
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = binaries[-1].parent if binaries else shutil.which("initdb") and Path(shutil.which("initdb")).parent
    if not found:
        _without_postgresql(
            "no PostgreSQL binaries on this machine: apt-get install postgresql, or set EDFIN_TEST_POSTGRESQL"
        )
    folder = Path(tempfile.mkdtemp(prefix="edfin-pg-"))
    who = _unprivileged(folder)
    try:
        run = {"check": True, "capture_output": True, "cwd": folder, **who}
        owner = who.get("user") or getpass.getuser()
        subprocess.run([found / "initdb", "-D", folder / "data", "-A", "trust", "-E", "UTF8", "--no-sync"], **run)
        options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off -c max_connections=60"
        start = [found / "pg_ctl", "-D", folder / "data", "-o", options, "-l", folder / "log", "-w", "start"]
        subprocess.run(start, **run)
        yield make_url(f"postgresql+psycopg://{owner}@/postgres?host={folder}")
        subprocess.run([found / "pg_ctl", "-D", folder / "data", "-m", "immediate", "-w", "stop"], **run)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged(folder: Path) -> dict:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    names = [entry.pw_name for entry in pwd.getpwall()]
    user = next((name for name in ("postgres", "nobody") if name in names), None)
    if user is None:
        _without_postgresql("tests run as root, and there is no unprivileged user to run PostgreSQL")
    shutil.chown(folder, user)
    return {"user": user}


def _without_postgresql(why: str) -> None:
    if os.environ.get("EDFIN_REQUIRE_POSTGRESQL") == "1":
        pytest.fail(f"EDFIN_REQUIRE_POSTGRESQL=1, but {why}")
    pytest.skip(why)


@pytest.fixture(params=["sqlite", "postgresql"])
def registry_url(request):
    """An empty database of its own."""
    if request.param == "sqlite":
        yield ""
        return
    server = request.getfixturevalue("postgresql_server")
    name = f"edfin_{uuid.uuid4().hex[:12]}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"create database {name}"))
    yield server.set(database=name, drivername="postgresql").render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"drop database {name} with (force)"))
    admin.dispose()


@pytest.fixture
def state():
    return "sample"


@pytest.fixture
def settings(tmp_path, registry_url, state):
    return Settings(home=tmp_path / "home", state=state, registry_url=registry_url)


@pytest.fixture
def edfin(settings, monkeypatch, capsys):
    """Run the command line against this home: `edfin("status")` -> (exit code, stdout, stderr)."""
    monkeypatch.setenv("EDFIN_HOME", str(settings.home))
    monkeypatch.setenv("EDFIN_STATE", settings.state)
    monkeypatch.setenv("EDFIN_REGISTRY", settings.registry_url)

    def _edfin(*arguments):
        with pytest.raises(SystemExit) as ending:
            main([str(one) for one in arguments])
        said = capsys.readouterr()
        return ending.value.code or 0, said.out, said.err

    return _edfin


@pytest.fixture
def registry(settings):
    opened = Registry.open(settings)
    yield opened
    opened.close()


@pytest.fixture
def landing(settings):
    return Landing.open(settings)


@pytest.fixture
def receive(registry):
    """Register bytes that need not exist: `receive("a", lea_id="02")`."""

    def _receive(content="a", *, lea_id="01", collection="ledger", fiscal_year=2025, period="actual_unaudited", **more):
        slot = Slot(lea_id, collection, fiscal_year, period)
        given = {"sha256": content.ljust(64, "0"), "size_bytes": 1, "file_name": f"{content}.csv", "by": "test"}
        return registry.receive(slot, **given | more)

    return _receive


@pytest.fixture
def tamper(registry):
    """What somebody with the database's own password could do."""

    def _tamper(statements):
        with registry.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            if registry.engine.dialect.name == "postgresql":
                connection.execute(text("set session_replication_role = replica"))
            else:
                names = connection.scalars(text("select name from sqlite_master where type = 'trigger'")).all()
                connection.exec_driver_sql("rollback")
                connection.exec_driver_sql("pragma foreign_keys = off")
                for name in names:
                    connection.exec_driver_sql(f"drop trigger {name}")
            for statement in statements.split(";"):
                connection.execute(text(statement))
        registry.engine.dispose()

    return _tamper
