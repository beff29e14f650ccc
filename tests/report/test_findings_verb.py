"""`edfin findings` over registered submissions: the same report, with receipt, deadline and the decrypted file.

Belongs here: what the agency's own command adds to the report. Does not belong here: the report itself.
"""

import csv
import io
import json

import openpyxl
import pytest
from mistakes import EVIL, SLOT


@pytest.fixture(scope="module")
def judged(spoiled):
    """The spoiled ledger and the sample's staff, through landing and gate; ids by collection."""
    from dagster_project.collections import gate_collection
    from dagster_project.house import House
    from ingest.reference import pin
    from ingest.settings import Settings

    sent = json.loads(spoiled.home.ok("submit", "bad.csv", *SLOT))
    house = House(Settings(home=spoiled.home.path, state="sample"))
    pin(house.settings, house.registry)
    for collection in ("ledger", "staff"):
        gate_collection(house, collection, {2024})
    staff = next(row for row in house.registry.submissions() if row.collection == "staff")
    house.close()
    return {"ledger": sent["submission_id"], "staff": staff.submission_id, "sha256": sent["sha256"]}


def test_the_page_names_the_receipt_and_the_deadline(spoiled, judged):
    page = spoiled.home.ok("findings", judged["ledger"][:10], "--format", "html")
    assert judged["ledger"] in page and judged["sha256"] in page and "<dt>Due</dt>" in page
    assert page.count("<article") == spoiled.page.count("<article")


def test_the_workbook_holds_the_file_of_the_landing(spoiled, judged):
    spoiled.home.ok("findings", judged["ledger"], "--format", "xlsx", "-o", "sent.xlsx")
    sheet = openpyxl.load_workbook(spoiled.home.path / "sent.xlsx")["Your file"]
    assert [[cell.value or "" for cell in row] for row in sheet.iter_rows(max_col=len(spoiled.header))] == spoiled.bad


def test_a_report_on_people_says_that_values_stand_by_their_shape(spoiled):
    staff = next((spoiled.home.path / "sample" / "0007" / "2024").glob("staff_*.csv"))
    rows = staff.read_text().splitlines()
    (spoiled.home.path / "people.csv").write_text(
        "\n".join([rows[0], rows[1].replace("TCH,", "TEACH,", 1), *rows[2:]]) + "\n"
    )
    slot = ("--lea", "0007", "--collection", "staff", "--fiscal-year", "2024")
    done = spoiled.home.run("check", "people.csv", *slot, "--report", "people.html")
    assert done.returncode == 1, done.stderr
    said = "Values about people are written by their shape only"
    assert said in done.stdout and said in (spoiled.home.path / "people.html").read_text() and said not in spoiled.page


def test_a_staff_file_stays_in_the_landing(spoiled, judged):
    spoiled.home.ok("findings", judged["staff"], "--format", "xlsx", "-o", "staff.xlsx")
    book = openpyxl.load_workbook(spoiled.home.path / "staff.xlsx")
    assert book.sheetnames == ["Findings"]
    assert any("about persons" in str(cell.value) for row in book["Findings"] for cell in row)


def test_csv_and_json_hold_every_finding_and_no_formula(spoiled, judged):
    found = json.loads(spoiled.home.ok("findings", judged["ledger"]))
    lines = list(csv.DictReader(io.StringIO(spoiled.home.ok("findings", judged["ledger"], "--format", "csv"))))
    assert len(found) == len(lines) == len(spoiled.answer["findings"])
    assert EVIL in {one["value"] for one in found} and f"'{EVIL}" in {line["value"] for line in lines}


def test_wrong_use_is_one_line(spoiled, judged):
    for arguments in (("nobody", "--format", "html"), (judged["ledger"], "--format", "xlsx")):
        done = spoiled.home.run("findings", *arguments)
        assert done.returncode == 2 and len(done.stderr.strip().splitlines()) == 1
