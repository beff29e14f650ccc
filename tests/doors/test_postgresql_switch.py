"""Readers see one generation or the other, whatever happens to the publisher."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg
import pytest
from killed_publisher import POINTS
from test_postgresql_tables import MARTS
from wide_warehouse import EARLIER

from ingest.refusals import SystemFailure
from publish.doors.postgresql import publish_generation
from publish.manifests import Manifest
from publish.shelves import Shelf

LOADING = "select count(*) from pg_namespace where nspname like 'edfin_loading%'"
STATE = "select (select generation_id from marts.generation), (select min(generation_id) from marts.edfin_generation), (select sum(amount) from marts.fct_ledger)"


@pytest.fixture(scope="module")
def both(door_home):
    """The ids of the earlier and of the current generation."""
    shelf = Shelf(door_home)
    found = {Manifest.read(shelf.folder(one)).event_position: one for one in shelf.complete_ids()}
    return found[EARLIER], shelf.current_id()


@pytest.mark.parametrize("point", POINTS)
def test_a_kill_leaves_the_old_one_whole_and_the_next_clears_up(door_home, both, database, point):
    publish_generation(door_home, MARTS, database, generation=both[0], facts=True)
    with psycopg.connect(database, autocommit=True) as reader:
        before = reader.execute(STATE).fetchone()
        assert before[:2] == (both[0], both[0])
        script = Path(__file__).with_name("killed_publisher.py")
        killed = subprocess.run([sys.executable, script, door_home, MARTS, database, point], capture_output=True, text=True, check=False)  # fmt: skip
        assert killed.returncode == -9, killed.stderr
        assert reader.execute(STATE).fetchone() == before
        publish_again(door_home, database)
        assert reader.execute(LOADING).fetchone() == (0,)
        now = reader.execute(STATE).fetchone()
        assert now[:2] == (both[1], both[1]) and now[2] != before[2]


def publish_again(home, database):
    """The server may need a moment to notice that a client died."""
    from ingest.refusals import Refusal

    for _ in range(50):
        try:
            return publish_generation(home, MARTS, database, facts=True)
        except Refusal:
            time.sleep(0.1)
    raise AssertionError("the lock of the dead is still held")


def test_readers_in_the_middle_see_one_generation(door_home, both, database):
    """Transactions over several tables, while the generations take turns: never two in one, never an error."""
    publish_generation(door_home, MARTS, database)
    stop, seen, wrong = threading.Event(), [], []

    def read():
        with psycopg.connect(database) as connection:
            while not stop.is_set():
                try:
                    with connection.transaction():
                        ids = {connection.execute("select generation_id from marts.generation").fetchone()[0]}
                        connection.execute(
                            "select count(*) from marts.dim_lea join marts.district_spending using (lea_id)"
                        )
                        ids.add(
                            connection.execute("select min(generation_id) from marts.edfin_generation").fetchone()[0]
                        )
                except psycopg.Error as problem:
                    wrong.append(problem)
                    return
                seen.append(frozenset(ids))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for turn in range(6):
        publish_generation(door_home, MARTS, database, generation=both[turn % 2])
    stop.set()
    for reader in readers:
        reader.join()
    assert not wrong
    assert set(seen) == {frozenset([both[0]]), frozenset([both[1]])}


def test_a_reader_who_does_not_let_go_is_told_of_and_not_disturbed(door_home, both, database):
    told = []
    publish_generation(door_home, MARTS, database, generation=both[0])
    with psycopg.connect(database) as reader:
        first = reader.execute("select generation_id from marts.generation").fetchone()
        with pytest.raises(
            SystemFailure, match=r"Readers have held tables of marts for 2\.5 seconds: nothing was shown"
        ):
            publish_generation(door_home, MARTS, database, wait=2.5, tell=told.append)
        assert told == ["waiting up to 2.5 seconds for readers of marts"]
        assert reader.execute("select min(generation_id) from marts.edfin_generation").fetchone() == first
        assert reader.execute(LOADING).fetchone() == (0,)
    publish_generation(door_home, MARTS, database)
