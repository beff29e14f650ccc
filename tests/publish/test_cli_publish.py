"""The verbs as people type them: help with an example, one-line errors, exit codes."""

import io
import json

import pytest
from small_warehouse import make

from dagster_project.cli import VERBS, main

MINE = [verb for verb, module in VERBS.items() if module == "dagster_project.cli_publish"]


@pytest.fixture
def edfin(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("EDFIN_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    def run(*words):
        with pytest.raises(SystemExit) as ended:
            main(words)
        return ended.value.code, *capsys.readouterr()

    return run


def test_the_verbs_are_attached():
    assert set(MINE) == {"sql", "generations", "rollback", "publish-candidate"}


@pytest.mark.parametrize("verb", MINE)
def test_help_shows_an_example(edfin, verb):
    code, out, _ = edfin(verb, "--help")
    assert code == 0
    assert f"edfin {verb}" in out.split("Example:")[1]


def test_a_day_at_the_keyboard(edfin, tmp_path, monkeypatch):
    assert edfin("generations")[0] == 0
    code, out, err = edfin("sql", "select 1")
    assert (code, out) == (2, "")
    assert "nothing is published yet" in err and err.count("\n") == 1

    one, two = (make(tmp_path, position).generation_id for position in (1, 2))
    assert edfin("publish-candidate", one)[0] == 2
    assert edfin("publish-candidate", one, "--reason", "looked at it", "--by", "ana")[0] == 0
    assert edfin("publish-candidate", two, "--reason", "looked at it")[0] == 0
    assert f"current is {one} (before: {two})" in edfin("rollback", one)[1]
    assert edfin("rollback", "nonsense")[0] == 2

    listed = json.loads(edfin("generations", "--format", "json")[1])
    assert [(row["generation_id"], row["status"]) for row in listed] == [(two, "published"), (one, "current")]

    monkeypatch.setattr("sys.stdin", io.StringIO("select sum(amount) as amount from fct_ledger"))
    assert edfin("sql", "-", "--format", "json")[1] == '[\n{"amount": 27263.00}\n]\n'
    code, out, err = edfin("sql", "select nix from dim_lea")
    assert (code, out, err.count("\n")) == (2, "", 1)
