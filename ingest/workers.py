"""The pool of limited reading processes, as the night sees it.

Belongs here: starting, feeding and replacing workers; a worker that dies costs its file, not the night.
Does not belong here: what reading means (`reader`), what a worker may do (`worker`).
"""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from ingest.reading import Fault, Reading
from ingest.worker import receive, send

WALL_SECONDS = 900


@dataclass(frozen=True)
class Request:
    """One file to read. `data` is called late, so that few files are in memory at a time."""

    key: str
    data: Callable[[], bytes]
    contract: Path
    layouts: Path | None
    layout: str
    lea_id: str
    fiscal_year: int | None
    only_lea: bool = False

    def head(self) -> dict:
        return {
            "contract": str(self.contract),
            "layouts": str(self.layouts) if self.layouts else "",
            "layout": self.layout,
            "lea_id": self.lea_id,
            "fiscal_year": self.fiscal_year,
            "only_lea": self.only_lea,
        }


class _Worker:
    def __init__(self, references: dict):
        environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ingest.worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, env=environment, start_new_session=True,
        )  # fmt: skip
        send(self.process.stdin, {"references": references}, b"")

    def read(self, request: Request) -> Reading:
        timer = threading.Timer(WALL_SECONDS, self.process.kill)
        timer.start()
        try:
            send(self.process.stdin, request.head(), request.data())
            answer = receive(self.process.stdout)
        except (BrokenPipeError, OSError):
            answer = None
        finally:
            timer.cancel()
        if answer is None:
            self.close()
            return Reading(
                layout=request.layout,
                faults=[Fault("file_size", "Reading it broke the limits of memory or time.")],
                record_count=1,
            )
        head, body = answer
        table = pa.ipc.open_stream(body).read_all() if body else None
        return Reading.from_json(head, table)

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                pipe.close()


class Workers:
    """A few reused reading processes. Use as a context manager."""

    def __init__(self, references: dict, count: int = 2):
        self._references, self._count = references, count
        self._idle: queue.Queue[_Worker] = queue.Queue()
        self._threads = ThreadPoolExecutor(count)

    def __enter__(self) -> Workers:
        for _ in range(self._count):
            self._idle.put(_Worker(self._references))
        return self

    def __exit__(self, *exc) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)
        while not self._idle.empty():
            self._idle.get().close()

    def read_all(self, requests: Iterable[Request]) -> Iterator[tuple[Request, Reading]]:
        """Read files in the order given, a few ahead, each in a worker."""
        ahead: list[tuple[Request, Future]] = []
        for request in requests:
            ahead.append((request, self._threads.submit(self._one, request)))
            if len(ahead) > 2 * self._count:
                first, future = ahead.pop(0)
                yield first, future.result()
        for request, future in ahead:
            yield request, future.result()

    def _one(self, request: Request) -> Reading:
        worker = self._idle.get()
        try:
            return worker.read(request)
        finally:
            self._idle.put(worker if worker.is_alive else _Worker(self._references))
