"""A PostgreSQL server for the tests, and databases on it.

It is the server of EDFIN_TEST_POSTGRESQL, else a cluster of this machine's own binaries, started for the session by an
unprivileged user. Without either those tests are skipped, unless EDFIN_REQUIRE_POSTGRESQL=1 makes that a failure.
"""

import getpass
import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url


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


@contextmanager
def new_database(server):
    """The address of an empty database, gone afterwards."""
    name = f"edfin_{uuid.uuid4().hex[:12]}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"create database {name}"))
    yield server.set(database=name, drivername="postgresql").render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"drop database {name} with (force)"))
    admin.dispose()
