"""A file that breaks its reading process costs itself and no other file; what is not the file's fault ends the night.

Belongs here: crash, memory, time and errors of a worker. Does not belong here: what reading gives (`test_structure`).
"""

import gzip
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from ingest import workers
from ingest.refusals import SystemFailure
from ingest.settings import project_folder
from ingest.workers import Request, Workers

CONTRACT = project_folder() / "dbt" / "models" / "sources" / "membership.yml"
GOOD = (
    b"LEA ID,Fiscal Year,School ID,Grade Code,Student Group,Fall Membership Count,ADM,ADA\n0101,2024,001,05,all,100,,\n"
)
# The worker, with a parser that a marked file crashes, fills or never leaves.
SPOILED_WORKER = """
import os, pathlib, signal, sys, time
from ingest import worker
marker = pathlib.Path(sys.argv[1])
read = worker.read
def spoiled(data, task, may_grow):
    if data.startswith(b"CRASH"):
        os.kill(os.getpid(), signal.SIGKILL)
    if data.startswith(b"ONCE") and not marker.exists():
        os.mkdir(marker)
        os.kill(os.getpid(), signal.SIGKILL)
    if data.startswith(b"BUG"):
        raise KeyError("fund_code")
    data = data.removeprefix(b"ONCE")
    if data.startswith(b"HUGE"):
        bytearray(8 << 30)
    if data.startswith(b"LOADED") and not marker.exists():
        os.mkdir(marker)
        data = b"SPIN"
    data = data.removeprefix(b"LOADED")
    while data.startswith(b"SPIN"):
        pass
    if data.startswith(b"NET"):
        import socket
        try:
            socket.create_connection(("127.0.0.1", 9))
        except PermissionError:
            raise KeyError("no network") from None
    if data.startswith(b"SLOW"):
        time.sleep(60)
    return read(data, task, may_grow)
worker.read = spoiled
worker.main()
"""


@pytest.fixture
def spoiled_workers(monkeypatch, tmp_path):
    started, popen = [], subprocess.Popen

    def start(command, **options):
        assert command[1:] == ["-m", "ingest.worker"]
        process = popen([sys.executable, "-c", SPOILED_WORKER, str(tmp_path / "marker")], **options)
        started.append(process)
        return process

    monkeypatch.setattr(workers.subprocess, "Popen", start)
    return started


def request(key: str, data: bytes, contract=CONTRACT, layouts=None) -> Request:
    return Request(key, lambda: data, contract, layouts, "", "0101", 2024)


@pytest.mark.parametrize("poison", [b"CRASH", b"HUGE", b"SLOW", b"SPIN"])
def test_a_file_that_kills_its_worker_is_the_only_one_refused(spoiled_workers, monkeypatch, poison):
    if poison == b"SLOW":
        monkeypatch.setattr(workers, "WALL_SECONDS", 6)
    files = [request("a", GOOD), request("poison", poison), *(request(name, GOOD) for name in "bcd")]
    with Workers({}, count=1) as pool:
        readings = dict(pool.read_all(files))
    assert list(readings) == ["a", "poison", "b", "c", "d"]
    assert [fault.edit for fault in readings.pop("poison").faults] == ["file_size"]
    assert all(not reading.faults and reading.record_count == 1 for reading in readings.values())
    # A limit that the file itself breaks is broken again; what killed the process from outside may pass.
    # What may pass is tried again: a death from outside, a lack of memory, time that others used up.
    assert len(spoiled_workers) in {b"SLOW": (2,), b"SPIN": (2, 3)}.get(poison, (3,))
    assert all(process.poll() is not None for process in spoiled_workers)


def test_a_file_whose_worker_died_once_is_read_by_the_next(spoiled_workers):
    with Workers({}, count=1) as pool:
        readings = [reading for _, reading in pool.read_all([request("a", b"ONCE" + GOOD), request("b", GOOD)])]
    assert all(not reading.faults and reading.record_count == 1 for reading in readings)
    assert len(spoiled_workers) == 2


def test_a_file_whose_time_others_used_up_is_read_again(spoiled_workers, monkeypatch):
    monkeypatch.setattr(workers, "CROWDED", 0)
    with Workers({}, count=1) as pool:
        readings = [reading for _, reading in pool.read_all([request("a", b"LOADED" + GOOD), request("b", GOOD)])]
    assert all(not reading.faults and reading.record_count == 1 for reading in readings)
    assert len(spoiled_workers) == 2


def broken_layout(folder):
    (folder / "one.yml").write_text("layout: one\ncolums: {}\n")
    return {"layouts": folder}


def broken_contract(folder):
    (folder / "membership.yml").write_text("sources: []\n")
    return {"contract": folder / "membership.yml"}


@pytest.mark.parametrize(
    ("broken", "said"),
    [(broken_layout, "LayoutError: .*knows no colums"), (broken_contract, "ContractError: .*membership.yml")],
)
def test_a_broken_layout_or_contract_ends_the_night_not_the_file(tmp_path, broken, said):
    with Workers({}, count=1) as pool, pytest.raises(SystemFailure, match=f"File a: .*{said}"):
        list(pool.read_all([request("a", GOOD, **broken(tmp_path))]))


@pytest.mark.skipif(sys.platform != "linux", reason="system calls are filtered on Linux")
def test_a_reading_process_has_no_network(spoiled_workers):
    with Workers({}, count=1) as pool, pytest.raises(SystemFailure, match="no network"):
        list(pool.read_all([request("a", b"NET")]))


def test_a_bug_ends_the_night_not_the_file(spoiled_workers):
    with Workers({}, count=1) as pool, pytest.raises(SystemFailure, match=r"File a: .*KeyError: 'fund_code'"):
        list(pool.read_all([request("a", b"BUG")]))
    assert len(spoiled_workers) == 1


def test_a_file_that_is_not_in_the_archive_is_no_fault_of_the_file():
    def gone() -> bytes:
        raise FileNotFoundError("archive")

    with Workers({}, count=1) as pool, pytest.raises(FileNotFoundError):
        list(pool.read_all([Request("a", gone, CONTRACT, None, "", "0101", 2024)]))


def test_a_worker_that_does_not_start_is_no_fault_of_the_file(monkeypatch):
    popen = subprocess.Popen
    monkeypatch.setattr(
        workers.subprocess, "Popen", lambda _, **options: popen([sys.executable, "-c", "1 / 0"], **options)
    )
    with Workers({}, count=1) as pool, pytest.raises(SystemFailure, match="does not start"):
        list(pool.read_all([request("a", GOOD)]))


def test_a_worker_may_not_write_files(tmp_path):
    script = "from ingest import worker\nworker.limit_self()\nwith open('written', 'w') as out:\n    out.write('x')\n"
    environment = os.environ | {"PYTHONPATH": str(project_folder())}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert "File too large" in done.stderr
    assert not (tmp_path / "written").read_bytes()


WIDE_LAYOUT = """\
layout: wide
collection: membership
title: A report of 500 columns, of which one is used
source: this test
other_columns: ignored
header: [District, Pupils]
lea: {from: District}
columns: {student_group: {value: all}, grade_code: {value: "05"}, fall_membership_count: {from: Pupils}}
"""


def test_a_wide_file_of_many_leas_is_no_giant(tmp_path):
    """Six hundred kilobytes packed, read once whole and once for each LEA, as the night does."""
    (tmp_path / "wide.yml").write_text(WIDE_LAYOUT)
    others = ",".join(f"X{n}" for n in range(498))
    leas = [f"{n:06}" for n in range(1200)]
    rows = "".join(
        f"{lea},7,{','.join(str((n * 7919) % 977) for n in range(i, i + 498))}\n" for i, lea in enumerate(leas)
    )
    data = gzip.compress(f"District,Pupils,{others}\n{rows}".encode())
    whole = Request("whole", lambda: data, CONTRACT, tmp_path, "wide", "*", 2024)
    parts = tuple((lea, lea) for lea in leas)
    with Workers({}, count=1) as pool:
        ((_, first),) = pool.read_all([whole])
        readings = [reading for _, reading in pool.read_all([replace(whole, parts=parts)] * 3)]
    assert not first.faults
    assert first.lea_ids == leas
    assert [reading.faults for reading in readings] == [[]] * 3600
