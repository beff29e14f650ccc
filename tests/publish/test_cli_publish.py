"""The verbs as people type them: help with an example, one-line errors, exit codes."""

import json

import click
import pytest
from click.testing import CliRunner
from dagster_project.cli_publish import COMMANDS
from small_warehouse import make


@pytest.fixture
def edfin(tmp_path, monkeypatch):
    monkeypatch.setenv("EDFIN_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    group = click.Group(commands={command.name: command for command in COMMANDS})
    return lambda *words, **options: CliRunner().invoke(group, words, **options)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_help_shows_an_example(edfin, command):
    assert f"edfin {command.name} " in edfin(command.name, "--help").stdout.split("Example:")[1]


def test_a_day_at_the_keyboard(edfin, tmp_path):
    assert edfin("generations").exit_code == 0
    early = edfin("sql", "select 1")
    assert (early.exit_code, early.stdout) == (2, "")
    assert early.stderr.startswith("Error: nothing is published yet") and early.stderr.count("\n") == 1

    one, two = (make(tmp_path, position).generation_id for position in (1, 2))
    assert edfin("publish-candidate", one).exit_code == 2
    assert edfin("publish-candidate", one, "--reason", "looked at it", "--by", "ana").exit_code == 0
    assert edfin("publish-candidate", two, "--reason", "looked at it").exit_code == 0
    assert f"current is {one} (before: {two})" in edfin("rollback", one).stdout
    assert edfin("rollback", "nonsense").exit_code == 2

    listed = json.loads(edfin("generations", "--format", "json").stdout)
    assert [(row["generation_id"], row["status"]) for row in listed] == [(two, "published"), (one, "current")]

    answer = edfin("sql", "-", "--format", "json", input="select sum(amount) as amount from fct_ledger")
    assert answer.stdout == '[\n{"amount": 27263.00}\n]\n'
    wrong = edfin("sql", "select nix from dim_lea")
    assert wrong.exit_code == 2 and wrong.stderr.count("\n") == 1
