"""One limited process that reads untrusted files: `python -m ingest.worker`.

Belongs here: setting the limits, and the loop request -> reading -> answer.
Does not belong here: keys, the registry, any database: this process never sees them.

Messages on the pipes are length-prefixed: a JSON head, then bytes (the file in, an Arrow stream out).
Nothing is unpickled on either side.
"""

from __future__ import annotations

import io
import json
import struct
import sys
from functools import partial
from importlib.abc import MetaPathFinder
from pathlib import Path

import pyarrow as pa

from ingest.confinement import allow_for, confine, grow
from ingest.contracts import read_contract
from ingest.controls import Controls
from ingest.layouts import Layout, read_layouts
from ingest.reader import Task, read


def limit_self() -> None:
    """Set this process's own limits for its life."""
    confine()


class _WithoutPandas(MetaPathFinder):
    """Says that there is no pandas."""

    def find_spec(self, fullname, path, target=None):
        if fullname == "pandas":
            raise ModuleNotFoundError("A reading process needs no pandas.", name=fullname)


def load_libraries() -> None:
    """Load what reads packed files before memory is limited: a library that finds no room would look like a broken file.

    pyarrow asks pandas whether a value is one of its series, and would load it for that alone, seconds long: it finds none here.
    """
    sys.meta_path.insert(0, _WithoutPandas())
    import pyarrow.parquet
    import python_calamine

    del pyarrow, python_calamine


def send(stream, head: dict, body: bytes) -> None:
    """Write one message."""
    text = json.dumps(head).encode()
    stream.write(struct.pack("<QQ", len(text), len(body)) + text)
    stream.write(body)
    stream.flush()


def receive(stream) -> tuple[dict, bytes] | None:
    """Read one message; None at the end of the stream."""
    sizes = stream.read(16)
    if len(sizes) < 16:
        return None
    head_size, body_size = struct.unpack("<QQ", sizes)
    head, body = stream.read(head_size), stream.read(body_size)
    if len(head) < head_size or len(body) < body_size:
        return None
    return json.loads(head), body


def arrow_bytes(table: pa.Table | None) -> bytes:
    """Give a table as an Arrow stream; no bytes for no table."""
    if table is None:
        return b""
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def _once(kept: dict, key: str, read_it) -> object:
    if key not in kept:
        kept[key] = read_it(key)
    return kept[key]


def main() -> None:
    """Answer requests until the stream ends."""
    load_libraries()
    limit_self()
    inbox, outbox = sys.stdin.buffer, sys.stdout.buffer
    contracts: dict[str, object] = {}
    layouts: dict[str, dict[str, Layout]] = {}
    references: dict = {}
    while (message := receive(inbox)) is not None:
        head, data = message
        if "references" in head:
            references = head["references"]
            send(outbox, {"ready": True}, b"")
            continue
        try:
            contract = _once(contracts, head["contract"], lambda p: read_contract(Path(p)))
            known = _once(layouts, head["layouts"], lambda p: read_layouts(Path(p)) if p else {})
            allow_for(data, len(head["parts"]), head["patience"])
            asked = (head["layout"], head["lea_id"], head["fiscal_year"], references, tuple(head["parts"]))
            task = Task(contract, known, *asked, Controls.from_texts(*head["controls"]))
            readings = read(data, task, partial(grow, data))
            tables = [reading.table for reading in readings if reading.table is not None]
            heads = [
                r.as_json() | {"row_count": None if r.table is None else r.table.num_rows} for r in readings
            ]  # the rows of all, one after the other
            answer = {"readings": heads}, arrow_bytes(pa.concat_tables(tables) if tables else None)
        except MemoryError:
            raise  # the file's own doing: this process ends, as at any other limit
        except Exception as problem:  # ours, not the file's: a broken layout or contract file, a bug
            answer = {"error": f"{type(problem).__name__}: {problem}"}, b""
        send(outbox, *answer)


if __name__ == "__main__":
    main()
