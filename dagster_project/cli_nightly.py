"""The verb of the night.

Belongs here: options, printing, exit codes. Does not belong here: the night itself (`nightly`).
"""

from __future__ import annotations

import click

CANDIDATE = 3


@click.command(epilog="Example: edfin nightly")
def nightly() -> int:
    """Judge everything pending, build the warehouse, publish a generation, and print the run report.

    With nothing new since the current generation no model runs. Exit code 3: the generation stayed a candidate, or a step failed.
    """
    from dagster_project.house import House
    from dagster_project.nightly import run_night
    from dagster_project.run_report import report_lines

    house = House.open()
    try:
        night = run_night(house)
        lines = list(report_lines(house, night))
    finally:
        house.close()
    if night.folder:
        (night.folder / "report.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for line in lines:
        click.echo(line)
    return 0 if night.is_published else CANDIDATE
