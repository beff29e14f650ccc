"""Puts this folder and that of the small warehouse on the path, and makes the two homes these tests read."""

import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
sys.path[:0] = [str(FOLDER), str(FOLDER.parent / "publish")]


@pytest.fixture(scope="session")
def door_home(tmp_path_factory):
    """A home with a published generation on either shelf; nothing here changes it."""
    from wide_warehouse import publish_both

    return publish_both(tmp_path_factory.mktemp("doors") / "home")
