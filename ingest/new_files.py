"""Links to the raw files in which newly accepted rows stand, so that no rule scans twenty years for one file.

Belongs here: `raw/_new/`. Does not belong here: which rows are newly accepted (`night_events`), the rules that read them (dbt).
"""

from __future__ import annotations

import shutil
from collections.abc import Set
from pathlib import Path

import pyarrow.parquet as pq

from ingest.contracts import COLLECTIONS

NEW_FILES = "_new"


def link_new_files(raw_dir: Path, newly_accepted: Set[str]) -> None:
    """Make `raw/_new/<collection>/` anew: the empty typed file, and every file that holds rows of these submissions."""
    shutil.rmtree(raw_dir / NEW_FILES, ignore_errors=True)
    for collection in COLLECTIONS:
        folder = raw_dir / NEW_FILES / collection
        folder.mkdir(parents=True)
        for path in sorted((raw_dir / collection).glob("*.parquet")):
            if path.name.startswith("_") or (newly_accepted and _holds(path, newly_accepted)):
                (folder / path.name).symlink_to(Path("..", "..", collection, path.name))


def _holds(path: Path, submissions: Set[str]) -> bool:
    # Rows lie in the order of their submissions: the bounds of most row groups rule them out unread.
    with pq.ParquetFile(path) as file:
        column = file.schema_arrow.get_field_index("submission_id")
        for number in range(file.num_row_groups):
            bounds = file.metadata.row_group(number).column(column).statistics
            if (
                bounds is not None
                and bounds.has_min_max
                and not any(bounds.min <= one <= bounds.max for one in submissions)
            ):
                continue
            if not submissions.isdisjoint(file.read_row_group(number, columns=["submission_id"]).column(0).to_pylist()):
                return True
    return False
