"""The files and the truth agree: sums taken from the written files, mapped by the state's own crosswalk file."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from sample_read_back import rows, standing
from test_sample_chart import crosswalk

CENT = Decimal("0.01")


def truth(home: Path, name: str) -> list[dict]:
    return pq.read_table(home / "truth" / f"{name}.parquet").to_pylist()


@pytest.fixture(scope="session")
def books(states: dict[str, Path]) -> dict[tuple[str, int], list[dict[str, str]]]:
    """The lines that count for each LEA-year: audited, else unaudited."""
    home = states["clean"]
    files = standing(home, "ledger", "actual_unaudited") | standing(home, "ledger", "actual_audited")
    return {(lea, int(year)): rows(path) for (lea, year), path in files.items()}


def test_every_dollar_of_spending_is_in_the_truth(states, books) -> None:
    known: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
    for row in truth(states["clean"], "district_spending_detail"):
        known[row["lea_id"], row["fiscal_year"]] += row["amount"]
    spent = {
        key: sum(
            (
                Decimal(x["Amount"])
                for x in lines
                if x["Account Class"] == "expenditure" and x["Amount Type"] == "actual"
            ),
            Decimal(0),
        )
        for key, lines in books.items()
    }
    assert known == spent


def test_schools_and_exclusions_add_up_to_the_district(states, books) -> None:
    home = states["clean"]
    total: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
    for row in truth(home, "school_spending"):
        total[row["lea_id"], row["fiscal_year"]] += (row["total_amount"] or 0) + (row["excluded_amount"] or 0)
    for row in truth(home, "school_spending_exclusion"):
        total[row["lea_id"], row["fiscal_year"]] += row["amount"]
    detail: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
    for row in truth(home, "district_spending_detail"):
        detail[row["lea_id"], row["fiscal_year"]] += row["amount"]
    assert {key: value for key, value in total.items() if key in books} == detail


def test_planted_function_totals_come_back_through_the_crosswalk_file(states, books) -> None:
    """Each line through `xwalk_account.csv`, unrounded: within a cent a line of the planted totals."""
    planted: dict[tuple[str, int, str], Decimal] = defaultdict(Decimal)
    for row in truth(states["clean"], "district_spending_detail"):
        planted[row["lea_id"], row["fiscal_year"], row["function_code"]] += row["amount"]
    found: dict[tuple[str, int, str], Decimal] = defaultdict(Decimal)
    count: dict[tuple[str, int, str], int] = defaultdict(int)
    cache: dict[tuple[str, int], dict[str, Decimal]] = {}
    for (lea, year), lines in books.items():
        for x in lines:
            if x["Account Class"] != "expenditure" or x["Amount Type"] != "actual":
                continue
            key = x["Function Code"], year
            if key not in cache:
                cache[key] = crosswalk("function", key[0], "", year) or {"unmapped": Decimal(1)}
            for national, weight in cache[key].items():
                found[lea, year, national] += Decimal(x["Amount"]) * weight
                count[lea, year, national] += 1
    assert set(found) == set(planted)
    assert all(abs(found[key] - planted[key]) <= CENT * count[key] for key in planted)


def test_membership_truth_is_what_the_fall_files_say(states) -> None:
    home = states["clean"]
    counted = {}
    for (lea, year), path in standing(home, "membership", "fall").items():
        every = [x for x in rows(path) if x["Student Group"] == "all"]
        own = [x for x in every if not x["School ID"]]
        counted[lea, int(year)] = sum(int(x["Fall Membership Count"]) for x in own or every)
    known = {(r["lea_id"], r["fiscal_year"]): r["fall_membership_count"] for r in truth(home, "district_spending")}
    assert {key: value for key, value in known.items() if value is not None} == counted


def test_teacher_fte_truth_is_what_the_staff_files_say(states) -> None:
    home = states["clean"]
    teachers = {"PKTCH", "KINTCH", "ELMTCH", "SECTCH", "UGTCH"}
    counted = {
        (lea, int(year)): sum(float(x["Assignment FTE"]) for x in rows(path) if x["Assignment Category"] in teachers)
        for (lea, year), path in standing(home, "staff", "fall").items()
    }
    for row in truth(home, "district_staffing"):
        assert (
            row["teacher_fte"] == pytest.approx(counted[row["lea_id"], row["fiscal_year"]])
            if row["teacher_fte"]
            else True
        )
    assert sum(row["teacher_fte"] is not None for row in truth(home, "district_staffing")) == len(counted)


def test_every_fund_rolls_forward_and_transfers_meet(books) -> None:
    for key, lines in books.items():
        funds: dict[str, Decimal] = defaultdict(Decimal)
        transfers = Decimal(0)
        signs = {
            "opening_balance": 1,
            "revenue": 1,
            "other_source": 1,
            "expenditure": -1,
            "other_use": -1,
            "closing_balance": -1,
        }
        for x in lines:
            if x["Amount Type"] == "actual":
                funds[x["Fund Code"]] += signs.get(x["Account Class"], 0) * Decimal(x["Amount"])
                transfers += Decimal(x["Amount"]) * {"52100": 1}.get(x["Source Code"], 0)
                transfers -= Decimal(x["Amount"]) * {"9100": 1}.get(x["Object Code"], 0)
        assert not any(funds.values()), key
        assert not transfers, key


def test_no_clean_ledger_repeats_a_line(books) -> None:
    for key, lines in books.items():
        assert len({tuple(x.items()) for x in lines}) == len(lines), key
