"""What every step of a night shares: the opened home, the lock, the clock.

Belongs here: the frame of a step. Does not belong here: what a step does, measuring itself (`stages`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from filelock import FileLock

from dagster_project.house import House
from dagster_project.stages import stage

# A run of the command line carries this tag: its process holds the lock for the whole night.
NIGHT_TAG = "edfin/night"
LOCK = "nightly.lock"


@contextmanager
def step(context, name: str) -> Iterator[tuple[House, dict]]:
    """Open the home for one step; a run started from Dagster's own pages waits for a night of the command line.

    Yields:
        The home, and a dict for what the night's record should tell of this step.
    """
    night = context.run.tags.get(NIGHT_TAG)
    house = House.open()
    house.settings.claim_home()
    lock = nullcontext() if night else FileLock(house.home / LOCK)
    try:
        with lock, stage(run_folder(house, context), name) as told:
            yield house, told
    finally:
        house.close()


def run_folder(house: House, context) -> Path:
    """The night's own folder of records."""
    return house.home / "runs" / context.run.tags.get(NIGHT_TAG, context.run_id)
