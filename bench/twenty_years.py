"""`python -m bench.twenty_years`: what a night costs that changes one ledger of a warehouse of twenty years and sixteen million rows.

The districts' audited ledgers (in the last year the unaudited ones) are thickened to 20,000 lines each by cutting every line into
many of other posting dates, to the cent; all else is the sample as it is. The first night loads everything. Then five times one
ledger is sent again with one line more, once with a night started by hand and once with a resident worker (`edfin watch`).

Belongs here: these files, these nights, their medians. Does not belong here: the sample's drawing (`sample`), verdicts on data.
"""

from __future__ import annotations

import contextlib
import csv
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import click

from dagster_project.stages import read_stages
from ingest.registry import Registry
from ingest.settings import Settings
from publish.shelves import Shelf
from sample.make import make

LINES = 20_000
SHOWN_SECONDS = 0.5
CENT = Decimal("0.01")
_EDFIN = [sys.executable, "-m", "dagster_project.cli"]


@click.command(epilog="Example: python -m bench.twenty_years --leas 40 --first-year 2006 --last-year 2025")
@click.option("--leas", default=40, show_default=True, help="Districts of the sample state.")
@click.option("--first-year", default=2006, show_default=True)
@click.option("--last-year", default=2025, show_default=True)
@click.option("--lines", default=LINES, show_default=True, help="Lines of each thickened ledger, about.")
@click.option("--times", default=5, show_default=True, help="Resubmissions of each kind; medians are told.")
@click.option("--home", type=click.Path(path_type=Path), help="An empty folder to work in; default a temporary one.")
def twenty_years(leas: int, first_year: int, last_year: int, lines: int, times: int, home: Path | None) -> None:
    """Time nights of a large longitudinal warehouse: the first, one without change, one resubmission each."""
    with tempfile.TemporaryDirectory(prefix="edfin-bench-") as scratch:
        home = home or Path(scratch)
        os.environ.update(EDFIN_HOME=str(home), EDFIN_STATE="sample")
        thick = _write(home, leas, first_year, last_year, lines)
        _run("submit", "--manifest", home / "sample" / "manifest.csv", "--from", home / "sample")
        _tell("first night", _night(home))
        whole = _models(home)
        rows = json.loads(_run("sql", "select count(*)::bigint as ledger_rows from fct_ledger", "--format", "json"))
        _tell("ledger rows in the marts", f"{rows[0]['ledger_rows']:,}")
        _tell("nights without a change", _median([_timed("nightly") for _ in range(times)]))
        chosen = thick[:: max(1, len(thick) // (2 * times))][: 2 * times]
        _tell("one ledger again, night by hand", _median([_by_hand(row) for row in chosen[::2]]))
        with _watching(home):
            verdicts, published = zip(*[_resident(home, row) for row in chosen[1::2]], strict=True)
        _tell("one ledger again, resident: verdict", _median(verdicts))
        _tell("one ledger again, resident: published", _median(published))
        _compare(whole, _models(home))


def _write(home: Path, leas: int, first_year: int, last_year: int, lines: int) -> list[dict[str, str]]:
    """The state's files; returns the manifest's rows of the thickened ledgers."""
    folder = home / "sample"
    manifest = make(folder, folder / "reference", home / "truth", leas, first_year, last_year)
    with manifest.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    thick, total = [], 0
    for row in rows:
        period = "actual_unaudited" if int(row["fiscal_year"]) == last_year else "actual_audited"
        # Workbooks and Parquet files stay as they are: what is measured is the usual form.
        if row["collection"] == "ledger" and row["reporting_period"] == period and row["file"].endswith(".csv"):
            total += _thicken(folder / row["file"], int(row["fiscal_year"]), lines)
            thick.append(row)
    _tell("files, thickened ledgers, their lines", f"{len(rows):,}, {len(thick):,}, {total:,}")
    return thick


def _thicken(path: Path, fiscal_year: int, lines: int) -> int:
    with path.open(newline="", encoding="utf-8") as stream:
        header, *rows = csv.reader(stream)
    into = max(1, min(360, round(lines / len(rows))))
    dated, amount = header.index("Posting Date"), header.index("Amount")
    first, written = date(fiscal_year - 1, 7, 1), 0
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            total = Decimal(row[amount])
            part = (total / into).quantize(CENT)
            parts = [part] * (into - 1) + [total - part * (into - 1)] if part else [total]
            for number, piece in enumerate(parts):
                row[dated], row[amount] = (first + timedelta(days=number)).isoformat(), str(piece)
                writer.writerow(row)
            written += len(parts)
    return written


def _changed(row: dict[str, str]) -> Path:
    """The same ledger with one line more, of a cent: another file of the same slot."""
    path = Path(os.environ["EDFIN_HOME"]) / "sample" / row["file"]
    with path.open(newline="", encoding="utf-8") as stream:
        header, first, *rest = csv.reader(stream)
    amount, dated = header.index("Amount"), header.index("Posting Date")
    second = [*first]
    second[amount], second[dated] = "0.01", f"{int(row['fiscal_year'])}-06-30"
    again = path.with_name(f"again_{path.name}")
    with again.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, lineterminator="\n").writerows([header, first, second, *rest])
    return again


def _submit(row: dict[str, str], path: Path) -> str:
    slot = ("--lea", row["lea_id"], "--fiscal-year", row["fiscal_year"], "--period", row["reporting_period"])
    return json.loads(_run("submit", path, "--collection", "ledger", *slot))["submission_id"]


def _by_hand(row: dict[str, str]) -> float:
    path, started = _changed(row), time.perf_counter()
    _submit(row, path)
    _run("nightly")
    return time.perf_counter() - started


def _resident(home: Path, row: dict[str, str]) -> tuple[float, float]:
    """Seconds from the beginning of `edfin submit` to the verdict, and to the generation that holds it."""
    path, shelf = _changed(row), Shelf(home)
    before, started = shelf.current_id(), time.perf_counter()
    submission_id = _submit(row, path)
    _until(lambda: _is_judged(submission_id))
    verdict = time.perf_counter() - started
    _until(lambda: shelf.current_id() != before)
    return verdict, time.perf_counter() - started


def _is_judged(submission_id: str) -> bool:
    registry = Registry.open(Settings.read())
    try:
        return bool(registry.events(event_types=["accepted", "suspended"], submission_id=submission_id))
    finally:
        registry.close()


def _until(happened: Callable[[], bool], patience: float = 600.0) -> None:
    ends = time.perf_counter() + patience
    while not happened():
        if time.perf_counter() > ends:
            raise click.ClickException(f"Nothing happened in {patience:.0f} s.")
        time.sleep(0.1)


@contextlib.contextmanager
def _watching(home: Path) -> Iterator[None]:
    with (home / "watch.log").open("w", encoding="utf-8") as log:
        worker = subprocess.Popen([*_EDFIN, "watch", "--every", "1"], stdout=log, stderr=subprocess.STDOUT)
        try:
            _until(lambda: "watching" in (home / "watch.log").read_text(encoding="utf-8"))
            yield
        finally:
            worker.send_signal(signal.SIGINT)
            worker.wait()


def _run(*arguments: object) -> str:
    done = subprocess.run([*_EDFIN, *map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise click.ClickException(f"edfin {arguments[0]} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


def _timed(verb: str) -> float:
    started = time.perf_counter()
    _run(verb)
    return time.perf_counter() - started


def _median(seconds: Sequence[float]) -> str:
    told = ", ".join(f"{one:.1f}" for one in sorted(seconds))
    return f"{statistics.median(seconds):.1f} s ({told})"


def _night(home: Path) -> str:
    seconds = _timed("nightly")
    stages = read_stages(next((home / "runs").glob("*/stages.jsonl")).parent)
    return f"{seconds:.0f} s, at most {max(one['peak_bytes'] for one in stages) / 1e6:,.0f} MB"


def _models(home: Path) -> dict[str, tuple[str, float]]:
    """How each model was built in the last night, and in how many seconds."""
    told = json.loads((home / "build" / "target" / "run_results_warehouse.json").read_text(encoding="utf-8"))
    manifest = json.loads((home / "build" / "target" / "manifest.json").read_text(encoding="utf-8"))
    return {
        one["unique_id"].split(".")[2]: (
            manifest["nodes"][one["unique_id"]]["config"]["materialized"],
            one["execution_time"],
        )
        for one in told["results"]
        if one["unique_id"].startswith("model.")
    }


def _compare(whole: dict[str, tuple[str, float]], continued: dict[str, tuple[str, float]]) -> None:
    """A table of the models that cost: built whole in the first night, and in the night of one LEA-year."""
    click.echo("\n| model | kind | whole, s | one LEA-year, s |\n|---|---|---|---|")
    for name, (kind, seconds) in sorted(whole.items(), key=lambda one: -one[1][1]):
        if kind != "view" and max(seconds, continued[name][1]) >= SHOWN_SECONDS:
            click.echo(f"| `{name}` | {kind} | {seconds:.1f} | {continued[name][1]:.1f} |")


def _tell(name: str, value: str) -> None:
    click.echo(f"{name:<44}  {value}")


if __name__ == "__main__":
    twenty_years()
