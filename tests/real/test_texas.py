"""Texas' real summaries of 2012 to 2016 through a whole night, against sums made here from the raw files.

Belongs here: what the public files must give in the marts. Does not belong here: any figure of those files.
The folder is EDFIN_TEST_TEXAS, else ../shared/data/texas beside the checkout; without it these tests are skipped.
"""

import csv
import gzip
import io
import json
import os
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
STATE = PROJECT / "states" / "texas"
DATA = Path(os.environ.get("EDFIN_TEST_TEXAS") or PROJECT.parent / "shared" / "data" / "texas")
SUMMARY = DATA / "peims_summary_2012_2016_with_ncesid.csv.gz"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SUMMARY.is_file(), reason=f"Texas' files are not in {DATA} (EDFIN_TEST_TEXAS names another folder)"),
]  # fmt: skip
YEARS = range(2012, 2017)
STAFF = {"UGTCH": "PSTTOFC", "STUSUP": "PSUTOFC", "SCHADM": "PSSTOFC", "LEAADM": "PSCTOFC"}


def table(path: Path) -> list[dict[str, str]]:
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n"))))


def dollars(text: str) -> Decimal:
    return Decimal(text.replace("$", "").replace(",", ""))


def rows_of(home, query: str) -> list[dict]:
    """Rows of a query as `edfin sql` prints them, amounts exact."""
    return json.loads(home.ok("sql", query, "--format", "json"), parse_float=Decimal)


@pytest.fixture(scope="module")
def texas(new_home):
    """A home after a night over all files."""
    home = new_home("texas", "texas")
    home.ok("submit", "--manifest", STATE / "fy2012_2016.csv", "--from", DATA)
    home.ok("nightly")
    return home


@pytest.fixture(scope="module")
def sums():
    """Sums of the summary's columns by year."""
    found: dict[int, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for record in table(SUMMARY):
        for name, text in record.items():
            if text.startswith(("$", "-$")) or name.startswith(("Reported", "Average")):
                found[int(record["Year"])][name] += dollars(text)
    return found


def test_every_record_is_accepted_and_every_dollar_in_the_ledger(texas, sums):
    rows = rows_of(texas, "select fiscal_year, sum(case when account_class <> 'revenue' then amount end) as paid, "
                      "sum(case when account_class = 'revenue' then amount end) as received from fct_ledger group by 1")  # fmt: skip
    assert {row["fiscal_year"]: (Decimal(row["paid"]), Decimal(row["received"])) for row in rows} == {
        year: (sums[year]["Total Disbursments"], sums[year]["Total Revenue"]) for year in YEARS
    }
    standing = rows_of(texas, "select status, count(*) as n from dim_submission where status <> 'withdrawn' group by 1")
    assert [row["status"] for row in standing] == ["accepted"]


def test_pupils_add_to_the_published_state_rows(texas, sums):
    rows = rows_of(
        texas,
        "select fiscal_year, sum(fall_membership_count) as pupils, sum(ada) as ada from district_spending group by 1",
    )
    told = {row["fiscal_year"]: (int(row["pupils"]), Decimal(row["ada"])) for row in rows}
    for year in YEARS:
        pupils = sums[year]["Reported Enrollment"]
        if year > 2012:
            (state,) = table(DATA / "tapr" / f"{year - 1}-{year}_state_staff_student.csv")
            pupils = int(state["SPETALLC"])
        assert told[year] == (pupils, sums[year]["Average Daily Attendance (ADA)"])


def test_staff_add_to_the_districts_rows_and_nearly_to_the_states(texas):
    rows = rows_of(
        texas,
        "select fiscal_year, assignment_category as category, sum(assignment_fte) as fte from fct_staff_assignments group by 1, 2",
    )
    for row in rows:
        span, column = f"{row['fiscal_year'] - 1}-{row['fiscal_year']}", STAFF[row["category"]]
        told = [record[f"D{column}"] for record in table(DATA / "tapr" / f"{span}_district_staff_student.csv.gz")]
        assert Decimal(row["fte"]) == sum(Decimal(text) for text in told if text not in (".", "-2"))
        (state,) = table(DATA / "tapr" / f"{span}_state_staff_student.csv")
        assert abs(Decimal(row["fte"]) - Decimal(state[f"S{column}"])) < Decimal("7.5"), (
            "half a tenth a district, no more"
        )
    assert len(rows) == 16


def test_graduation_stands_beside_spending_where_cohorts_bear_it(texas):
    schools = table(DATA / "edfacts_grad_2013_texas.csv.gz")
    rows = rows_of(texas, "select * from district_productivity where fiscal_year = 2013")
    assert {row["measure"] for row in rows} == {"graduation_rate_4yr"}
    cohort = sum(Decimal(row["outcome_count"]) for row in rows if row["outcome_count"] is not None)
    assert cohort == sum(int(school["ALL_COHORT_1213"]) for school in schools)
    told = [row for row in rows if row["outcome_value"] is not None]
    # A rate lies within its interval, and a district of one large school has what was printed.
    assert all(row["outcome_low"] <= row["outcome_value"] <= row["outcome_high"] for row in told)
    assert {row["outcome_status"] for row in told} == {"reported", "estimated"}
    assert all(
        row["do_not_rank"] and row["quadrant"] == "indeterminate" for row in rows if row["outcome_value"] is None
    )
    sure = [row for row in rows if row["quadrant"] != "indeterminate"]
    assert 0 < len(sure) < len(told) / 4
    for row in sure:
        ends = row["residual_low"], row["residual_high"]
        assert (min(ends) > 0) == row["quadrant"].startswith("high_outcome") and (max(ends) < 0) == row[
            "quadrant"
        ].startswith("low_outcome")
    # Two of the four years a graduate takes are held.
    assert {row["cost_status"] for row in told if row["spending_status"] == "reported"} == {"earlier_years_missing"}


def test_a_district_has_ten_peers_of_its_kind_by_what_is_counted(texas):
    rows = rows_of(texas, "select * from peers where fiscal_year = 2013")
    assert {row["peer_count"] for row in rows} == {10}
    assert {row["feature_names"] for row in rows} == {
        "disability_rate, english_learner_rate, grade_span, ln_membership, low_income_rate"
    }
    # One feature alone, the number of pupils, makes nobody alike.
    assert rows_of(texas, "select count(*) as n from peers where fiscal_year = 2012") == [{"n": 0}]


def test_each_view_of_the_panel_adds_to_the_state(texas):
    rows = rows_of(
        texas,
        "select view, fiscal_year, sum(total_expenditure_amount) as spent, sum(fall_membership_count) as pupils from lea_panel group by 1, 2",
    )
    by_year = defaultdict(set)
    for row in rows:
        by_year[row["fiscal_year"]].add((row["spent"], row["pupils"]))
    assert len(rows) == 15 and all(len(told) == 1 for told in by_year.values())


def test_every_changed_district_is_accounted_for():
    events = list(csv.DictReader((STATE / "lea_events.csv").open(encoding="utf-8")))
    of = {kind: {e["from_lea_id"] or e["to_lea_id"] for e in events if e["event_type"] in kinds}
          for kind, kinds in {"new": ("open",), "changed": ("rename",), "removed": ("close", "absorb"), "defunct": ("close", "absorb")}.items()}  # fmt: skip
    for path in (DATA / "district_changes").glob("*.csv"):
        kind = path.stem.split("_")[1]
        assert {record["District Number"].zfill(6) for record in table(path)} <= of[kind], path.name


def test_a_merged_charters_pupils_are_counted_once_on_the_latest_map(texas):
    rows = rows_of(texas, "select view, fiscal_year, sum(fall_membership_count) as pupils from lea_panel "
                      "where unit_id in ('057803', '057838', '057842', '057843', '220816') and fiscal_year = 2014 group by 1, 2")  # fmt: skip
    assert len({row["pupils"] for row in rows}) == 1 and len(rows) == 3
