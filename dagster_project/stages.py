"""Time and memory of each stage of a night.

Belongs here: measuring, and the night's record `runs/<run>/stages.jsonl`.
Does not belong here: what a stage does; how the report shows it (`run_report`).
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

SAMPLE_SECONDS = 0.1
RECORD = "stages.jsonl"


class _Sampler(threading.Thread):
    """Watches the memory of this process and its children."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak, self._stop_now = 0, threading.Event()

    def run(self) -> None:
        me = psutil.Process()
        while not self._stop_now.is_set():
            self.peak = max(self.peak, _resident(me))
            self._stop_now.wait(SAMPLE_SECONDS)

    def stop(self) -> int:
        self._stop_now.set()
        self.join()
        return self.peak


def _resident(process: psutil.Process) -> int:
    total = 0
    try:
        for one in [process, *process.children(recursive=True)]:
            try:
                total += one.memory_info().rss
            except psutil.Error:
                continue
    except psutil.Error:
        pass
    return total


@contextmanager
def stage(folder: Path, name: str) -> Iterator[dict]:
    """Measure one stage and append it to the night's record; the yielded dict may be given more to tell."""
    told: dict = {}
    print(f"{name} …", file=sys.__stderr__, flush=True)
    sampler = _Sampler()
    sampler.start()
    started = time.monotonic()
    try:
        yield told
    finally:
        entry = {"stage": name, "seconds": round(time.monotonic() - started, 2), "peak_bytes": sampler.stop(), **told}
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / RECORD).open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(entry) + "\n")


def read_stages(folder: Path) -> list[dict]:
    """Give the stages of a night in their order."""
    path = folder / RECORD
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
