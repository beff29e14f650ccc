"""Ten districts' real ledgers of Alaska, FY2019, read where they lie, against sums made here from the raw files.

Belongs here: what a real file must give through `edfin check`. Does not belong here: any line of those files.
The folder is EDFIN_TEST_ALASKA, else ../shared/data/alaska beside the checkout; without it these tests are skipped.
"""

import csv
import gzip
import json
import os
from collections import Counter
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pyarrow.parquet as pq
import pytest

PROJECT = Path(__file__).parents[2]
MANIFEST = PROJECT / "states" / "alaska" / "fy2019.csv"
DATA = Path(os.environ.get("EDFIN_TEST_ALASKA") or PROJECT.parent / "shared" / "data" / "alaska")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (DATA / "ledgers.csv").is_file(), reason=f"Alaska's files are not in {DATA} (EDFIN_TEST_ALASKA names another folder)"),
]  # fmt: skip
CREDIT = {"revenue", "other_source", "liability", "opening_balance", "closing_balance"}
LEDGERS = [
    "ARSD19.csv.gz",
    "CRSD19.csv.gz",
    "CSD19.csv.gz",
    "Cordova19.csv.gz",
    "CraigCity19.csv.gz",
    "DGSD19.csv.gz",
    "KakeCity19.csv.gz",
    "Petersburg19.csv.gz",
    "Valdez19.csv.gz",
    "Yupiit19.csv.gz",
]
# Where a file prints its money: amount type -> column, or debit and credit; `amount` where not told otherwise.
MONEY = {
    "CRSD19.csv.gz": {"actual": "amount", "budget": "budget", "encumbrance": "encumbrance"},
    "DGSD19.csv.gz": {"actual": "amount", "budget": "budget", "encumbrance": "encumbrance"},
    "Cordova19.csv.gz": {"actual": ("debit", "credit")},
}


@pytest.fixture(scope="module")
def checked(new_home, tmp_path_factory):
    """One check of the whole manifest: answers and accepted rows by file."""
    rows = tmp_path_factory.mktemp("alaska_rows")
    home = new_home("alaska", "alaska")
    done = home.run("check", "--manifest", MANIFEST, "--from", DATA, "--rows-into", rows, "--format", "json")
    answers = {Path(one["file"]).name: one for one in map(json.loads, done.stdout.splitlines())}
    return SimpleNamespace(
        done=done, answers=answers, rows=lambda name: pq.read_table(rows / f"{name}.parquet").to_pylist()
    )


@pytest.fixture(scope="module")
def productivity(new_home):
    """A night over everything, and what it says of spending beside results."""
    home = new_home("alaska_night", "alaska")
    home.ok("submit", "--manifest", MANIFEST, "--from", DATA)
    home.ok("nightly")
    return json.loads(home.ok("sql", "select * from district_productivity", "--format", "json"))


def test_results_without_numbers_tested_have_no_quadrant(productivity):
    assert {row["subject"] for row in productivity} == {"math", "ela"}
    assert all(row["quadrant"] == "indeterminate" and row["do_not_rank"] for row in productivity)
    assert all("outcome_interval_unknown" in row["do_not_rank_reason"] for row in productivity)


def test_a_ledger_without_payroll_is_compared_with_none(productivity):
    craig = [row for row in productivity if row["lea_id"] == "13"]
    assert len(craig) == 2 and all("payroll_missing" in row["do_not_rank_reason"] for row in craig)
    assert all(row["current_expenditure_per_pupil"] and row["cost_per_outcome_unit"] is None for row in craig)
    assert all(row["point_quadrant"] == "indeterminate" for row in craig)
    told = [row for row in productivity if row["spending_status"] == "reported" and row["lea_id"] != "13"]
    # Nine complete ledgers: each has the eight others, whoever they are.
    assert {row["lea_id"] for row in told} == {"4", "10", "11", "12", "14", "23", "39", "48", "54"}
    assert all(row["peer_count"] == 8 and row["compared_lea_count"] == 9 for row in told)


def raw(name: str) -> dict[int, dict[str, str]]:
    """A file's records as text, by spreadsheet row."""
    opened = gzip.open if name.endswith(".gz") else open
    with opened(DATA / name, "rt", encoding="utf-8", newline="") as stream:
        lines = list(csv.reader(stream))
    header = [name.lower() for name in lines[0]]
    return {number: dict(zip(header, line, strict=True)) for number, line in enumerate(lines[1:], start=2) if line}


def dollars(text: str) -> Decimal:
    return Decimal(text.replace(",", "").replace("$", "").strip() or "0")


def printed(record: dict[str, str], where: str | tuple[str, str]) -> Decimal:
    """What a record says under an amount type: one column, or debit less credit."""
    return dollars(record[where]) if isinstance(where, str) else dollars(record[where[0]]) - dollars(record[where[1]])


def left_out(answer: dict) -> int:
    """Records that the findings say a layout left out."""
    told = [f["message"] for f in answer["findings"] if f["edit_id"].endswith("_excluded") and f["row_number"] is None]
    return sum(int(message.split(": ")[1].split(" ")[0].replace(",", "")) for message in told)


def test_all_ten_ledgers_are_accepted(checked):
    assert checked.done.returncode == 0, checked.done.stderr
    with (DATA / "ledgers.csv").open() as stream:
        assert sorted(row["file"] for row in csv.DictReader(stream)) == sorted(LEDGERS)
    assert {checked.answers[name]["verdict"] for name in LEDGERS} == {"accepted"}
    assert all(checked.answers[name]["row_count"] == len(checked.rows(name)) for name in LEDGERS)


@pytest.mark.parametrize("name", LEDGERS)
def test_every_record_is_kept_or_left_out_with_a_reason(checked, name):
    with (DATA / "ledgers.csv").open() as stream:
        expected = {row["file"]: int(row["rows"]) for row in csv.DictReader(stream)}[name]
    records = raw(name)
    kept = {row["row_number"] for row in checked.rows(name)}
    assert len(records) == expected == len(kept) + left_out(checked.answers[name])
    assert kept <= records.keys()


@pytest.mark.parametrize("name", LEDGERS)
def test_every_dollar_ties_to_the_raw_file_record_by_record(checked, name):
    records, money = raw(name), MONEY.get(name, {"actual": "amount"})
    kept: dict[tuple[int, str], Decimal] = {}
    for row in checked.rows(name):
        natural = -row["amount"] if row["account_class"] in CREDIT else row["amount"]
        kept[row["row_number"], row["amount_type"]] = (
            kept.get((row["row_number"], row["amount_type"]), Decimal(0)) + natural
        )
    numbers = {number for number, _ in kept}
    expected = {(number, kind): printed(records[number], where) for number in numbers for kind, where in money.items()}
    assert {key: value for key, value in expected.items() if value} == {
        key: value for key, value in kept.items() if value
    }
    assert sum(kept.values()) == sum(expected.values())


@pytest.mark.parametrize("name", LEDGERS)
def test_every_account_has_its_place_and_every_line_its_lea(checked, name):
    with MANIFEST.open() as stream:
        lea_id = next(row["lea_id"] for row in csv.DictReader(stream) if row["file"] == name)
    assert {(row["lea_id"], row["fiscal_year"]) for row in checked.rows(name)} == {(lea_id, 2019)}
    edits = Counter(finding["edit_id"] for finding in checked.answers[name]["findings"])
    assert not edits.keys() & {"ledger_006", "ledger_012", "ledger_014", "ledger_015", "ledger_018"}
    assert all(finding["severity"] != "fatal" for finding in checked.answers[name]["findings"])


def test_no_account_is_allowed_to_stay_unmapped():
    with (MANIFEST.parent / "unmapped_allowed.csv").open() as stream:
        assert not list(csv.DictReader(stream))


def test_a_list_of_invoices_is_told_from_a_ledger(checked):
    wanting = [name for name in LEDGERS if any(f["edit_id"] == "ledger_028" for f in checked.answers[name]["findings"])]
    assert wanting == ["CraigCity19.csv.gz"]


def test_membership_sums_to_the_sources_column(checked):
    printed = [record["membership_2018_19"] for record in raw("districts.csv").values()]
    rows = checked.rows("districts.csv")
    assert sum(row["fall_membership_count"] for row in rows) == sum(int(cell) for cell in printed if cell)
    assert len(rows) + left_out(checked.answers["districts.csv"]) == len(printed)
    assert len({row["lea_id"] for row in rows}) == len(rows)
