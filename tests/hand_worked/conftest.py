"""One home, one night for all ten districts."""

from pathlib import Path

import pytest
from hand_home import edfin, write_directory, write_submissions


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nobody changes it: who needs more nights copies it."""
    home = tmp_path_factory.mktemp("hand_worked")
    write_directory(home / "sample" / "reference")
    manifest = write_submissions(home / "sent")
    edfin(home, "submit", "--manifest", str(manifest), "--from", str(manifest.parent))
    edfin(home, "nightly")
    return home
