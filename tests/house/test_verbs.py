"""Every verb explains itself with an example that names it, and README knows the verb.

Belongs here: help texts against README. Does not belong here: what a verb does.
"""

from pathlib import Path

import click
import pytest

from dagster_project.cli import VERBS, edfin

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


@pytest.mark.parametrize("verb", VERBS)
def test_help_has_an_example(verb):
    command = edfin.get_command(click.Context(edfin), verb)
    text = command.get_help(click.Context(command, info_name=f"edfin {verb}"))
    _, found, example = text.partition("Example:")
    assert found and f"edfin {verb}" in example, f"`edfin {verb} --help` shows no example"


def test_readme_lists_every_verb():
    missing = [verb for verb in VERBS if f"| `edfin {verb}" not in README]
    assert not missing, f"README's table of verbs lacks {missing}"
