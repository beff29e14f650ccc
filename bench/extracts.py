"""`python -m bench.extracts`: what it costs to make the extracts of every LEA of a home anew.

The extracts of the home's current generation are taken away and made again, as after the first night; nothing else of it changes.

Belongs here: seconds and peak memory of that. Does not belong here: what is in an extract (`publish.extracts`).
"""

from __future__ import annotations

import shutil
import threading
import time

import click
import psutil

from ingest.settings import Settings
from publish.extracts.making import Work, make_extracts
from publish.sql_door import generation_folder


@click.command(epilog="Example: EDFIN_STATE=texas EDFIN_HOME=/tmp/texas python -m bench.extracts")
def extracts() -> None:
    """Time the extracts of all LEAs of the home that the settings name, made from nothing."""
    settings = Settings.read()
    work = Work(settings.home, settings.project, generation_folder(settings.home).name)
    shutil.rmtree(work.place, ignore_errors=True)
    peak, ended = [0], threading.Event()
    watching = threading.Thread(target=_watch, args=(peak, ended), daemon=True)
    watching.start()
    began = time.monotonic()
    made = make_extracts(work)
    seconds = time.monotonic() - began
    ended.set()
    watching.join()
    click.echo(
        f"{len(made.written):,} extracts in {seconds:,.0f} s, {peak[0] / 1e6:,.0f} MB at the peak over all processes"
    )


def _watch(peak: list[int], ended: threading.Event) -> None:
    own = psutil.Process()
    while not ended.wait(0.2):
        held = 0
        for process in [own, *own.children(recursive=True)]:
            try:
                held += process.memory_info().rss
            except psutil.Error:
                continue
        peak[0] = max(peak[0], held)


if __name__ == "__main__":
    extracts()
