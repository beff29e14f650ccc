"""Reading lines through a layout that a test writes.

Belongs here: that one call. Does not belong here: what must hold.
"""

from types import SimpleNamespace

import pytest
import yaml
from exports import AMOUNTS, COLUMNS, CONTRACTS, HEADER, REFERENCES

from ingest.controls import NONE_STATED, Controls
from ingest.layouts import read_layouts
from ingest.reader import Task, read


@pytest.fixture
def through(tmp_path):
    """Read lines through a layout: `through(lines or the bytes of a file, columns={...}, ...)`; rows, excluded and faults."""

    def run(
        *lines: str | bytes,
        name: str = "one",
        collection: str = "ledger",
        only_lea: bool = False,
        controls: Controls = NONE_STATED,
        slot=("0101", 2024),
        named: bool = True,
        **more,
    ):
        entry = {"layout": name, "collection": collection, "header": HEADER, "columns": COLUMNS}
        if collection == "ledger":
            entry["amounts"] = AMOUNTS
        entry |= more
        (tmp_path / f"{name}.yml").write_text(yaml.safe_dump(entry, sort_keys=False))
        data = lines[0] if isinstance(lines[0], bytes) else ("\n".join(lines) + "\n").encode()
        parts = (slot[0],) if only_lea else ()
        task = Task(
            CONTRACTS[collection], read_layouts(tmp_path), name if named else "", *slot, REFERENCES, parts, controls
        )
        (reading,) = read(data, task)
        rows = reading.table.to_pylist() if reading.table is not None else []
        return SimpleNamespace(
            reading=reading, rows=rows, faults=reading.faults, excluded={e.reason: e for e in reading.excluded}
        )

    return run
