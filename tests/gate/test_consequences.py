"""One mistake is one finding: what only follows from a refused cell is not told, and what stands beside it is.

Belongs here: files with one or two mistakes in a row, judged by the contracts of the state. Does not belong here: single edits
(`test_edits`).
"""

import csv
import io
import re
import shutil
from itertools import cycle, permutations

import pytest
from judging import COLLECTIONS, CONTRACTS, File, bad_entries, bad_files, judge, spoiled

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
    "a school without its zeros where none belongs": (
        {"school_id": "1", "location_type": "central"},
        {"ledger_046", "ledger_004"},
    ),
    "a line of an LEA that there is not": ({"lea_id": "9999"}, {"ledger_010"}),
    "a mark in place of a code": ({"fund_code": "#N/A"}, {"ledger_file_cell"}),
    "a mark in place of a school": ({"school_id": "#REF!"}, {"ledger_file_cell"}),
    "two wrong codes": ({"function_code": "9999", "object_code": "9999"}, {"ledger_014", "ledger_015"}),
}


PROGRAMS = ("001", "002", "003", "010", "011", "012", "99")


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


# What these ask of one cell hangs on the others of its account, its group or its key.
OF_SEVERAL = (
    "account_combination",
    "account_is_mapped",
    "f33_item_found",
    "group_",
    "total_stands_alone",
    "unique_key",
)


def _waits_for(rule, columns: set[str]) -> bool:
    """Whether an edit compares the value of one of these columns, so that it must wait until that is right."""
    if rule.kind.startswith(OF_SEVERAL):
        return True
    words = set(re.findall(r"\w+", re.sub(r"\w+ is (not )?null", "", str(rule.arguments)))) - {rule.column}
    return bool(words & columns)


def _of_rows(verdict) -> set[tuple]:
    return {
        (f.edit_id, f.row_number, f.column_name) for f in verdict.findings if f.row_number and f.severity == "fatal"
    }


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_what_is_told_of_one_mistake_is_told_beside_another_in_its_row(collection, seeds, tmp_path):
    """Both of any two spoiled cells of one row are told at once: no second round for the one that stood beside."""
    entries = bad_entries(collection)
    rules = {rule.edit_id: rule for rule in CONTRACTS[collection].rules}
    pairs, files = [], []
    for (base, row, one, _), (other_base, other_row, other, alone) in permutations(entries, 2):
        if (base, row) == (other_base, other_row) and not one.keys() & other.keys():
            name = f"{len(pairs)}.csv"
            files.append(File(name, spoiled(base["file"], {"set": {row: {**one, **other}}}), base["reporting_period"]))
            pairs.append((name, one, other, alone))
    singles = {
        name: File(f"{name}.csv", spoiled(b["file"], {"set": {r: c}}), b["reporting_period"])
        for b, r, c, name in entries
    }
    answers = judge(CONTRACTS[collection], [*files, *singles.values()], tmp_path, seeds)
    assert pairs
    hidden = []
    for name, one, other, alone in pairs:
        both, single = (_of_rows(answers[n].verdict) for n in (name, f"{alone}.csv"))
        lost = {found for found in single - both if not _waits_for(rules[found[0]], set(one))}
        hidden += [(one, other, lost)] if lost else []
    assert not hidden, hidden[:10]


def test_a_short_code_is_refused_unless_the_list_has_it(seeds, tmp_path):
    """Among 001, 002, 003 a 99 has lost its zero; where the directory writes it so, it has lost nothing."""
    clean = bad_files("ledger")[0][0]
    rows = list(csv.reader(io.StringIO(clean.data.decode())))
    place = [name.lower() for name in rows[0]].index("program code")
    data = [[*row[:place], code, *row[place + 1 :]] for row, code in zip(cycle(rows[1:]), PROGRAMS, strict=False)]
    file = File("short.csv", "\n".join(map(",".join, [rows[0], *data])).encode(), clean.reporting_period)

    def judged(listed: tuple[str, ...], name: str) -> set[tuple[str, str | None]]:
        own = shutil.copytree(seeds, tmp_path / name)
        kept = (own / "account_codes.csv").read_text().splitlines()
        header = kept[0].split(",")
        new = [",".join({"dimension": "program", "code": code}.get(column, "") for column in header) for code in listed]
        kept = [line for line in kept if not line.startswith("program,")]
        (own / "account_codes.csv").write_text("\n".join([*kept, *new]) + "\n")
        answer = judge(CONTRACTS["ledger"], [file], tmp_path / f"{name}_out", own)[file.name]
        return {(f.edit_id, f.value) for f in answer.verdict.findings if f.column_name == "program_code"}

    long = tuple(code for code in PROGRAMS if code != "99")
    assert ("ledger_lost_zeros", "99") not in judged((*long, "99"), "short")
    assert ("ledger_046", "99") in judged((*long, "099"), "padded")
    unlisted = judged(long, "unlisted")
    assert ("ledger_lost_zeros", "99") in unlisted
