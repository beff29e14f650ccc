"""The resident worker: it ends when it is told to, in the middle of a night too, and the next one goes on from there.

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
INTERRUPTED, STOPPED_BETWEEN_NIGHTS = 3, 130


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
def test_a_worker_told_to_end_ends_and_the_next_one_publishes(new_home):
    home = new_home("watched")
    home.ok("sample", "--leas", "1", "--first-year", "2025", "--last-year", "2025")
    with worker_of(home) as (worker, said):
        _until(lambda: "gate ledger" in said(), worker)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(PATIENCE) == INTERRUPTED, said()
        assert "The night was interrupted" in said()
    assert json.loads(home.ok("generations", "--format", "json")) == []
    with worker_of(home) as (worker, said):
        _until(lambda: ": published" in said(), worker)
        worker.send_signal(signal.SIGINT)
        assert worker.wait(PATIENCE) == STOPPED_BETWEEN_NIGHTS, said()
    assert {row["status"] for row in json.loads(home.ok("status", "--format", "json"))} == {"accepted"}


def _until(happened, worker: subprocess.Popen) -> None:
    ends = time.monotonic() + PATIENCE
    while not happened():
        assert worker.poll() is None, "the worker ended by itself"
        assert time.monotonic() < ends, "nothing happened"
        time.sleep(0.1)
