"""A home for each test, with its registry in SQLite and in PostgreSQL (`private_postgresql`)."""

import os

import pytest
from private_postgresql import new_database
from sqlalchemy import text

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


@pytest.fixture(params=["sqlite", "postgresql"])
def registry_url(request):
    """An empty database of its own."""
    if request.param == "sqlite":
        yield ""
        return
    with new_database(request.getfixturevalue("postgresql_server")) as url:
        yield url


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
