"""Publishes and is killed at a point: python killed_publisher.py HOME MARTS URL POINT.

Belongs here: dying. Does not belong here: what must be left.
"""

import os
import signal
import sys
from pathlib import Path

from publish.doors import postgresql
from publish.doors.tables import csv_of


def die(*_):
    """As the machine would."""
    os.kill(os.getpid(), signal.SIGKILL)


def half_of_a_table(con, table):
    """The first rows of a table, then nothing any more."""
    for piece in csv_of(con, table):
        if table.name == "fct_ledger":
            yield piece[: len(piece) // 2].rpartition(b"\n")[0] + b"\n"
            die()
        yield piece


POINTS = {
    "at the first table": ("csv_of", die),
    "in the middle of a table": ("csv_of", half_of_a_table),
    "before the switch": ("_Loading.show", die),
    "in the middle of the switch": ("schema_rights", die),
}

if __name__ == "__main__":
    home, marts, url, point = sys.argv[1:]
    name, instead = POINTS[point]
    owner, _, attribute = name.rpartition(".")
    setattr(getattr(postgresql, owner) if owner else postgresql, attribute, instead)
    postgresql.publish_generation(Path(home), Path(marts), url, facts=True)
