"""Groups of pupils told over all grades, beside pupils told by grade: as a state's summary prints them.

Belongs here: `membership_006` over parts of a whole. Does not belong here: its bad file (`bad_files`), what the counts are used for.
"""

import pytest
from judging import CONTRACTS, File, edits, judge

HEAD = "LEA ID,Fiscal Year,School ID,Grade Code,Student Group,Fall Membership Count,ADM,ADA\n"
GRADES = "0101,2024,001,04,all,60,,\n0101,2024,001,05,all,40,,\n"


@pytest.mark.parametrize(
    ("group", "is_found"),
    [
        ("0101,2024,001,ALL,el,100,,", False),  # 60 + 40
        ("0101,2024,001,ALL,el,101,,", True),
        ("0101,2024,001,05,el,41,,", True),  # a single grade has a total of its own
        ("0101,2024,001,06,el,1,,", True),  # and without one it has none
        ("0101,2024,002,ALL,el,1,,", True),  # nor has another school
    ],
)
def test_a_group_over_all_grades_is_held_against_them_together(seeds, tmp_path, group, is_found):
    file = File("membership.csv", f"{HEAD}{GRADES}{group}\n".encode(), "fall")
    answer = judge(CONTRACTS["membership"], [file], tmp_path, seeds)[file.name]
    assert ("membership_006" in edits(answer)) == is_found
