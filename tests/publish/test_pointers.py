"""`current` moves at once for everybody, and the history says who moved it."""

import multiprocessing

import pytest
from busy_reader import ONE_STATE, read_until
from small_warehouse import make

from ingest.refusals import Refusal
from publish.pointers import (
    history,
    list_generations,
    publish_candidate,
    rollback,
    switch,
)
from publish.shelves import Shelf
from publish.sql_door import open_generation, run_sql


def test_twenty_switches_under_four_readers(tmp_path):
    candidates = [make(tmp_path, position, extra_2025=position) for position in (1, 2)]
    shelf = Shelf(tmp_path)
    switch(shelf, candidates[0].generation_id, "published", "night", "first")
    context = multiprocessing.get_context("spawn")
    stop, answers, started = context.Event(), context.Queue(), context.Semaphore(0)
    readers = [context.Process(target=read_until, args=(tmp_path, stop, answers, started)) for _ in range(4)]
    for reader in readers:
        reader.start()
    try:
        assert all(started.acquire(timeout=60) for _ in readers)
        for turn in range(20):
            switch(shelf, candidates[(turn + 1) % 2].generation_id, "published", "night", f"turn {turn}")
            stop.wait(0.15)
    finally:
        stop.set()
    results = [answers.get(timeout=60) for _ in readers]
    for reader in readers:
        reader.join(timeout=60)
    assert [torn for _, _, torn in results if torn] == []
    assert all(reads > 0 for reads, _, _ in results)
    assert len(set().union(*(seen for _, seen, _ in results))) == 2
    assert len(history(shelf)) == 21


def test_a_reader_keeps_the_generation_it_opened(tmp_path):
    old, new = make(tmp_path, 1), make(tmp_path, 2, extra_2025=9)
    switch(Shelf(tmp_path), old.generation_id, "published", "night", "")
    with open_generation(tmp_path) as con:
        before = con.execute(ONE_STATE).fetchall()
        publish_candidate(tmp_path, new.generation_id, "me", "checked")
        assert con.execute(ONE_STATE).fetchall() == before
    assert (
        "".join(run_sql(tmp_path, "select generation_id from generation", format="csv")).split()[1] == new.generation_id
    )


def test_publish_then_roll_back(tmp_path):
    one, two, three = (make(tmp_path, position).generation_id for position in (1, 2, 3))
    publish_candidate(tmp_path, one, "ana", "first")
    publish_candidate(tmp_path, two, "ana", "second")
    assert rollback(tmp_path, one, "ben", "wrong ledger").previous_generation_id == two
    assert [(entry.action, entry.by, entry.reason) for entry in history(Shelf(tmp_path))] == [
        ("overridden", "ana", "first"),
        ("overridden", "ana", "second"),
        ("rolled_back", "ben", "wrong ledger"),
    ]
    assert {listed.generation_id: listed.status for listed in list_generations(tmp_path)} == {
        one: "current",
        two: "published",
        three: "built",
    }


def test_what_cannot_be_switched_to(tmp_path):
    one, two = (make(tmp_path, position).generation_id for position in (1, 2))
    publish_candidate(tmp_path, one, "ana", "first")
    for attempt, words in (
        (lambda: rollback(tmp_path, two, "ben"), "never current"),
        (lambda: rollback(tmp_path, one, "ben"), "already current"),
        (lambda: rollback(tmp_path, "2026", "ben"), "fits 2 generations"),
        (lambda: rollback(tmp_path, "../../x", "ben"), "no complete generation"),
        (lambda: publish_candidate(tmp_path, two, "ben", " "), "needs a reason"),
    ):
        with pytest.raises(Refusal, match=words):
            attempt()
    assert Shelf(tmp_path).current_id() == one
    assert len(history(Shelf(tmp_path))) == 1


def test_a_torn_history_line_is_survived(tmp_path):
    one, two = (make(tmp_path, position).generation_id for position in (1, 2))
    publish_candidate(tmp_path, one, "ana", "first")
    with Shelf(tmp_path).history.open("a") as file:
        file.write('{"at": "2026-')
    publish_candidate(tmp_path, two, "ana", "second")
    assert [entry.generation_id for entry in history(Shelf(tmp_path))] == [one, two]
