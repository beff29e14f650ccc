"""Thousands of changes to the chain, one at a time, each by somebody with the database's own password: all are told.

Belongs here: changes to events. Does not belong here: changes to the rows they cover (`test_registry`).
"""

import random
import sqlite3
import string

import pytest
from sqlalchemy import create_engine

from ingest import registry_proof
from ingest.audit_heads import read_heads, write_head

TEXTS = ("event_type", "submission_id", "at", "by_whom", "payload", "prev_hash", "hash")


def _changed(text: str, rng: random.Random) -> str:
    """One character more, less or other."""
    place = rng.randrange(len(text)) if text else 0
    other = rng.choice([one for one in string.printable[:94] if one != text[place : place + 1]])
    return rng.choice([text[:place] + other + text[place + 1 :], text[:place] + text[place + 1 :] if text else other, text[:place] + other + text[place:]])  # fmt: skip


def _tampering(con: sqlite3.Connection, rng: random.Random) -> str:
    positions = [row[0] for row in con.execute("select position from event order by 1")]
    position, kind = rng.choice(positions), rng.choice(["text", "text", "text", "move", "delete", "swap", "cut"])
    if kind == "text":
        column = rng.choice(TEXTS)
        (old,) = con.execute(f"select {column} from event where position = ?", [position]).fetchone()
        new = _changed(old or "", rng)
        con.execute(f"update event set {column} = ? where position = ?", [new, position])
        return f"{column} of {position}: {old!r} -> {new!r}"
    if kind == "move":
        con.execute("update event set position = ? where position = ?", [max(positions) + rng.randint(1, 9), position])
    elif kind == "delete":
        con.execute("delete from event where position = ?", [position])
    elif kind == "cut":
        con.execute("delete from event where position >= ?", [position])
    else:
        other = rng.choice([one for one in positions if one != position])
        con.execute("update event set position = -1 where position = ?", [position])
        con.execute("update event set position = ? where position = ?", [position, other])
        con.execute("update event set position = ? where position = -1", [other])
    return f"{kind} {position}"


@pytest.mark.parametrize("count", [300, pytest.param(10_000, marks=pytest.mark.soak)])
def test_every_change_is_detected(receive, registry, tmp_path, count):
    if registry.engine.dialect.name != "sqlite":
        pytest.skip("one database's file is copied and changed; the proof is the same code for both")
    for name in "abcdef":
        row = receive(name)
        registry.append(
            "explained", row.submission_id, "tester", {"edit_id": "ledger_017", "reason": f"because {name}"}
        )
    write_head(tmp_path, registry.head())
    rng, undetected = random.Random(count), []
    source = sqlite3.connect(registry.engine.url.database)
    memory = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
    source.backup(memory)
    for (name,) in memory.execute("select name from sqlite_master where type = 'trigger'").fetchall():
        memory.execute(f"drop trigger {name}")
    engine = create_engine("sqlite://", creator=lambda: memory)
    with engine.connect() as connection:
        assert list(registry_proof.problems(connection, read_heads(tmp_path))) == []
        for _ in range(count):
            memory.execute("savepoint before")
            what = _tampering(memory, rng)
            try:
                found = list(registry_proof.problems(connection, read_heads(tmp_path)))
            except ValueError as problem:  # a payload or a moment that can no longer be read
                found = [str(problem)]
            if not found:
                undetected.append(what)
            memory.execute("rollback to before")
            memory.execute("release before")
    assert not undetected
