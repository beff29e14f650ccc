"""Rows in raw, through the gate: a purge takes one submission's, leaves the others' to the cent, and can be killed anywhere.

What a purge says and refuses is asked in `tests/registry/test_purge.py`.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
import yaml
from judging import DIRECTORY, FOLDER, spoiled

from dagster_project.collections import gate_collection
from dagster_project.house import House
from ingest.raw import changed_files
from ingest.reference import pin
from ingest.registry import Registry
from ingest.settings import Settings
from ingest.slots import standings

ACCEPTED_SECRET, SUSPENDED_SECRET = "078-05-1120", "219-09-9999"
WHY = ("--reason", "Social security numbers.", "--by", "Data manager", "--yes")
STEPS = ("the event", "rows in raw", "bytes in landing", "build and work", "free pages", "generations")


@dataclass(frozen=True)
class Gated:
    """A home whose gate has judged three ledgers in one batch: one clean, and two with a secret."""

    path: Path
    clean: str
    accepted: str
    suspended: str

    def run(self, *arguments, **more):
        return subprocess.run(self.command(*arguments), env=self.environment, capture_output=True, text=True, **more)

    def command(self, *arguments):
        return [str(Path(sys.executable).parent / "edfin"), *map(str, arguments)]

    @property
    def environment(self):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("EDFIN_")}
        return kept | {"EDFIN_HOME": str(self.path), "EDFIN_STATE": "sample"}

    def statuses(self):
        """Every submission's status, from a registry that holds."""
        settings = Settings(home=self.path, state="sample")
        registry = Registry.open(settings)
        assert registry.verify_chain() == [] == changed_files(settings.raw_folder, registry.raw_files())
        found = standings(registry.submissions(), registry.events())
        registry.close()
        return {name: one.status for name, one in found.items()}

    def rows(self, submission_id):
        query = f"from read_parquet('{self.path}/raw/ledger/fy*.parquet') where submission_id = ? order by all"
        return duckdb.execute(query, [submission_id]).fetchall()


@pytest.fixture(scope="module")
def gated(tmp_path_factory):
    folder = tmp_path_factory.mktemp("purge")
    home = Gated(folder / "home", "", "", "")
    directory = home.path / "sample" / "reference"
    directory.mkdir(parents=True)
    for name, text in DIRECTORY.items():
        (directory / f"{name}.csv").write_text(text)
    base = yaml.safe_load((FOLDER / "ledger.yaml").read_text())["bases"]["actual"]["file"]
    sent = {
        "interim": spoiled(base, {}),
        "actual_unaudited": spoiled(base, {"set": {3: {"project_code": ACCEPTED_SECRET}}}),
        "actual_audited": spoiled(base, {"set": {3: {"function_code": SUSPENDED_SECRET}}}),
    }
    ids = []
    for period, data in sent.items():
        (folder / f"{period}.csv").write_bytes(data)
        options = ("--lea", "0101", "--collection", "ledger", "--fiscal-year", "2024", "--period", period)
        done = home.run("submit", folder / f"{period}.csv", *options)
        assert done.returncode == 0, done.stderr
        ids.append(json.loads(done.stdout)["submission_id"])
    house = House(Settings(home=home.path, state="sample"))
    pin(house.settings, house.registry, by="test")
    gate_collection(house, "ledger", {2024})
    house.close()
    return Gated(home.path, *ids)


@pytest.fixture
def copy(gated, tmp_path):
    """The home again, to be changed."""
    shutil.copytree(gated.path, tmp_path / "home")
    return Gated(tmp_path / "home", gated.clean, gated.accepted, gated.suspended)


def _everything(home):
    """Every byte of the home, and what its encrypted and compressed files say."""
    house = House(Settings(home=home.path, state="sample"))
    found = []
    for path in sorted(home.path.rglob("*")):
        if not path.is_file():
            continue
        found.append(path.read_bytes())
        if path.suffix == ".enc":
            found.append(house.landing.open_bytes(path.stem))
        if path.suffix == ".parquet":
            found.append(repr(duckdb.execute("from read_parquet(?)", [str(path)]).fetchall()).encode())
    house.close()
    return b"\n".join(found)


def test_no_byte_of_a_purged_file_is_left_and_the_others_keep_every_row_and_cent(copy):
    clean, everything = copy.rows(copy.clean), _everything(copy)
    assert len(clean) == len(copy.rows(copy.accepted)) == 10 and not copy.rows(copy.suspended)
    assert ACCEPTED_SECRET.encode() in everything and SUSPENDED_SECRET.encode() in everything
    files = list((copy.path / "raw" / "ledger").glob("fy*"))
    assert len(files) == 1
    for name in (copy.accepted, copy.suspended):
        done = copy.run("purge", name, *WHY)
        assert done.returncode == 0, done.stderr
    assert copy.statuses() == {copy.clean: "accepted", copy.accepted: "purged", copy.suspended: "purged"}
    everything = _everything(copy)
    assert ACCEPTED_SECRET.encode() not in everything and SUSPENDED_SECRET.encode() not in everything
    assert copy.rows(copy.clean) == clean and not copy.rows(copy.accepted)
    (written,) = (copy.path / "raw" / "ledger").glob("fy*")
    assert written not in files and written.stat().st_mode & 0o077 == 0
    done = copy.run("verify")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_raw_file_of_one_submission_goes(copy):
    assert copy.run("purge", copy.accepted, *WHY).returncode == copy.run("purge", copy.clean, *WHY).returncode == 0
    assert not list((copy.path / "raw" / "ledger").glob("fy*"))
    assert sorted(copy.statuses().values()) == ["purged", "purged", "suspended"]


@pytest.mark.parametrize("marker", STEPS)
def test_a_purge_killed_at_any_step_is_completed_by_saying_it_again(copy, marker):
    clean = copy.rows(copy.clean)
    command = copy.command("purge", copy.accepted, *WHY)
    purge = subprocess.Popen(
        command, env=copy.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    for line in purge.stderr:
        if line.startswith(marker):
            os.kill(purge.pid, signal.SIGKILL)
            break
    purge.wait()
    purge.stderr.close()
    assert line.startswith(marker)
    done = copy.run("purge", copy.accepted, *WHY)
    assert done.returncode == 0, done.stderr
    assert copy.statuses()[copy.accepted] == "purged"
    assert ACCEPTED_SECRET.encode() not in _everything(copy)
    assert copy.rows(copy.clean) == clean and not copy.rows(copy.accepted)
