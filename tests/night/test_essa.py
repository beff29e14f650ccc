"""Spending per pupil of schools as ESSA wants it told, over a real night: every column, and the way from the ledger.

Belongs here: `edfin essa`. Does not belong here: what `school_spending` must say (`test_night`).
"""

import csv
import json
from decimal import ROUND_HALF_UP, Decimal

import pytest

pytestmark = pytest.mark.slow
CENT = Decimal("0.01")


@pytest.fixture(scope="module")
def written(first_night, tmp_path_factory):
    folder = tmp_path_factory.mktemp("essa") / "new"
    said = first_night.home.ok("essa", "--fiscal-year", "2025", "--into", folder)
    return folder, said, list(csv.DictReader((folder / "essa_2025.csv").open(newline="")))


def test_each_school_is_there_with_its_dollars_and_per_pupil(first_night, written):
    query = "select * from school_spending where fiscal_year = 2025 order by lea_id, school_id"
    known = json.loads(first_night.home.ok("sql", query, "--format", "json"), parse_float=Decimal)
    rows = written[2]
    assert [(row["LEA ID"], row["School ID"]) for row in rows] == [(one["lea_id"], one["school_id"]) for one in known]
    for row, one in zip(rows, known, strict=True):
        assert Decimal(row["Total Dollars"]) == one["total_amount"]
        site = one["site_federal_amount"] + one["site_state_local_amount"]
        if one["membership_count"]:
            for column, amount in (
                ("Total", one["total_amount"]),
                ("Site Subtotal", site),
                ("Central Federal", one["central_federal_amount"]),
            ):
                assert Decimal(row[column]) == (Decimal(amount) / one["membership_count"]).quantize(CENT, ROUND_HALF_UP)
        else:
            assert row["Total"] == "" and row["Status"] in ("no pupils", "enrollment missing")


def test_schools_and_what_is_not_theirs_make_the_whole_ledger(written):
    from openpyxl import load_workbook

    folder, said, rows = written
    book = load_workbook(folder / "essa_2025.xlsx")
    assert book.sheetnames == ["Schools", "Tie-out", "Notes"] and "unexplained in all: 0.00" in said
    lines: dict = {}
    for lea, _, _, amount, published, _ in book["Tie-out"].iter_rows(min_row=2, values_only=True):
        lines.setdefault(lea, []).append((Decimal(str(amount)).quantize(CENT), published))
    for lea, told in lines.items():
        *way, (left, published) = told
        assert sum(amount for amount, _ in way) == left == Decimal(str(published)).quantize(CENT)
        assert sum(Decimal(row["Total Dollars"]) for row in rows if row["LEA ID"] == lea) <= left
    assert not any(cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row)


WRONG = {
    ("--fiscal-year", "1999"): "in FY1999: it has FY2024 to FY2025",
    ("--fiscal-year", "2025", "--lea", "9999"): "LEA 9999 has no spending of schools",
}


@pytest.mark.parametrize("asked", WRONG)
def test_what_is_not_there_is_refused(first_night, tmp_path, asked):
    done = first_night.home.run("essa", *asked, "--into", tmp_path / "none")
    assert done.returncode == 2 and WRONG[asked] in done.stderr and not (tmp_path / "none").exists()
