"""Pupils and money matched: the traps that readers of a good public guide to school spending still fall into.

Belongs here: what `district_per_pupil` and `district_per_pupil_compared` must hold on a real night. Does not belong here: names of
columns (`tests/house/test_per_pupil_definitions`), other figures.
Source: reading of New Jersey's Taxpayers' Guide to Education Spending as ten rules; the numbers are the rules'.
"""

import csv
import json
from collections import defaultdict

import pytest
from nights import PROJECT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def rows(first_night):
    return json.loads(first_night.home.ok("sql", "select * from district_per_pupil", "--format", "json"))


@pytest.fixture(scope="module")
def compared(first_night):
    return json.loads(first_night.home.ok("sql", "select * from district_per_pupil_compared", "--format", "json"))


def _population(name: str, key: str) -> dict[str, str]:
    with (PROJECT / "dbt" / "seeds" / f"{name}.csv").open(newline="") as stream:
        return {row[key]: row["population"] for row in csv.DictReader(stream)}


def test_1_each_figure_says_what_is_divided_by_whom(rows):
    assert all(row["numerator_def_id"] and row["denominator_def_id"] and row["price_basis"] for row in rows)


def test_1_figures_of_one_district_differ_and_the_spread_is_shown(rows):
    figures = defaultdict(list)
    for row in rows:
        if row["per_pupil_status"] == "reported" and row["denominator_def_id"] != "weighted":
            figures[row["lea_id"], row["fiscal_year"], row["amount_type"], row["numerator_def_id"]].append(row)
    for told in figures.values():
        found = [one["per_pupil"] for one in told]
        spread = pytest.approx(max(found) / min(found) - 1, abs=1e-12)
        assert all(one["spread_rate"] == spread for one in told)
        assert all(one["is_spread_wide"] == (one["spread_rate"] > 0.05) for one in told)
    assert any(one["is_spread_wide"] for told in figures.values() for one in told)


def test_mismatched_pairs_have_no_row(rows):
    of_dollars = _population("per_pupil_numerator", "numerator_def_id")
    of_pupils = _population("per_pupil_denominator", "denominator_def_id")
    pairs = {(row["numerator_def_id"], row["denominator_def_id"]) for row in rows}
    assert all(of_dollars[numerator] == of_pupils[denominator] for numerator, denominator in pairs)
    assert {denominator for numerator, denominator in pairs if numerator == "cur_f33_tuition"} == {"resident"}


def test_a_part_that_is_missing_leaves_no_figure(rows):
    assert all((row["per_pupil"] is None) == (row["per_pupil_status"] != "reported") for row in rows)
    assert {row["per_pupil_status"] for row in rows} >= {"reported", "missing_numerator", "missing_denominator"}
    for row in rows:
        if row["per_pupil_status"] == "reported":
            assert row["per_pupil"] == pytest.approx(row["numerator_amount"] / row["denominator_count"])


def test_2_a_rank_never_mixes_denominators(compared):
    assert {row["denominator_def_id"] for row in compared} == {"fall_membership"}
    keys = [(row["lea_id"], row["fiscal_year"], row["numerator_def_id"]) for row in compared]
    assert len(keys) == len(set(keys))


def test_3_and_6_a_rank_is_among_districts_of_one_type_and_says_which(rows, compared):
    kinds = {(row["lea_id"], row["fiscal_year"]): row["lea_type_code"] for row in rows}
    peers = defaultdict(list)
    for row in compared:
        assert row["peer_set"] == f"lea_type_code {kinds[row['lea_id'], row['fiscal_year']]}"
        peers[row["fiscal_year"], row["numerator_def_id"], row["peer_set"]].append(row)
    for told in peers.values():
        figures = sorted((one["per_pupil"] for one in told), reverse=True)
        assert all(one["peer_rank"] == figures.index(one["per_pupil"]) + 1 for one in told)
        assert all(one["peer_count"] == len(told) for one in told)


def test_4_a_change_is_told_apart_into_dollars_and_pupils(compared):
    told = [row for row in compared if row["per_pupil_log_change"] is not None]
    assert told
    for row in told:
        assert row["dollars_log_change"] + row["pupils_log_change"] == pytest.approx(
            row["per_pupil_log_change"], abs=1e-12
        )


def test_5_a_budget_stands_in_no_trend_and_no_rank(rows, compared):
    assert {row["amount_type"] for row in rows} == {"actual", "budget"}
    assert {row["amount_type"] for row in compared} == {"actual"}


def test_7_spending_without_money_that_ends_stands_beside(rows):
    told = [row for row in rows if row["numerator_def_id"] == "cur_f33" and row["per_pupil_status"] == "reported"]
    assert all(row["recurring_per_pupil"] <= row["per_pupil"] for row in told)
    assert any(row["recurring_per_pupil"] < row["per_pupil"] for row in told)


def test_9_the_year_of_the_data_is_not_the_year_of_publication(rows):
    # Budgets and pupil counts of a year come in the calendar year before the one in which it ends; nothing comes earlier.
    assert all(row["publication_year"] >= row["fiscal_year"] - 1 for row in rows if row["publication_year"])


def test_10_average_rows_are_no_districts(first_night, tmp_path):
    sent = tmp_path / "membership.csv"
    sent.write_text(
        "lea_id,fiscal_year,school_id,grade_code,student_group,fall_membership_count,adm,ada\n"
        "0007,2025,,ALL,all,500,,\nSTATE AVERAGE,2025,,ALL,all,612,,\n"
    )
    options = (
        "--collection",
        "membership",
        "--lea",
        "0007",
        "--fiscal-year",
        "2025",
        "--period",
        "fall",
        "--format",
        "json",
    )
    done = first_night.home.run("check", str(sent), *options)
    assert done.returncode == 1
    found = [one for one in json.loads(done.stdout)["findings"] if one["value"] == "STATE AVERAGE"]
    assert found and found[0]["row_number"] == 3
