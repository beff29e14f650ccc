"""A state's row of `thresholds.csv` replaces a limit of an edit, in its years and by its name.

Belongs here: limits of the state. Does not belong here: what an edit finds with the contract's own (`test_edits`).
"""

import shutil

import pytest
from judging import CONTRACTS, bad_files, judge

from expectations.judge import GateError

HEADER = "edit_id,parameter,value,first_fiscal_year,last_fiscal_year,source\n"


def found(collection: str, edit_id: str, rows: str, seeds, folder) -> bool:
    """Whether the edit's bad file is still found with these thresholds."""
    own = folder / "seeds"
    shutil.copytree(seeds, own)
    (own / "thresholds.csv").write_text(HEADER + rows)
    file, _ = bad_files(collection)[1][edit_id]
    answer = judge(CONTRACTS[collection], [file], folder / "files", own)[file.name]
    return edit_id in {f.edit_id for f in answer.verdict.findings}


@pytest.mark.parametrize(
    ("collection", "edit_id", "row", "is_found"),
    [
        ("staff", "staff_003", "max_value,2.0,,", False),
        ("staff", "staff_003", "max_value,2.0,,2023", True),
        ("membership", "membership_021", "fewest_pupils,500,2024,", False),
        ("membership", "membership_015", "max_value,300000,,", False),
    ],
)
def test_a_states_limit_holds_in_its_years(seeds, tmp_path, collection, edit_id, row, is_found):
    assert found(collection, edit_id, f"{edit_id},{row},test\n", seeds, tmp_path) is is_found


@pytest.mark.parametrize(
    ("row", "said"), [("tolerance,1,,", "no parameter tolerance"), ("max_value,much,,", "not a number")]
)
def test_a_limit_that_cannot_be_one_stops_the_gate(seeds, tmp_path, row, said):
    with pytest.raises(GateError, match=said):
        found("staff", "staff_003", f"staff_003,{row},test\n", seeds, tmp_path)
