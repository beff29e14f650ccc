"""The pool of limited reading processes, as the night sees it.

Belongs here: starting, feeding and replacing workers. A file that ends two workers is refused and costs no other
file; an error that is not the file's (a broken layout or contract, a bug) ends the night.
Does not belong here: what reading means (`reader`), what a worker may do (`worker`).
"""

from __future__ import annotations

import contextlib
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from ingest.confinement import FREE_SECONDS, environment, seconds_for
from ingest.reading import Fault, Reading
from ingest.refusals import SystemFailure
from ingest.worker import receive, send

# Beyond the processor time a file may cost, which the process itself keeps to. Only what hangs is ended by it: a verdict must
# not depend on what else the machine does.
WALL_SECONDS = 300
# A file that used up its time on a crowded machine, where the clock ran so much faster than the processor, is read once more with so much more time.
CROWDED, PATIENCE = 1.5, 4


@dataclass(frozen=True)
class Request:
    """One file to read. `data` is called late, so that few files are in memory at a time.

    `parts` are the LEAs of a file of several that each have a key of their own; `controls` what the sender states (count, sum).
    """

    key: str
    data: Callable[[], bytes]
    contract: Path
    layouts: Path | None
    layout: str
    lea_id: str
    fiscal_year: int | None
    parts: tuple[tuple[str, str], ...] = ()
    controls: tuple[str, str] = ("", "")

    def head(self, patience: int = 1) -> dict:
        return {
            "patience": patience,
            "contract": str(self.contract),
            "layouts": str(self.layouts) if self.layouts else "",
            "layout": self.layout,
            "lea_id": self.lea_id,
            "fiscal_year": self.fiscal_year,
            "parts": [lea for _, lea in self.parts],
            "controls": self.controls,
        }

    @property
    def keys(self) -> list[str]:
        """The keys of the readings asked for."""
        return [key for key, _ in self.parts] or [self.key]


class _Worker:
    def __init__(self, references: dict):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ingest.worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, env=environment(), start_new_session=True,
        )  # fmt: skip
        with contextlib.suppress(OSError):
            send(self.process.stdin, {"references": references}, b"")
        self._is_ready = False
        self.ended_by = ""
        self.may_pass = False
        self.files = 0

    def read(self, request: Request, patience: int = 1) -> list[Reading] | None:
        """Give the readings, or None where this process ended over them; `may_pass` then tells whether another may fare better.

        Raises:
            SystemFailure: the process did not start, or met an error that is not the file's.
        """
        if not self._is_ready and receive(self.process.stdout) is None:
            raise SystemFailure("The reading process does not start: run `python -m ingest.worker` to see why.")
        self._is_ready = True
        self.files += 1
        data, began = request.data(), time.monotonic()
        answer = self._answer(request.head(patience), data)
        if answer is None:
            allowed = patience * seconds_for(len(data), len(request.parts))
            self._note_end(time.monotonic() - began > CROWDED * allowed)
            self.close()
            return None
        head, body = answer
        if "error" in head:
            raise SystemFailure(
                f"File {request.key}: reading it ended in {head['error']}. This is no fault of the file: mend it and run again."
            )
        table, start, readings = pa.ipc.open_stream(body).read_all() if body else None, 0, []
        for one in head["readings"]:
            size = one["row_count"]
            readings.append(Reading.from_json(one, None if size is None else table.slice(start, size)))
            start += size or 0
        return readings

    def _answer(self, head: dict, data: bytes) -> tuple[dict, bytes] | None:
        beyond_free = seconds_for(len(data), len(head["parts"])) - FREE_SECONDS
        timer = threading.Timer(WALL_SECONDS + 10 * head["patience"] * beyond_free, self._too_slow)
        timer.start()
        try:
            send(self.process.stdin, head, data)
            return receive(self.process.stdout)
        except OSError:
            return None
        finally:
            timer.cancel()

    def _note_end(self, is_crowded: bool) -> None:
        """Tell what ended the process: its own limits, or something outside, which may pass.

        Perhaps the machine was short of memory, or files before had left the process little, or others used the processor.
        """
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = self.process.wait(5)
            own = {-signal.SIGXCPU: "time", 1: "memory", -signal.SIGSEGV: "memory", -signal.SIGABRT: "memory"}
            self.ended_by = self.ended_by or own.get(code, "")
        self.may_pass = {"": True, "memory": self.files > 1, "time": is_crowded}[self.ended_by]

    def _too_slow(self) -> None:
        self.ended_by = "time"
        self.process.kill()

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                pipe.close()


def _refused(request: Request, ended_by: str) -> Reading:
    limits = {
        "time": "Reading it takes longer than a file of its size may.",
        "memory": "Reading it takes more memory than a file of its size may.",
    }
    fault = Fault("file_size", limits.get(ended_by, "It ended the process that reads it, twice."))
    return Reading(layout=request.layout, faults=[fault], record_count=1)


class Workers:
    """A few reused reading processes. Use as a context manager."""

    def __init__(self, references: dict, count: int = 2):
        self._references, self._count = references, count
        self._idle: queue.Queue[_Worker] = queue.Queue()
        self._threads = ThreadPoolExecutor(count)
        self._second_try = threading.Lock()

    def __enter__(self) -> Workers:
        for _ in range(self._count):
            self._idle.put(_Worker(self._references))
        return self

    def __exit__(self, *exc) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)
        while not self._idle.empty():
            self._idle.get().close()

    def read_all(self, requests: Iterable[Request]) -> Iterator[tuple[str, Reading]]:
        """Read files in the order given, a few ahead, each in a worker; give readings by key."""
        ahead: list[tuple[Request, Future]] = []
        for request in requests:
            ahead.append((request, self._threads.submit(self._one, request)))
            if len(ahead) > 2 * self._count:
                first, future = ahead.pop(0)
                yield from zip(first.keys, future.result(), strict=True)
        for request, future in ahead:
            yield from zip(request.keys, future.result(), strict=True)

    def _one(self, request: Request) -> list[Reading]:
        worker = self._idle.get()
        try:
            readings = worker.read(request)
            if readings is None and worker.may_pass:
                # Once more, and no other file's second try beside it.
                with self._second_try:
                    worker = _Worker(self._references)
                    readings = worker.read(request, PATIENCE)
            return readings or [_refused(request, worker.ended_by) for _ in request.keys]
        finally:
            self._idle.put(worker if worker.is_alive else _Worker(self._references))
