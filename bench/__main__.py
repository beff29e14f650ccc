"""`python -m bench`: make a sample state in an empty home, run its night, run a bare script over the same files, compare.

Speed is told as ratios of one run on one machine: rows a second of the whole path over rows a second of the script.

Belongs here: driving the public commands and printing what they took.
Does not belong here: tests (no figure here decides one), the bare script (`bare`).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click

from bench.bare import district_totals, parse_ledgers
from bench.reading import reading_ratios


@click.command(epilog="Example: python -m bench --leas 60 --first-year 2021 --last-year 2025")
@click.option("--leas", default=60, show_default=True, help="Districts of the sample state.")
@click.option("--first-year", default=2021, show_default=True)
@click.option("--last-year", default=2025, show_default=True)
@click.option("--home", type=click.Path(path_type=Path), help="An empty folder to work in; default a temporary one.")
def bench(leas: int, first_year: int, last_year: int, home: Path | None) -> None:
    """Time a night over a fresh sample state, the night after it, and a bare script over the same ledgers."""
    with tempfile.TemporaryDirectory(prefix="edfin-bench-") as scratch:
        home = home or Path(scratch)
        _edfin(home, "sample", "--leas", leas, "--first-year", first_year, "--last-year", last_year)
        night = _seconds(home, "nightly")
        idle = _seconds(home, "nightly")
        stages = _stages(home)
        files = sorted((home / "sample").rglob("ledger_*"))
        rows = json.loads(_edfin(home, "sql", _LEDGER_ROWS, "--format", "json"))[0]["ledger_rows"]
        # The script runs last: the operating system has the files in memory by then, which is to its favour.
        parsed, parse_seconds = parse_ledgers(files)
        script_seconds = district_totals(files, home / "bare.parquet")
        ratios = reading_ratios(files)
    _print(leas, first_year, last_year, night, idle, stages, rows, parsed, parse_seconds, script_seconds, ratios)


_LEDGER_ROWS = (
    "select coalesce(sum(row_count), 0)::bigint as ledger_rows from dim_submission where collection = 'ledger'"
)


def _edfin(home: Path, *arguments: object) -> str:
    command = [sys.executable, "-m", "dagster_project.cli", *map(str, arguments)]
    environment = {**os.environ, "EDFIN_HOME": str(home), "EDFIN_STATE": "sample"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise click.ClickException(f"edfin {arguments[0]} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


def _seconds(home: Path, verb: str) -> float:
    started = time.perf_counter()
    _edfin(home, verb)
    return time.perf_counter() - started


def _stages(home: Path) -> dict[str, dict]:
    record = next((home / "runs").glob("*/stages.jsonl"))
    return {one["stage"]: one for one in map(json.loads, record.read_text(encoding="utf-8").splitlines())}


def _print(
    leas, first_year, last_year, night, idle, stages, rows, parsed, parse_seconds, script_seconds, ratios
) -> None:
    gate = stages["gate ledger"]["seconds"]
    peak = max(one["peak_bytes"] for one in stages.values())
    slower = (gate / rows) / (parse_seconds / parsed)
    figures = [
        (f"{leas} districts, FY{first_year} to FY{last_year}: ledger rows accepted", f"{rows:,}"),
        ("night, from landed files to published generation", f"{night:.0f} s, at most {peak / 1e6:,.0f} MB"),
        ("the night after it, with nothing new", f"{idle:.1f} s"),
        ("gate of the ledgers: reading, judging, writing", f"{gate:.1f} s"),
        ("bare script: parse the same ledgers (no xlsx) as text", f"{parse_seconds:.2f} s for {parsed:,} rows"),
        ("bare script: parse, cast, sum by district, write", f"{script_seconds:.2f} s"),
        (
            "reading and typing over bare parse, same files",
            f"{ratios[0]:.1f} × (processor time in one process {ratios[1]:.1f} ×)",
        ),
        ("gate over bare parse, time per row", f"{slower:.1f} ×"),
    ]
    width = max(len(name) for name, _ in figures)
    for name, value in figures:
        click.echo(f"{name:<{width}}  {value}")


if __name__ == "__main__":
    bench()
