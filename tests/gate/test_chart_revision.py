"""A ledger of a year after a chart revision that still uses a retired code, and one on a code no crosswalk maps, name the money.

Belongs here: what a district reads when its chart is last year's. Does not belong here: codes that never were (`test_edits`).
"""

import csv
import io

import pytest
from judging import CONTRACTS, File, judge

HEADER = "LEA ID,Fiscal Year,Fund Code,Account Class,Function Code,Object Code,Program Code,Project Code,Source Code,Location Type,School ID,Amount Type,Amount\n"
LINES = """\
0101,{year},010,expenditure,640,3400,00,0000,,central,,actual,1234.56
0101,{year},010,expenditure,640,4200,00,0000,,central,,actual,65.44
0101,{year},010,expenditure,110,1110,00,0000,,central,,actual,4000.00
0101,{year},010,expenditure,110,6110,00,0000,,central,,actual,1700.00
"""


def answer(seeds, folder, fiscal_year: int):
    """The verdict on the same lines as a ledger of one year."""
    file = File(
        "ledger.csv", (HEADER + LINES.format(year=fiscal_year)).encode(), "actual_unaudited", fiscal_year=fiscal_year
    )
    return judge(CONTRACTS["ledger"], [file], folder, seeds)[file.name].verdict


def test_a_retired_code_is_good_until_its_last_year(seeds, tmp_path):
    assert answer(seeds, tmp_path, 2023).is_accepted


def test_a_retired_code_suspends_and_its_amount_is_named(seeds, tmp_path):
    verdict = answer(seeds, tmp_path, 2024)
    assert verdict.verdict == "suspended"
    fatal = [f for f in verdict.findings if f.severity == "fatal"]
    assert [(f.edit_id, f.row_number, f.value) for f in fatal] == [("ledger_014", 2, "640"), ("ledger_014", 3, "640")]
    assert all("amount 1300.00 on this code, in 2 line(s)" in f.message for f in fatal)


def test_a_code_that_the_new_crosswalk_forgot_suspends_and_its_amount_is_named(seeds, tmp_path):
    """The chart has object 1110, and the revised crosswalk no row for it."""
    own = tmp_path / "seeds"
    own.mkdir()
    for path in seeds.glob("*.csv"):
        (own / path.name).write_bytes(path.read_bytes())
    rows = list(csv.DictReader(io.StringIO((own / "xwalk_account.csv").read_text())))
    for row in rows:
        if (row["dimension"], row["code"]) == ("object", "1110"):
            row["last_fiscal_year"] = "2022"
    with (own / "xwalk_account.csv").open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    verdict = answer(own, tmp_path / "files", 2023)
    assert verdict.verdict == "suspended"
    (finding,) = [f for f in verdict.findings if f.edit_id == "ledger_006"]
    assert (finding.row_number, finding.value) == (4, "1110")
    assert "4000.00" in finding.message


@pytest.mark.parametrize("code", ["641", "642"])
def test_a_new_code_is_not_good_before_its_first_year(seeds, tmp_path, code):
    lines = HEADER + LINES.format(year=2023).replace(",640,", f",{code},")
    file = File("ledger.csv", lines.encode(), "actual_unaudited", fiscal_year=2023)
    verdict = judge(CONTRACTS["ledger"], [file], tmp_path, seeds)[file.name].verdict
    assert [f.edit_id for f in verdict.findings if f.severity == "fatal"] == ["ledger_014", "ledger_014"]
