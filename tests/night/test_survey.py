"""The federal finance survey as a file: it opens, its identities hold to the dollar, and the tie-out leaves no cent.

Belongs here: `edfin f33` over a real night. Does not belong here: what an item must be (`test_night` compares with planted truth).
"""

import csv
import re

import pytest
from nights import PROJECT

pytestmark = pytest.mark.slow


def _seed(name: str) -> list[dict]:
    with (PROJECT / "dbt" / "seeds" / f"{name}.csv").open(newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def survey(first_night, tmp_path_factory):
    folder = tmp_path_factory.mktemp("survey")
    said = first_night.home.ok("f33", "--fiscal-year", "2025", "--into", folder / "new")
    return folder / "new", said


def test_every_item_has_its_official_column_and_flag(survey):
    folder, _ = survey
    with (folder / "f33_2025.csv").open(newline="") as stream:
        header = next(csv.reader(stream))
    items = [row for row in _seed("f33_item") if row["item_group"] != "outside_f33"]
    assert header == [
        "LEAID", "NAME", "YEAR", *(row["f33_item"] for row in items),
        *(f"FL_{row['f33_item']}" for row in items if row["is_flagged"] == "Y"),
    ]  # fmt: skip


def test_published_identities_hold_in_whole_dollars(survey):
    folder, _ = survey
    with (folder / "f33_2025.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    proven = 0
    for row in rows:
        for identity in _seed("f33_identity"):
            if int(row[identity["total_item"]]) >= 0:
                parts = re.findall(r"([+-]?)(\w+)", identity["components"])
                whole = sum((-1 if sign == "-" else 1) * max(0, int(row[part])) for sign, part in parts)
                assert int(row[identity["total_item"]]) == whole, (row["LEAID"], identity["total_item"])
                proven += 1
    assert proven >= 7 * len(rows)


def test_missing_and_not_applicable_have_their_codes(survey):
    folder, _ = survey
    with (folder / "f33_2025.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {(row["W01"], row["FL_W01"], row["K11"], row["FL_K11"]) for row in rows} == {("-1", "M", "-2", "N")}


def test_the_workbook_opens_with_the_tie_out(survey):
    from openpyxl import load_workbook

    folder, said = survey
    book = load_workbook(folder / "f33_2025.xlsx")
    assert book.sheetnames == ["F33", "Tie-out", "Items", "Notes"]
    lines = list(book["Tie-out"].iter_rows(min_row=2, values_only=True))
    by_report = {}
    for lea, _, report, line, amount, published, unexplained in lines:
        by_report.setdefault((lea, report), []).append((line, amount, published, unexplained))
    assert len(by_report) >= 5
    for (lea, report), told in by_report.items():
        *differences, (_, amount, published, unexplained) = told
        assert unexplained == 0 and round(published, 2) == round(amount, 2), (lea, report)
        assert round(sum(one[1] for one in differences), 2) == round(amount, 2), (lea, report)
    assert "unexplained in all, over LEAs and reports: 0.00" in said
    assert not any(
        isinstance(cell.value, str) and cell.data_type == "f"
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
    )


def test_a_year_that_is_not_there_is_refused(first_night, tmp_path):
    done = first_night.home.run("f33", "--fiscal-year", "1999", "--into", tmp_path / "none")
    assert done.returncode == 2 and "no FY1999: it has FY2024 to FY2025" in done.stderr
    assert not (tmp_path / "none").exists()


def test_a_folder_that_is_a_file_is_refused(first_night, tmp_path):
    (tmp_path / "taken").write_text("")
    done = first_night.home.run("f33", "--fiscal-year", "2025", "--into", tmp_path / "taken" / "more")
    assert done.returncode == 2 and "Traceback" not in done.stderr
