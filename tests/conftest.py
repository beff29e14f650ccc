"""What tests of several houses share: a home and its command, and the markers `slow` and `soak`.

Belongs here: running `edfin` in a home of its own, the server of PostgreSQL. Does not belong here: anything one folder of tests needs alone.
"""

import hashlib
import os
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest
from private_postgresql import postgresql_server  # noqa: F401

PROJECT = Path(__file__).parents[1]
# Folders whose tests share homes that take nights to make; and the order of folders in which two processes are done soonest.
SHARING = ("night", "hand_worked", "report", "sample")
# Of the tests of nights those that take long: another night for them costs less than one process working while the other has ended.
APART = ("test_replay.py", "test_release.py")
LONGEST = ("night", "real", "hand_worked", "report", "gate", "polluted", "hostile")


@dataclass(frozen=True)
class Home:
    """An EDFIN_HOME and the command that works on it."""

    path: Path
    state: str = "sample"
    more: dict[str, str] = field(default_factory=dict)

    def environment(self, **more: str) -> dict[str, str]:
        """The environment of the command: of all EDFIN_ settings only the home's own."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("EDFIN_", "DAGSTER_", "DBT_"))
        }
        bin_folder = str(Path(sys.executable).parent)
        # Extracts every night cost every test of nights seconds; the homes whose extracts are looked at say so.
        own = {"EDFIN_HOME": str(self.path), "EDFIN_STATE": self.state, "EDFIN_EXTRACTS": "asked"}
        own["PATH"] = bin_folder + os.pathsep + kept["PATH"]
        return kept | own | self.more | more

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess:
        """Run one command, whatever its exit code."""
        command = [str(Path(sys.executable).parent / "edfin"), *map(str, arguments)]
        return subprocess.run(
            command, env=self.environment(**more), cwd=self.path, capture_output=True, text=True, check=False
        )

    def ok(self, *arguments: str) -> str:
        """Run one command that must succeed, and give what it printed."""
        done = self.run(*arguments)
        assert done.returncode == 0, f"edfin {' '.join(map(str, arguments))}: exit {done.returncode}\n{done.stderr}"
        return done.stdout


@pytest.fixture(scope="session")
def new_home(tmp_path_factory):
    """Make homes: `new_home("name")`."""

    def make(name: str, state: str = "sample", **more: str) -> Home:
        return Home(tmp_path_factory.mktemp(name), state, more)

    return make


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: whole nights; minutes, not seconds")
    config.addinivalue_line("markers", "soak: long repetitions; only with -m soak")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """Repetitions run only when they are asked for; of two processes each takes what shares a home, the longest first."""
    is_soak = "soak" in config.option.markexpr
    done = _done() if is_soak else set()
    left_out = [
        item for item in items if (item.nodeid in done if is_soak else item.get_closest_marker("soak") is not None)
    ]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
    # Python's sort keeps the order within a folder, on which the stages of a home stand.
    items.sort(
        key=lambda item: LONGEST.index(item.path.parent.name) if item.path.parent.name in LONGEST else len(LONGEST)
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Of two processes each takes groups whole: what shares a home runs in one, so that no home is made twice.

    Not --dist loadgroup: pytest-xdist 3.8 writes the group into the test's id, which pytest 9.2 no longer takes, and says nothing.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByHome(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return _group(Path(nodeid.partition("::")[0]))

    return ByHome(config, log)


def _group(path: Path) -> str:
    if path.name in APART:
        return "night apart"
    return path.parent.name if path.parent.name in SHARING else f"{path.parent.name}/{path.name}"


def pytest_runtest_logreport(report):
    """Note a repetition that passed: a soak that was broken off goes on where it stopped, as long as the code is the same."""
    if report.when == "call" and report.passed and "soak" in report.keywords and not hasattr(report, "node"):
        _soaked().parent.mkdir(exist_ok=True)
        with _soaked().open("a", encoding="utf-8") as stream:
            stream.write(f"{report.nodeid.partition('@')[0]}\n")


def _done() -> set[str]:
    return set(_soaked().read_text(encoding="utf-8").splitlines()) if _soaked().exists() else set()


def _soaked() -> Path:
    return PROJECT / ".soak" / f"{_code()}.txt"


@cache
def _code() -> str:
    """A hash over all that decides whether a repetition passes."""
    digest = hashlib.sha256((PROJECT / "requirements.lock").read_bytes())
    for folder in ("dagster_project", "dbt", "expectations", "ingest", "publish", "sample", "states", "tests"):
        for path in sorted((PROJECT / folder).rglob("*")):
            if path.suffix in (".py", ".sql", ".yml", ".yaml", ".csv") and "target" not in path.parts:
                digest.update(f"{path.relative_to(PROJECT)}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]
