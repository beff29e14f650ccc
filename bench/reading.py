"""What reading costs beside a plain parse: decoding, structure, text checks and types of the same files, over one DuckDB statement.

Alternating runs and their median, because a shared machine is not the same from minute to minute; wall time and processor time
(of all threads) both. Reading here is one process, file after file, as one of the night's two workers does it, and lands typed rows
and their texts in the gate's table.

Belongs here: these two timings. Does not belong here: the night (`__main__`), the bare script (`bare`).
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

from bench.bare import parse_ledgers
from ingest.contracts import read_contract
from ingest.gate_table import GateTable, open_gate
from ingest.reader import Task, read
from ingest.settings import project_folder

RUNS = 3


def reading_ratios(files: list[Path]) -> tuple[float, float]:
    """Give the reading's time over the bare parse's, wall and processor: medians of the ratios of several pairs of runs."""
    texts = [path for path in files if path.name.endswith((".csv", ".csv.gz"))]
    pairs = []
    _read(texts[:20])  # packages are loaded before the clock runs
    for _ in range(RUNS):
        (wall, processor), (bare_wall, bare_processor) = _timed(_read, texts), _timed(parse_ledgers, texts)
        pairs.append((wall / bare_wall, processor / bare_processor))
    walls, processors = zip(*pairs, strict=True)
    return statistics.median(walls), statistics.median(processors)


def _timed(work: Callable[[list[Path]], object], files: list[Path]) -> tuple[float, float]:
    wall, processor = time.perf_counter(), time.process_time()
    work(files)
    return time.perf_counter() - wall, time.process_time() - processor


def _read(files: list[Path]) -> None:
    contract = read_contract(project_folder() / "dbt" / "models" / "sources" / "ledger.yml")
    with open_gate(None) as connection:
        table = GateTable(connection, contract)
        for path in files:
            lea_id, year = path.parts[-3], int(path.parts[-2])
            (reading,) = read(path.read_bytes(), Task(contract, {}, "", lea_id, year))
            if reading.table is not None:
                table.add(reading.table, path.name, lea_id, year, "")
        table.flush()
