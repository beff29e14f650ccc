"""A waiver that leaves a row out takes all that was found in it along; the rest of the file is judged as ever.

Belongs here: the gate under waivers of one file. Does not belong here: recording them (`tests/registry`).
"""

import csv
import hashlib
import io
import shutil

from judging import CONTRACTS, File, bad_files, judge

HEADER = "sha256,edit_id,row_from,row_to,effect,reason,by,until,source"


def test_a_total_row_left_out_leaves_a_file_that_is_accepted(seeds, tmp_path):
    clean = bad_files("ledger")[0][0]
    rows = list(csv.reader(io.StringIO(clean.data.decode())))
    place = [name.lower() for name in rows[0]].index("amount")
    total = ["Total", *[""] * (len(rows[0]) - 1)]
    total[place] = str(sum(float(row[place]) for row in rows[1:]))
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([*rows, total])
    file = File("total.csv", text.getvalue().encode(), clean.reporting_period)

    before = judge(CONTRACTS["ledger"], [file], tmp_path / "before", seeds)[file.name].verdict
    assert [f.edit_id for f in before.findings if f.severity == "fatal"] == ["ledger_file_total_row"]
    assert not before.is_accepted

    own = shutil.copytree(seeds, tmp_path / "seeds")
    sha256 = hashlib.sha256(file.data).hexdigest()
    number = len(rows) + 1
    (own / "waivers.csv").write_text(
        f"{HEADER}\n{sha256},ledger_file_total_row,{number},{number},exclude,a total,agency,2099-12-31,test\n"
    )
    after = judge(CONTRACTS["ledger"], [file], tmp_path / "after", own)[file.name].verdict
    assert after.is_accepted and after.row_count == len(rows) - 1
    assert [(one.reason, one.count) for one in after.excluded] == [("waived_row", 1)]
    assert {f.row_number for f in after.findings if f.severity == "fatal"} == {number}
    assert all(f.is_waived for f in after.findings if f.severity == "fatal")
