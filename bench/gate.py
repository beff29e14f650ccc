"""`python -m bench.gate`: the gate alone, over a night of 4,800 ledgers of five million rows with planted defects.

Belongs here: landing the files, running the gate with every edit, time and peak memory over all its processes, and the count of
failing rows kept. Does not belong here: the build, the files (`ledger_night`).
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import click

from bench.ledger_night import YEAR, write_ledgers


@click.command(epilog="Example: python -m bench.gate --submissions 4800")
@click.option("--submissions", default=4800, show_default=True, help="Ledgers of the night, four a district.")
@click.option("--home", type=click.Path(path_type=Path), help="An empty folder to work in; default a temporary one.")
def gate(submissions: int, home: Path | None) -> None:
    """Time the gate over one night's ledgers."""
    with tempfile.TemporaryDirectory(prefix="edfin-gate-") as scratch:
        home = home or Path(scratch)
        os.environ.update(EDFIN_HOME=str(home), EDFIN_STATE="sample")
        manifest, rows = write_ledgers(home / "sample", submissions)
        click.echo(f"{submissions:,} ledgers of {rows:,} rows written; submitting", err=True)
        # A process of its own: what submitting held is no part of the gate's memory.
        for command in ([*_EDFIN, "submit", "--manifest", manifest, "--from", home / "sample"], [*_SELF, "judge"]):
            done = subprocess.run([*map(str, command)], stdout=subprocess.PIPE, text=True, check=False)
            if done.returncode:
                raise click.ClickException(f"{command[-1]} ended with {done.returncode}")
        click.echo(done.stdout, nl=False)


_EDFIN, _SELF = [sys.executable, "-m", "dagster_project.cli"], [sys.executable, "-m", "bench.gate"]


def judge() -> None:
    """Run the gate of the home that the environment names, and print what it took."""
    from dagster_project.collections import gate_collection
    from dagster_project.house import House
    from dagster_project.stages import read_stages, stage
    from ingest.reference import pin

    house = House.open()
    pin(house.settings, house.registry, by="bench")
    folder = house.home / "runs" / "bench"
    with stage(folder, "gate ledger"):
        result = gate_collection(house, "ledger", {YEAR})
    processor = sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    (took,) = read_stages(folder)
    accepted = [verdict for verdict in result.verdicts if verdict.is_accepted]
    failing = sum(result.failing_rows.values())
    kept = sum(len(verdict.findings) for verdict in result.verdicts)
    read = sum(verdict.record_count for verdict in result.verdicts)
    figures = [
        ("submissions judged", f"{len(result.verdicts):,}, {len(accepted):,} accepted"),
        ("records read", f"{read:,}"),
        ("rows that fail an edit, and findings kept", f"{failing:,}, {kept:,}"),
        ("gate of the ledgers: reading, judging, writing", f"{took['seconds']:.1f} s"),
        ("processor time of all processes, started and ended", f"{processor:.1f} s"),
        ("peak memory over all processes", f"{took['peak_bytes'] / 1e6:,.0f} MB"),
    ]
    for name, value in figures:
        click.echo(f"{name:<52}  {value}")
    house.close()


if __name__ == "__main__":
    judge() if sys.argv[1:] == ["judge"] else gate()
