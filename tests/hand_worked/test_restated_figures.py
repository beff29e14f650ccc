"""Two restatements worked out by hand: a corrected ledger, and an edited row of the crosswalk; and what time travel says of them.

Belongs here: restatements, `edfin diff` and `ledger_as_of` through the public commands. Does not belong here: chains of
switches (`tests/publish`).
"""

from __future__ import annotations

import csv
import json
import shutil
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
from hand_home import DISTRICTS, LEDGER, edfin, write

pytestmark = [pytest.mark.slow, pytest.mark.soak]

CROSSWALK = Path(__file__).parents[2] / "states" / "sample" / "xwalk_account.csv"


def ask(home: Path, query: str, *options: str) -> list[dict[str, Any]]:
    return json.loads(edfin(home, "sql", query, "--format", "json", *options))


def published(home: Path) -> list[dict[str, Any]]:
    """The generations, oldest first."""
    return json.loads(edfin(home, "generations", "--format", "json"))[::-1]


def corrected_ledger(folder: Path) -> Path:
    """District 9001, FY2024: the benefit of 100.00 was 400.00."""
    (district,) = [one for one in DISTRICTS if one["lea"]["lea_id"] == "9001"]
    lines = list(csv.reader(district["years"][0]["ledger"][0]["lines"].splitlines()))
    (line,) = [one for one in lines if (one[2], one[10]) == ("110", "100.00")]
    line[10] = "400.00"
    path = folder / "corrected.csv"
    write(path, LEDGER, [["9001", 2024, *one, "actual"] for one in lines])
    return path


@pytest.fixture(scope="module")
def nights(home: Path, tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """A correction, a night with nothing new, and an edit of the crosswalk: 840 becomes a support service."""
    copy = tmp_path_factory.mktemp("restated") / "home"
    shutil.copytree(home, copy, symlinks=True)
    slot = ("--lea", "9001", "--collection", "ledger", "--fiscal-year", "2024", "--period", "actual_unaudited")
    sent = json.loads(edfin(copy, "submit", str(corrected_ledger(copy)), *slot))["submission_id"]
    report = edfin(copy, "nightly")
    idle = edfin(copy, "nightly")
    rows = list(csv.reader(CROSSWALK.open(encoding="utf-8", newline="")))
    (row,) = [one for one in rows if one[:2] == ["function", "840"]]
    row[6] = "2900"
    write(copy / "sample" / "reference" / CROSSWALK.name, rows[0], rows[1:])
    edfin(copy, "nightly")
    return SimpleNamespace(
        home=copy, sent=sent, report=report, idle=idle, ids=[g["generation_id"] for g in published(copy)]
    )


def test_a_corrected_ledger_restates_nine_figures(nights: SimpleNamespace) -> None:
    rows = ask(
        nights.home, f"select * from restatements where current_generation_id = '{nights.ids[1]}' order by measure"
    )
    # 300.00 more on instruction; seven pupils; 317.731 / 309.570 in dollars of 2025; all is pay, and the wage index is 1.
    assert [(r["measure"], r["previous_value"], r["current_value"], r["difference_value"]) for r in rows] == [
        ("current_expenditure_amount", 210.07, 510.07, 300.00),
        ("current_expenditure_per_pupil", 30.01, 72.86714286, 42.85714286),
        ("instruction_amount", 100.05, 400.05, 300.00),
        ("labor_share_adjusted_current_expenditure_per_pupil", 30.01, 72.86714286, 42.85714286),
        ("real_current_expenditure_per_pupil", 30.80113483, 74.78809370, 43.98695887),
        ("real_labor_share_adjusted_current_expenditure_per_pupil", 30.80113483, 74.78809370, 43.98695887),
        ("real_wage_adjusted_current_expenditure_per_pupil", 30.80113483, 74.78809370, 43.98695887),
        ("total_expenditure_amount", 210.07, 510.07, 300.00),
        ("wage_adjusted_current_expenditure_per_pupil", 30.01, 72.86714286, 42.85714286),
    ]
    assert {(r["lea_id"], r["fiscal_year"], r["reporting_period"], r["reason_code"]) for r in rows} == {
        ("9001", 2024, "actual_unaudited", "data")
    }
    # More is spent by 3152.00, 1362.00, 1142.48, 838.04, 696.00, 570.00 and, before the correction, 266.00.
    (total,) = [r for r in rows if r["measure"] == "total_expenditure_amount"]
    assert (total["previous_rank"], total["current_rank"]) == (8, 7)
    assert round(total["change_rate"], 6) == 1.428095
    (first,) = ask(
        nights.home,
        "select submission_id from dim_submission where lea_id = '9001' and collection = 'ledger' and version = 1",
    )
    assert {(r["previous_submission_ids"], r["current_submission_ids"]) for r in rows} == {
        (first["submission_id"], nights.sent)
    }
    assert {(r["previous_generation_id"], r["current_generation_id"]) for r in rows} == {tuple(nights.ids[:2])}


def test_an_edited_crosswalk_restates_by_reference(nights: SimpleNamespace) -> None:
    query = (
        "select lea_id, measure, previous_value, current_value, reason_code, previous_submission_ids from restatements"
    )
    rows = ask(nights.home, f"{query} where current_generation_id = '{nights.ids[2]}' order by measure")
    # The 9.00 on function 840 leave other noninstructional (V65) for other support services.
    assert [tuple(r.values()) for r in rows] == [
        ("9003", "other_current_amount", 621.00, 612.00, "reference", None),
        ("9003", "support_services_amount", 25.00, 34.00, "reference", None),
    ]


def test_the_table_goes_on_and_a_night_with_nothing_new_adds_nothing(nights: SimpleNamespace) -> None:
    assert "no model was run" in nights.idle
    assert len(nights.ids) == 3
    counted = "select current_generation_id, count(*) as n from restatements group by all order by 2 desc"
    assert [tuple(r.values()) for r in ask(nights.home, counted)] == [(nights.ids[1], 9), (nights.ids[2], 2)]
    assert ask(nights.home, counted, "--generation", nights.ids[0]) == []


def test_the_report_of_the_night_sums_them_up(nights: SimpleNamespace) -> None:
    assert "Restatements: 9 figures of 1 LEA-years" in nights.report
    assert "+142.81%" in nights.report and nights.sent[:12] in nights.report


def test_any_two_generations_are_compared(nights: SimpleNamespace) -> None:
    moments = [row["as_of"] for row in published(nights.home)]
    rows = json.loads(edfin(nights.home, "diff", "--from", nights.ids[0], "--to", nights.ids[2], "--format", "json"))
    # Both nights at once: nine figures by data, two by reference.
    assert sorted(r["reason_code"] for r in rows) == ["data"] * 9 + ["reference"] * 2
    said = edfin(
        nights.home,
        "diff",
        "--from",
        moments[2],
        "--to",
        nights.ids[2],
        "--measure",
        "support_services_amount",
        "--lea",
        "9003",
    )
    assert said.splitlines()[1] == "Restatements: 1 figures of 1 LEA-years"
    assert "25.00  34.00" in said and "reference" in said
    back = json.loads(edfin(nights.home, "diff", "--from", nights.ids[1], "--to", nights.ids[0], "--format", "json"))
    assert {r["current_submission_ids"] for r in back} != {nights.sent} and len(back) == 9
    table = edfin(
        nights.home, "diff", "--from", nights.ids[0], "--to", nights.ids[1], "--format", "csv", "--lea", "9001"
    )
    assert len(table.splitlines()) == 10


def test_the_ledger_as_of_is_the_ledger_of_a_rebuild(nights: SimpleNamespace) -> None:
    then = published(nights.home)[0]
    rebuilt = edfin(nights.home, "rebuild", "--as-of", then["as_of"]).strip()
    assert rebuilt == nights.ids[0]  # the same four: the build was made again and found equal
    columns = "columns(c -> c <> 'data_as_of')"
    lines = ask(nights.home, f"select {columns} from marts.ledger_as_of('{then['as_of']}') order by all")
    assert lines == ask(nights.home, f"select {columns} from fct_ledger order by all", "--generation", rebuilt)
    now = ask(nights.home, f"select {columns} from marts.ledger_as_of('9999-12-31') order by all")
    assert now == ask(nights.home, f"select {columns} from fct_ledger order by all") != lines
    spent = "where lea_id = '9001' and account_class = 'expenditure'"
    one = ask(nights.home, f"select sum(amount) as spent from marts.ledger_as_of('{then['as_of']}') {spent}")
    assert Decimal(str(one[0]["spent"])) == Decimal("210.07")
    assert ask(nights.home, "select count(*) as n from marts.ledger_as_of('2020-01-01')") == [{"n": 0}]


def test_the_ledger_as_of_moves_with_its_folder(nights: SimpleNamespace, tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere"
    shutil.copytree(nights.home / "published/restricted/generations" / nights.ids[2], moved)
    with duckdb.connect() as con:
        con.execute(f"attach '{moved}/warehouse.duckdb' as other (read_only)")
        con.execute(f"set file_search_path = '{moved}'")
        (count,) = con.execute("select count(*) from other.marts.ledger_as_of(timestamp '9999-12-31')").fetchone()
        assert con.execute(f"select count(*) from read_parquet('{moved}/facts/fct_ledger/*.parquet')").fetchone() == (
            count,
        )


def test_the_chain_and_every_generation_hold(nights: SimpleNamespace) -> None:
    assert "the chain holds" in edfin(nights.home, "verify")
