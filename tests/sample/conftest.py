"""A small sample state, made once for the tests of the generator."""

from __future__ import annotations

from pathlib import Path

import pytest

from sample import make


@pytest.fixture(scope="session")
def states(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two states of 16 LEAs and three years: `clean`, and `spoiled` with planted defects."""
    homes = {}
    for name in ("clean", "spoiled"):
        home = tmp_path_factory.mktemp(name)
        make(
            home / "sample", home / "sample" / "reference", home / "truth", 16, 2022, 2024, 3, errors=name == "spoiled"
        )
        homes[name] = home
    return homes
