"""A night killed at many points: what is published stays whole, and the next night equals one that was never killed.

Belongs here: long repetitions, run by `pytest -m soak`. Does not belong here: the three kills of every test run (`test_night`).
"""

import shutil
from dataclasses import replace

import pytest
from nights import current, kill_night, manifest

pytestmark = [pytest.mark.slow, pytest.mark.soak]
POINTS = [
    ("start", 0),
    ("start", 5),
    ("gate ledger", 0),
    ("gate ledger", 6),
    ("gate membership", 0),
    ("gate staff", 1),
    ("export events", 0),
    ("dbt build", 4),
    ("dbt build", 10),
    ("review", 0),
    ("dbt build of quality", 1),
    ("documentation", 2),
    ("publish", 0),
    ("publish", 2),
]


@pytest.fixture(scope="session")
def copies(first_night, sent, tmp_path_factory):
    """Copies of a home that has one published night and something to do."""
    folder = tmp_path_factory.mktemp("copies")

    def make(name: str):
        shutil.copytree(first_night.home.path, folder / name, symlinks=True)
        return replace(first_night.home, path=folder / name)

    return make


@pytest.fixture(scope="session")
def clean_marts(copies):
    """The marts of a night that nobody killed."""
    home = copies("clean")
    home.ok("nightly")
    return manifest(current(home))["marts"]


@pytest.mark.parametrize(("marker", "wait"), POINTS)
def test_a_killed_night_is_completed_by_the_next(copies, clean_marts, marker, wait):
    home = copies(f"{marker}_{wait}".replace(" ", "_"))
    before = current(home)
    said = kill_night(home, marker, wait)
    assert said.startswith(marker)
    # On a fast machine the kill may come after the switch: then what is published must be whole.
    assert current(home) == before or manifest(current(home))["marts"] == clean_marts
    home.ok("nightly")
    assert current(home) != before
    assert manifest(current(home))["marts"] == clean_marts
    assert "the chain holds" in home.ok("verify")
    shutil.rmtree(home.path)
