"""The resident worker: what lands is published, and it ends when it is told to, in the middle of a night too.

Belongs here: `edfin watch` as a process of its own. Does not belong here: what a night makes of its data (`test_night`).
"""

import json
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

EDFIN = Path(sys.executable).parent / "edfin"
PATIENCE = 300
STOPPED = 130


@contextmanager
def worker_of(home):
    """A resident worker and what it has said so far."""
    log = home.path / "watch.log"
    with log.open("w") as stream:
        worker = subprocess.Popen(
            [EDFIN, "watch", "--every", "0.2"], env=home.environment(), cwd=home.path, stdout=stream, stderr=stream
        )
    try:
        yield worker, log.read_text
    finally:
        if worker.poll() is None:
            worker.kill()
            worker.wait()


@pytest.mark.slow
def test_a_worker_publishes_what_lands_and_ends_when_told_to_in_the_middle_of_a_night(new_home):
    home = new_home("watched")
    home.ok("sample", "--leas", "1", "--first-year", "2025", "--last-year", "2025")
    with worker_of(home) as (worker, said):
        _until(lambda: ": published" in said(), worker)
        sent = next(home.path.glob("sample/*/2025/ledger_*.csv"))
        row = next(one for one in _status(home) if sent.name.startswith(f"ledger_{one['reporting_period']}"))
        again = home.path / "again.csv"
        again.write_bytes(sent.read_bytes() + b"\n")
        slot = ("--collection", "ledger", "--fiscal-year", 2025, "--period", row["reporting_period"])
        home.ok("submit", again, "--lea", row["lea_id"], *slot)
        _until(lambda: said().count("gate ledger") == 2, worker)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(PATIENCE) == STOPPED, said()
        assert "a night under way is completed by the next one" in said()
    assert [one["status"] for one in json.loads(home.ok("generations", "--format", "json"))] == ["current"]
    assert sorted({one["status"] for one in _status(home)}) in (
        ["accepted", "received"],
        ["accepted"],
        ["accepted", "superseded"],
    )


def _status(home) -> list[dict]:
    return json.loads(home.ok("status", "--format", "json"))


def _until(happened, worker: subprocess.Popen) -> None:
    ends = time.monotonic() + PATIENCE
    while not happened():
        assert worker.poll() is None, "the worker ended by itself"
        assert time.monotonic() < ends, "nothing happened"
        time.sleep(0.1)
