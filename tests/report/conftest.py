"""A sample district's ledger with twenty planted mistakes, checked once with each form of report.

Belongs here: the checked files. Does not belong here: the mistakes (`mistakes`), what a report must say.
"""

import csv
import json
from types import SimpleNamespace

import pytest
from mistakes import EVIL, HIDDEN, PLANTED, SLOT, write


@pytest.fixture(scope="session")
def home(new_home):
    """A home with a small sample state."""
    home = new_home("report")
    home.ok("sample", "--leas", "2", "--first-year", "2024", "--last-year", "2024", "--seed", "1")
    return home


@pytest.fixture(scope="session")
def spoiled(home):
    """The ledger as it was and as it is spoiled, where each mistake stands, and the reports of the spoiled file."""
    with (home.path / "sample/0007/2024/ledger_actual_unaudited_1.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    bad, header = [list(row) for row in rows], rows[0]
    of_class = {name: [i for i, row in enumerate(rows) if row[header.index("Account Class")] == name] for name in ("expenditure", "revenue")}  # fmt: skip
    of_class["school"] = [i for i in of_class["expenditure"] if rows[i][header.index("School ID")]]
    places = [(of_class[which][number], header.index(column), text) for number, which, column, text in PLANTED]
    for row, column, text in places:
        assert bad[row][column] != text
        bad[row][column] = text
    project = header.index("Project Code")
    for row in range(200, 240):
        bad[row][project] = "7Z7Z"
    bad[100][project], bad[101][project] = EVIL, HIDDEN
    write(home.path / "bad.csv", bad)
    done = home.run("check", "bad.csv", *SLOT, "--report", "bad.html", "--format", "json")
    assert done.returncode == 1, done.stderr
    assert home.run("check", "bad.csv", *SLOT, "--report", "bad.xlsx").returncode == 1
    return SimpleNamespace(
        home=home, rows=rows, bad=bad, header=header, places=[(row, column) for row, column, _ in places],
        others=[(100, project), (101, project)],
        answer=json.loads(done.stdout), page=(home.path / "bad.html").read_text("utf-8"), workbook=home.path / "bad.xlsx",
    )  # fmt: skip
