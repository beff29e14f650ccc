"""Puts this folder and that of the small warehouse on the path, and makes the home these tests read and databases for it."""

import sys
from pathlib import Path

import psycopg
import pytest
from private_postgresql import new_database
from psycopg.conninfo import make_conninfo

FOLDER = Path(__file__).parent
sys.path[:0] = [str(FOLDER), str(FOLDER.parent / "publish")]


@pytest.fixture(scope="session")
def door_home(tmp_path_factory):
    """A home with a published generation on either shelf; nothing here changes it."""
    from wide_warehouse import publish_both

    return publish_both(tmp_path_factory.mktemp("doors") / "home")


@pytest.fixture(scope="module")
def database(postgresql_server):
    """The address of an empty database, kept for one file of tests."""
    with new_database(postgresql_server) as url:
        yield url


@pytest.fixture(scope="module")
def log_in(postgresql_server, database):
    """Connect as a new user who was granted roles: `log_in("ana", "edfin_analyst")`."""
    made, admin = [], psycopg.connect(database, autocommit=True)

    def _log_in(name, *roles):
        if name not in made:
            admin.execute(f"create role {name} login password 'x'")
            made.append(name)
            for role in roles:
                admin.execute(f"grant {role} to {name}")
        return psycopg.connect(make_conninfo(database, user=name, password="x"), autocommit=True)

    yield _log_in
    for name in made:
        admin.execute(f"drop owned by {name}")
        admin.execute(f"drop role {name}")
    admin.close()
