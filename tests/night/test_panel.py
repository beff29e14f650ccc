"""Three years of fifteen districts, most of which merge, split, give pupils away, or change their name or code.

Belongs here: what the panel must say of events, beside the planted truth. Does not belong here: real districts (`tests/real`).
"""

from types import SimpleNamespace

import duckdb
import pytest
from nights import TRUTH, current, differences

pytestmark = [pytest.mark.slow, pytest.mark.soak]
VIEWS = {"as_reported", "harmonized", "constant_boundary"}
SUMS = (
    "total_expenditure_amount", "current_expenditure_amount", "instruction_amount", "support_services_amount",
    "capital_outlay_amount", "debt_service_amount", "federal_revenue_amount", "state_revenue_amount", "local_revenue_amount",
    "total_revenue_amount", "fall_membership_count", "adm", "ada",
)  # fmt: skip


@pytest.fixture(scope="module")
def night(new_home):
    """A sample with planted events and errors, and its night."""
    home = new_home("panel")
    home.ok("sample", "--leas", "15", "--first-year", "2022", "--last-year", "2024", "--seed", "1", "--errors")
    done = home.run("nightly")
    assert done.returncode == 0, done.stdout + done.stderr
    return SimpleNamespace(home=home, folder=current(home))


def ask(night, query: str) -> list[tuple]:
    """A query over the marts, which it names in braces."""
    return duckdb.sql(query.format(**{name: f"'{night.folder}/marts/{name}.parquet'" for name in TRUTH})).fetchall()


@pytest.mark.parametrize("table", TRUTH)
def test_marts_equal_the_planted_truth(night, table):
    truth = night.home.path / "truth" / f"{table}.parquet"
    assert not differences(truth, night.folder / "marts" / f"{table}.parquet", TRUTH[table])


@pytest.mark.parametrize("column", SUMS)
def test_every_view_adds_to_the_state_in_every_year(night, column):
    state = dict(ask(night, f"select fiscal_year, sum({column}) from {{district_spending}} group by 1"))
    views = ask(night, f"select view, fiscal_year, sum({column}) from {{lea_panel}} group by all")
    assert {view for view, _, _ in views} == VIEWS
    assert [(view, year) for view, year, total in views if total != state[year]] == []
    assert len(views) == len(VIEWS) * len(state) == 9


def test_each_kind_of_event_breaks_a_series(night):
    found = ask(
        night, "select distinct unnest(string_split(event_types, ', ')) from {lea_panel} where view = 'as_reported'"
    )
    assert {row[0] for row in found if row[0]} == {"merge", "split", "transfer", "absorb", "recode"}


def test_two_districts_of_before_are_today_the_merged_one(night):
    """LEAs 0007 and 0014 merge into 0021 in 2023."""
    before = ask(
        night,
        "select sum(fall_membership_count) from {lea_panel} where view = 'as_reported' and unit_id in ('0007', '0014') and fiscal_year = 2022",
    )
    today = ask(
        night,
        "select fall_membership_count, member_lea_ids, is_estimated from {lea_panel} where view = 'harmonized' and unit_id = '0021' and fiscal_year = 2022",
    )
    assert today == [(before[0][0], "0007, 0014", False)]


def test_estimates_stand_in_the_harmonized_view_alone_and_only_after_a_split(night):
    found = ask(night, "select view, unit_id, fiscal_year from {lea_panel} where is_estimated")
    # 0042 splits in 2023 into 0056, which goes into 0084 in 2024, and 0063.
    assert set(found) == {("harmonized", "0063", 2022), ("harmonized", "0084", 2022)}


def test_a_new_name_and_a_new_code_are_no_end(night):
    names = ask(
        night,
        "select fiscal_year, unit_name from {lea_panel} where view = 'as_reported' and unit_id = '0091' order by 1",
    )
    assert len({name for _, name in names}) == 2 and all(name.endswith(" School District") for _, name in names)
    years = ask(
        night,
        "select fiscal_year, member_lea_ids from {lea_panel} where view = 'harmonized' and unit_id = '0105' order by 1",
    )
    assert years == [(2022, "0098"), (2023, "0098"), (2024, "0105")]


def test_no_closing_or_new_district_lacks_its_event(night):
    build = night.home.path / "build" / "warehouse.duckdb"
    with duckdb.connect(str(build), read_only=True) as connection:
        assert connection.execute("select count(*) from edits.ledger_122").fetchall() == [(0,)]
        assert connection.execute("select count(*) from edits.ledger_123").fetchall() == [(0,)]
