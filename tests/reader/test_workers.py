"""A file that breaks its reading process costs itself and no other file.

Belongs here: crash, memory and time of a worker. Does not belong here: what reading gives (`test_structure`).
"""

import os
import subprocess
import sys

import pytest

from ingest import workers
from ingest.settings import project_folder
from ingest.workers import Request, Workers

CONTRACT = project_folder() / "dbt" / "models" / "sources" / "membership.yml"
GOOD = (
    b"LEA ID,Fiscal Year,School ID,Grade Code,Student Group,Fall Membership Count,ADM,ADA\n0101,2024,001,05,all,100,,\n"
)
# The worker, with a parser that a marked file crashes, fills or never leaves.
SPOILED_WORKER = """
import os, signal, time
from ingest import worker
read = worker.read
def spoiled(data, task):
    if data.startswith(b"CRASH"):
        os.kill(os.getpid(), signal.SIGKILL)
    if data.startswith(b"HUGE"):
        bytearray(8 << 30)
    if data.startswith(b"SLOW"):
        time.sleep(60)
    return read(data, task)
worker.read = spoiled
worker.main()
"""


@pytest.fixture
def spoiled_workers(monkeypatch):
    started, popen = [], subprocess.Popen

    def start(command, **options):
        assert command[1:] == ["-m", "ingest.worker"]
        process = popen([sys.executable, "-c", SPOILED_WORKER], **options)
        started.append(process)
        return process

    monkeypatch.setattr(workers.subprocess, "Popen", start)
    return started


def request(key: str, data: bytes) -> Request:
    return Request(key, lambda: data, CONTRACT, None, "", "0101", 2024)


@pytest.mark.parametrize("poison", [b"CRASH", b"HUGE", b"SLOW"])
def test_a_file_that_kills_its_worker_is_the_only_one_refused(spoiled_workers, monkeypatch, poison):
    if poison == b"SLOW":
        monkeypatch.setattr(workers, "WALL_SECONDS", 15)
    files = [request("a", GOOD), request("poison", poison), *(request(name, GOOD) for name in "bcd")]
    with Workers({}, count=1) as pool:
        readings = {one.key: reading for one, reading in pool.read_all(files)}
    assert list(readings) == ["a", "poison", "b", "c", "d"]
    assert [fault.edit for fault in readings.pop("poison").faults] == ["file_size"]
    assert all(not reading.faults and reading.record_count == 1 for reading in readings.values())
    assert len(spoiled_workers) == 2
    assert all(process.poll() is not None for process in spoiled_workers)


def test_a_worker_may_not_write_files(tmp_path):
    script = "from ingest import worker\nworker.limit_self()\nwith open('written', 'w') as out:\n    out.write('x')\n"
    environment = os.environ | {"PYTHONPATH": str(project_folder())}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert "File too large" in done.stderr
    assert not (tmp_path / "written").read_bytes()
