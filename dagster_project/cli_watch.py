"""The verb of the resident night.

Belongs here: waiting for work, printing, ending. Does not belong here: the night itself (`nightly`), triggers of Dagster (`automation`).
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from typing import NoReturn

import click
import psutil

from ingest.refusals import Refusal, SystemFailure

STOPPED = 130


@click.command(epilog="Example: edfin watch --every 2")
@click.option(
    "--every", default=2.0, show_default=True, type=click.FloatRange(0.2), help="Seconds between two looks at landing."
)
def watch(every: float) -> None:
    """Stay, and run a night whenever something has landed or changed.

    The engines stay loaded: no verdict waits for them to start. It works until it is stopped
    (Ctrl-C); a night under way is completed by the next one.
    """
    # Nights run beside the main thread, which alone hears signals: in it, Dagster would take them for its own, and one that
    # comes while a library is at work is lost.
    told, ended = threading.Event(), threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told.set())
    worker = threading.Thread(target=_work, args=(every, ended), daemon=True)
    worker.start()
    while not told.wait(0.2):
        if ended.is_set():
            _end(SystemFailure.exit_code)
    # In a night the usual streams lead to its log.
    click.echo("edfin: stopped; a night under way is completed by the next one.", file=sys.__stderr__)
    _end(STOPPED)


def _end(code: int) -> NoReturn:
    """End at once, and first what a night has started: dbt would go on writing into a build that nobody waits for."""
    children = psutil.Process().children(recursive=True)
    for child in children:
        with contextlib.suppress(psutil.NoSuchProcess):
            child.kill()
    psutil.wait_procs(children, timeout=10)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _work(every: float, ended: threading.Event) -> None:
    try:
        _nights(every)
    except Exception as problem:  # the main thread ends the process; what it was must be said
        click.echo(f"edfin: {problem}", err=True)
    finally:
        ended.set()


def _nights(every: float) -> None:
    from dagster_project.automation import work_for
    from dagster_project.house import House
    from dagster_project.nightly import ready_dbt
    from ingest.reference import current_version

    _load_engines()
    click.echo("watching: what is submitted is judged at once")
    failed_on = ready = None
    while True:
        house = House.open()
        try:
            # A failed or held-back night is not tried again until a person or the reference has done something.
            if ready is None and house.registry.pinned_reference():
                ready = ready_dbt(house)
            if work_for(house) is not None:
                seen = (_last_material(house), current_version(house.settings, house.registry))
                if seen != failed_on:
                    failed_on = None if _one_night(house, ready) else seen
                    # A new one for every night: what a build leaves in memory is not carried into the next.
                    ready = ready.end() if ready else None
        finally:
            house.close()
        time.sleep(every)


def _last_material(house) -> int:
    from dagster_project.settled import MATERIAL

    told_by_nights = {"accepted", "suspended"}
    events = house.registry.events(event_types=[kind for kind in MATERIAL if kind not in told_by_nights])
    return events[-1].position if events else 0


def _one_night(house, ready) -> bool:
    """Whether it may be tried again at once: it published, or another night holds the home."""
    from dagster_project.nightly import run_night

    started = time.monotonic()
    try:
        night = run_night(house, ready)
    except Refusal as problem:
        click.echo(f"edfin: {problem}", err=True)
        return True
    except SystemFailure as problem:
        click.echo(f"edfin: {problem}", err=True)
        return False
    end = "published" if night.is_published else "held back as a candidate, see `edfin generations`"
    click.echo(f"{night.generation_id}: {end}, {time.monotonic() - started:.0f} s")
    return night.is_published


def _load_engines() -> None:
    import great_expectations  # noqa: F401 - loaded now, so that the first verdict need not wait for it

    import dagster_project.definitions  # noqa: F401
