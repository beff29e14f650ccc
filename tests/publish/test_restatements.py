"""Restatements tell what readers were shown: reasons, ranks, and the switches that took place, each once."""

import json
from datetime import UTC, datetime, timedelta

import duckdb
import pytest
from restated_state import generation, pin

from ingest.refusals import Refusal
from publish.differences import Wanted, compared
from publish.generations import differing_marts
from publish.manifests import Manifest
from publish.pointers import publish_candidate, rollback
from publish.restatements import untold
from publish.retention import sweep
from publish.shelves import Shelf
from publish.sql_door import run_sql

SENT = {"1": "a1", "2": "a2", "3": "a3"}
SPENT = {"1": 100, "2": 200, "3": 300}


@pytest.fixture
def home(tmp_path):
    pin(tmp_path, "ref1")
    return tmp_path


def publish(home, *arguments, **run) -> str:
    made = generation(home, *arguments, **run)
    publish_candidate(home, made.generation_id, "ana", "a test")
    return made.generation_id


def rows(home, generation_id: str, columns: str) -> list[list]:
    query = f"select {columns} from restatements order by current_as_of, current_generation_id, lea_id"
    return [list(row.values()) for row in json.loads("".join(run_sql(home, query, generation_id, format="json")))]


def pairs(home, generation_id: str) -> set[tuple[str, str]]:
    return {tuple(row) for row in rows(home, generation_id, "previous_generation_id, current_generation_id")}


def test_a_changed_figure_has_its_rank_and_its_submissions(home):
    publish(home, 1, SPENT, SENT)
    second = publish(home, 2, SPENT | {"1": 250}, SENT | {"1": "b1"})
    told = rows(home, second, "lea_id, measure, previous_value, current_value, difference_value, reason_code, previous_rank, current_rank, previous_submission_ids, current_submission_ids")  # fmt: skip
    assert told == [["1", "total_expenditure_amount", 100, 250, 150, "data", 3, 2, "a1", "b1"]]


def test_a_first_figure_is_none_and_one_that_is_gone_is(home):
    publish(home, 1, SPENT | {"3": None}, {"1": "a1", "2": "a2"})
    second = publish(home, 2, {"1": 100, "2": None, "3": 300}, {"1": "a1", "3": "a3"})
    told = rows(
        home, second, "lea_id, previous_value, current_value, current_rank, reason_code, previous_submission_ids"
    )
    assert told == [["2", 200, None, None, "data", "a2"]]


def test_the_reason_is_the_first_that_holds(home):
    pin(home, "ref2", "e1,merge,2026,2,3,1,membership,N,test\n")
    publish(home, 1, SPENT, SENT)
    second = publish(home, 2, {"1": 101, "2": 201, "3": 301}, SENT | {"3": "b3"}, reference_version="ref2", code_version="other")  # fmt: skip
    # 3 sent anew and is in the event: data comes first. 2 is in the event. 1 has only the rest of the reference.
    assert rows(home, second, "lea_id, reason_code") == [["1", "reference"], ["2", "boundary"], ["3", "data"]]
    third = publish(home, 3, {"1": 102, "2": 201, "3": 301}, SENT | {"3": "b3"}, reference_version="ref2", code_version="third")  # fmt: skip
    assert rows(home, third, "lea_id, reason_code")[-1] == ["1", "code"]
    assert len(rows(home, third, "lea_id")) == 4


def test_less_than_the_measure_counts_is_no_restatement(home):
    publish(home, 1, SPENT, SENT)
    assert rows(home, publish(home, 2, SPENT, SENT | {"1": "b1"}), "lea_id") == []


def test_a_rollback_and_a_candidate_taken_later_are_told_once(home):
    one = publish(home, 1, SPENT, SENT)
    held_back = generation(home, 2, SPENT | {"1": 120}, SENT | {"1": "b1"}).generation_id
    three = publish(home, 3, SPENT | {"1": 130}, SENT | {"1": "c1"})
    assert pairs(home, three) == {(one, three)}
    rollback(home, one, "ana", "wrong")
    assert untold(Shelf(home)) == {one, three}
    publish_candidate(home, held_back, "ana", "right after all")
    five = publish(home, 5, SPENT | {"1": 150}, SENT | {"1": "e1"})
    assert pairs(home, five) == {(one, three), (three, one), (one, held_back), (held_back, five)}
    six = publish(home, 6, SPENT | {"1": 160}, SENT | {"1": "f1"})
    assert len(rows(home, six, "lea_id")) == 5
    assert differing_marts(Shelf(home).folder(six)) == []


def test_a_switch_that_a_kill_prevented_tells_nothing(home):
    one = publish(home, 1, SPENT, SENT)
    made = generation(home, 2, SPENT | {"1": 120}, SENT | {"1": "b1"}).generation_id
    sentence = {
        "at": "2026-03-02T00:00:00Z",
        "action": "published",
        "generation_id": made,
        "previous_generation_id": one,
    }
    with Shelf(home).history.open("a") as file:
        file.write(json.dumps(sentence | {"by": "nightly", "reason": "killed before the link moved"}) + "\n")
    again = publish(home, 3, SPENT | {"1": 120}, SENT | {"1": "b1"})
    assert pairs(home, again) == {(one, again)}
    assert pairs(home, publish(home, 4, SPENT | {"1": 120}, SENT | {"1": "b1"})) == {(one, again)}


def test_restatements_are_outside_equal_marts_and_a_build_of_the_past_takes_those_of_then(home):
    one = publish(home, 1, SPENT, SENT)
    two = publish(home, 2, SPENT | {"1": 120}, SENT | {"1": "b1"})
    publish(home, 3, SPENT | {"1": 130}, SENT | {"1": "c1"})
    manifest = Manifest.read(Shelf(home).folder(two))
    assert "restatements" not in manifest.marts and manifest.history.tables["restatements"].rows == 1
    past = generation(home, 2, SPENT | {"1": 120}, SENT | {"1": "b1"}, is_of_past=True, code_version="newer")
    assert past.manifest.marts == manifest.marts
    assert pairs(home, past.generation_id) == {(one, two)}


def aged(home, ages: dict[str, int], now: datetime) -> None:
    """Write the history again as if each generation had been published so many days ago."""
    lines = [json.loads(line) for line in Shelf(home).history.read_text().splitlines()]
    for line in lines:
        line["at"] = (now - timedelta(days=ages[line["generation_id"]])).isoformat(timespec="seconds")
    Shelf(home).history.write_text("".join(json.dumps(line) + "\n" for line in lines))


def test_what_the_policy_lets_go_is_swept_and_nothing_needed(home):
    now = datetime(2026, 6, 30, 12, tzinfo=UTC)  # a Tuesday
    # Nothing is restated but by the sixth; days before now in the order of publication.
    ages = [100, 50, 47, 10, 9, 5, 1, 0]
    ids = []
    for number, age in enumerate(ages):
        spent = SPENT | {"1": 100 + 10 * (number >= 5)}
        ids.append(publish(home, number, spent, SENT | {"1": "b1" if number >= 5 else "a1"}, as_of=now - timedelta(days=age)))  # fmt: skip
    aged(home, dict(zip(ids, ages, strict=True)), now)
    waiting = generation(home, 99, SPENT, SENT, as_of=now).generation_id
    public = Shelf(home, "public")
    public.prepare()
    public.history.write_text(json.dumps({"from": ids[0]}) + "\n")
    # 100 days: released. 50 and 47: both of May's weeks are too long ago, the last of May is kept for its month.
    # 10 and 9: one week, so the later; and it is one side of a restatement five days ago.
    swept = sweep(home, now)
    assert swept == [ids[1], ids[3]]
    assert set(Shelf(home).complete_ids()) == {*ids, waiting} - set(swept)
    assert sweep(home, now) == []
    # What was never published is kept three days from when it was written.
    assert waiting in sweep(home, datetime.now(UTC) + timedelta(days=4000))


def test_facts_without_a_generation_go_and_others_stay(home):
    ids = [publish(home, number, SPENT, SENT) for number in (1, 2, 3)]
    shelf = Shelf(home)
    orphan = next(shelf.facts.glob("*/*.parquet")).with_name("2001-nobody.parquet")
    orphan.write_bytes(b"of a generation that is gone")
    aged(home, dict(zip(ids, (4000, 3999, 0), strict=True)), datetime.now(UTC))
    assert set(sweep(home)) == set(ids[:2])
    assert not orphan.exists()
    assert list(shelf.facts.glob("*/*.parquet"))
    with duckdb.connect():
        assert "0" in "".join(run_sql(home, "select count(*) as n from fct_ledger"))


def test_a_state_without_a_policy_keeps_everything(home):
    ids = [publish(home, number, SPENT, SENT) for number in (1, 2)]
    policy = home / "reference/ref1/seeds/policy.csv"
    policy.write_text(policy.read_text().splitlines()[0] + "\n")
    assert sweep(home, datetime(2060, 1, 1, tzinfo=UTC)) == []
    assert Shelf(home).complete_ids() == sorted(ids)


def test_what_cannot_be_compared_is_said(home):
    one, two = (publish(home, number, SPENT, SENT) for number in (1, 2))
    for wanted, words in ((Wanted(measure="nix"), "is no figure"), (Wanted(lea_id="01"), "No LEA 01")):
        with pytest.raises(Refusal, match=words), compared(home, one, two, wanted):
            pass
    (home / "reference/ref1/seeds/restatement_measure.csv").unlink()
    with pytest.raises(Refusal, match="cannot be compared"), compared(home, one, two):
        pass
