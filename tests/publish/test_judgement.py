"""A night that cannot be trusted, or not be judged, leaves yesterday's publication in place."""

import json

import duckdb
import pytest
from small_warehouse import make, run_info, write_build

from publish.generations import make_candidate
from publish.judgement import failure, judge, publish_if_sound
from publish.pointers import list_generations
from publish.shelves import Shelf

POLICY = """policy_key,value,first_fiscal_year,last_fiscal_year,source
minimum_coverage_rate,0.8,,,test
state_total_change_rate,0.05,,2024,test
state_total_change_rate,0.10,2025,,test
"""


@pytest.fixture
def home(tmp_path):
    seeds = tmp_path / "reference/ref1/seeds"
    seeds.mkdir(parents=True)
    (seeds / "policy.csv").write_text(POLICY)
    first = make(tmp_path, 1)
    assert publish_if_sound(tmp_path, judge(tmp_path, first), "night")
    return tmp_path


def changed(home, statement, position=2):
    run = run_info(position)
    build = write_build(home / "b.duckdb", run)
    with duckdb.connect(str(build)) as con:
        con.execute(statement)
    return judge(home, make_candidate(home, build, run))


def test_an_unchanged_night_is_published(home):
    second = make(home, 2)
    switch = publish_if_sound(home, judge(home, second), "night")
    assert switch.generation_id == Shelf(home).current_id() == second.generation_id
    assert publish_if_sound(home, judge(home, second), "night") is None


@pytest.mark.parametrize("kind", ["conservation", "identity", "contract", "not_evaluated"])
def test_any_failure_blocks(home, kind):
    current = Shelf(home).current_id()
    candidate = make(home, 2)
    judgement = judge(home, candidate, [failure(kind, "ledger_conserved", "12.00 dollars are missing")])
    assert publish_if_sound(home, judgement, "night") is None
    assert Shelf(home).current_id() == current
    listed = list_generations(home)[0]
    assert (listed.generation_id, listed.status, listed.blocking_reasons) == (
        candidate.generation_id,
        "candidate",
        ["12.00 dollars are missing"],
    )


def test_failures_have_known_kinds():
    with pytest.raises(ValueError, match="none of"):
        failure("mood", "x", "y")


def test_totals_move_within_policy_of_their_own_year(home):
    a_twelfth_less = """update marts.district_spending
        set total_expenditure_amount = total_expenditure_amount * 0.92 where fiscal_year = {}"""
    assert changed(home, a_twelfth_less.format(2025)).reasons == []
    (reason,) = changed(home, a_twelfth_less.format(2024), 3).reasons
    assert (reason.kind, reason.subject) == ("state_total", "district_spending.total_expenditure_amount")
    assert "FY2024" in reason.message and "0.05" in reason.message


def test_an_arriving_district_is_no_alarm(home):
    more = """insert into marts.district_spending by name
        select 'new' || lea_id as lea_id, * exclude (lea_id) from marts.district_spending"""
    assert changed(home, more).is_sound


def test_coverage_may_fall_to_the_minimum_and_no_further(home):
    lose = """update marts.district_spending set spending_status = 'missing', total_expenditure_amount = null
        where fiscal_year = 2024 and lea_id in ({})"""
    assert changed(home, lose.format("'00'")).is_sound
    judgement = changed(home, lose.format("'00', '02'"), 3)
    assert [reason.kind for reason in judgement.reasons] == ["coverage"]
    assert "3 of 5" in judgement.reasons[0].message


def test_a_vanished_year_and_a_vanished_table_block(home):
    assert {
        reason.kind for reason in changed(home, "delete from marts.district_spending where fiscal_year = 2024").reasons
    } == {"coverage"}
    assert {reason.subject for reason in changed(home, "drop table marts.dim_lea", 3).reasons} == {"dim_lea"}


def test_a_rate_nobody_set_blocks(home):
    (home / "reference/ref1/seeds/policy.csv").unlink()
    judgement = changed(home, "update marts.district_spending set fall_membership_count = 51")
    assert {reason.kind for reason in judgement.reasons} == {"not_evaluated"}
    stored = json.loads((Shelf(home).folder(judgement.generation_id) / "judgement.json").read_text())
    assert stored["reasons"][0]["kind"] == "not_evaluated"
