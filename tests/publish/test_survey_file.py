"""The survey's file beside odd amounts: no amount is written as one of the file's codes, and what is below zero is said.

Belongs here: values and notes of the file. Does not belong here: the verb on a real night (`tests/night/test_survey`).
"""

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from publish.survey import CODES, read_survey, round_dollars
from publish.survey_book import notes

SEEDS = Path(__file__).parents[2] / "dbt" / "seeds"


@pytest.fixture
def con():
    con = duckdb.connect()
    con.execute("create schema reference")
    for name in ("f33_item", "f33_identity", "f33_break"):
        con.execute(f"create table reference.{name} as from read_csv('{SEEDS / name}.csv', all_varchar=true)")
    con.execute(
        "create table f33 as select '1' as lea_id, '0100001' as nces_lea_id, 'First' as lea_name, 2024 as fiscal_year"
    )
    con.execute(
        "create table f33_detail as select '1' as lea_id, 2024 as fiscal_year, f33_item, cast(null as decimal(18,2)) as amount, "
        "'missing' as item_status, 'M' as flag from reference.f33_item where item_group <> 'outside_f33'"
    )
    con.execute(
        "create table spending_tie_out (lea_id varchar, lea_name varchar, fiscal_year integer, report varchar, line_order integer, "
        "line_name varchar, amount decimal(18,2), published_amount decimal(18,2), unexplained_amount decimal(18,2))"
    )
    with con:
        yield con


def _told(con, **amounts: str):
    for item, amount in amounts.items():
        con.execute(
            "update f33_detail set amount = ?, item_status = 'reported', flag = 'R' where f33_item = ?",
            [Decimal(amount), item],
        )
    survey = read_survey(con, 2024)
    return survey.rows[0], "\n".join(notes(survey, "g"))


@pytest.mark.parametrize("amount", ["-0.50", "-1.40", "-1.60", "-2.99", "-9.00"])
def test_an_amount_that_reads_as_a_code_is_written_as_zero_and_said(con, amount):
    row, said = _told(con, E11=amount, TCUROTH=amount)
    assert row["E11"] == 0 and row["FL_E11"] == "R" and row["W01"] == -1
    assert f"First: E11 is {amount}, written as 0" in said


def test_other_amounts_below_zero_stay_and_are_said(con):
    row, said = _told(con, E11="-1234.56", V60="2000.50", TCUROTH="765.94")
    assert (row["E11"], row["V60"], row["TCUROTH"]) == (-1235, 2001, 766)
    assert "Below zero: First: E11 is -1,234.56." in said and "0.06 dollars at most" in said


def test_half_a_dollar_goes_away_from_zero():
    assert [round_dollars(Decimal(text)) for text in ("0.50", "1.49", "-0.50", "2.50")] == [1, 1, -1, 3]
    assert -1 in CODES
