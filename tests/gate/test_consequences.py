"""One mistake is one finding: what only follows from a refused cell is not told, and what stands beside it is.

Belongs here: files with one or two mistakes in a row, judged by the contracts of the state. Does not belong here: single edits
(`test_edits`).
"""

import pytest
from judging import CONTRACTS, File, bad_files, judge, spoiled

ROW = 2
CASES = {
    "a location that is none says nothing of its school": ({"location_type": "School"}, {"ledger_021"}),
    "a line of another LEA says nothing of its school": ({"lea_id": "0102"}, {"ledger_009"}),
    "a school without its zeros is in no directory yet": ({"school_id": "1"}, {"ledger_046"}),
    "a date that is none lies in no year": ({"posting_date": "6/30/2024"}, {"ledger_022"}),
    "an amount that is none breaks no limit": ({"amount": "1e12"}, {"ledger_026"}),
    "an empty object beside a wrong function": (
        {"function_code": "9999", "object_code": ""},
        {"ledger_014", "ledger_002"},
    ),
    "two wrong codes": ({"function_code": "9999", "object_code": "9999"}, {"ledger_014", "ledger_015"}),
}


@pytest.fixture(scope="module")
def told(tmp_path_factory, seeds):
    """By case, the fatal edits that find something in its changed row."""
    clean = bad_files("ledger")[0][0]
    files = [
        File(f"{number}.csv", spoiled(clean.data.decode(), {"set": {ROW: changes}}), clean.reporting_period)
        for number, (changes, _) in enumerate(CASES.values())
    ]
    answers = judge(CONTRACTS["ledger"], files, tmp_path_factory.mktemp("consequences"), seeds)
    return {
        case: {f.edit_id for f in answers[file.name].verdict.findings if f.row_number == ROW and f.severity == "fatal"}
        for case, file in zip(CASES, files, strict=True)
    }


@pytest.mark.parametrize("case", CASES)
def test_one_mistake_is_one_finding_and_two_are_two(told, case):
    assert told[case] == CASES[case][1]
