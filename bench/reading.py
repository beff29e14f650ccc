"""What reading costs beside a plain parse: decoding, structure, text checks and types of the same files, over one DuckDB statement.

Alternating runs and their median, because a shared machine is not the same from minute to minute. By the clock it is read as a night
reads, in two limited processes that stand ready; processor time (of all threads) is that of the same work in one process. Both land
typed rows and their texts in the gate's table.

Belongs here: these two timings. Does not belong here: the night (`__main__`), the bare script (`bare`).
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from bench.bare import parse_ledgers
from ingest.contracts import read_contract
from ingest.gate_table import GateTable, open_gate
from ingest.reader import Task, read
from ingest.settings import project_folder
from ingest.workers import Request, Workers

RUNS = 3
_LEDGER = project_folder() / "dbt" / "models" / "sources" / "ledger.yml"


def reading_ratios(files: list[Path]) -> tuple[float, float]:
    """Give the reading's time over the bare parse's: by the clock in the night's two processes, and processor time in one process.

    Medians of the ratios of several pairs of runs.
    """
    texts = [path for path in files if path.name.endswith((".csv", ".csv.gz"))]
    walls, processors = [], []
    _read_here(texts[:20])  # packages are loaded before the clock runs
    with open_gate(None) as connection, Workers({}) as workers:
        _land(connection, workers, texts[:20])
        for _ in range(RUNS):
            (_, own), (bare_wall, bare) = _timed(_read_here, texts), _timed(parse_ledgers, texts)
            wall, _ = _timed(lambda listed: _land(connection, workers, listed), texts)
            walls.append(wall / bare_wall)
            processors.append(own / bare)
    return statistics.median(walls), statistics.median(processors)


def _timed(work: Callable[[list[Path]], object], files: list[Path]) -> tuple[float, float]:
    wall, processor = time.perf_counter(), time.process_time()
    work(files)
    return time.perf_counter() - wall, time.process_time() - processor


def _land(connection: duckdb.DuckDBPyConnection, workers: Workers, files: list[Path]) -> None:
    """Read files as a night does, into a gate's table of their own."""
    contract = read_contract(_LEDGER)
    connection.execute(f"drop table if exists {contract.collection}")
    table, named = GateTable(connection, contract), {str(path): path for path in files}
    for key, reading in workers.read_all(_request(path) for path in files):
        if reading.table is not None:
            table.add(reading.table, named[key].name, *_slot(named[key]), "")
    table.flush()


def _request(path: Path) -> Request:
    lea_id, year = _slot(path)
    return Request(str(path), path.read_bytes, _LEDGER, None, "", lea_id, year)


def _read_here(files: list[Path]) -> None:
    contract = read_contract(_LEDGER)
    with open_gate(None) as connection:
        table = GateTable(connection, contract)
        for path in files:
            (reading,) = read(path.read_bytes(), Task(contract, {}, "", *_slot(path)))
            if reading.table is not None:
                table.add(reading.table, path.name, *_slot(path), "")
        table.flush()


def _slot(path: Path) -> tuple[str, int]:
    """LEA and fiscal year, which a sample's folders name."""
    return path.parts[-3], int(path.parts[-2])
