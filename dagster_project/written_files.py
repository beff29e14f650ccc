"""Files that a verb hands out, written whole and named on the screen.

Belongs here: that. Does not belong here: what is in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from ingest import atomic_files
from ingest.refusals import Refusal


def put_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write each file, by its name, into the folder.

    Raises:
        Refusal: one cannot be written.
    """
    for name, data in files.items():
        path = folder / name
        try:
            atomic_files.write_bytes(path, data)
        except OSError as problem:
            raise Refusal(f"{path}: cannot be written ({problem.strerror}).") from problem
        click.echo(path)
