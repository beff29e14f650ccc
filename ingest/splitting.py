"""Files of several LEAs: each LEA's records become a submission of its own.

Belongs here: finding the LEAs of such a file and registering their parts before the gate runs.
Does not belong here: judging them (`gate`); a part is read again there, from the same bytes.

The file's own submission ends as withdrawn, with the ids of its parts as the reason's payload.
"""

from __future__ import annotations

from ingest.gate import GateSetup, layout_references
from ingest.gate_table import load_reference, open_gate
from ingest.registry import Registry
from ingest.registry_submissions import Arrival, SubmissionRow
from ingest.slots import SEVERAL_LEAS, Slot
from ingest.workers import Request, Workers

SPLIT_INTO = "split_into"


def split_ids(registry: Registry) -> frozenset[str]:
    """Ids of every submission that is part of a file of several LEAs."""
    return frozenset(row.submission_id for row in registry.submissions() if row.part_of)


def split_pending(setup: GateSetup, registry: Registry, pending: list[SubmissionRow]) -> None:
    """Register the parts of every pending file of several LEAs; a file that cannot be read stays whole, for the gate."""
    files = {row.submission_id: row for row in pending if row.lea_id == SEVERAL_LEAS}
    if not files:
        return
    with open_gate(None) as connection:
        load_reference(connection, setup.seeds)
        references = layout_references(connection)
    requests = (
        Request(row.submission_id, lambda sha=row.sha256: setup.open_bytes(sha), setup.contract.source_file, setup.layouts,
                row.layout, SEVERAL_LEAS, row.fiscal_year, controls=row.controls)
        for row in files.values()
    )  # fmt: skip
    with Workers(references, count=1) as workers:
        for key, reading in workers.read_all(requests):
            if reading.lea_ids:
                _register(registry, files[key], reading.lea_ids)


def _register(registry: Registry, row: SubmissionRow, lea_ids: list[str]) -> None:
    parts = registry.receive_many(
        Arrival(
            Slot(lea_id, row.collection, row.fiscal_year, row.reporting_period), row.sha256, row.size_bytes, row.file_name,
            row.by, row.layout, row.reference_version, row.stated_received_at, row.submission_id, *row.controls,
        )
        for lea_id in lea_ids
    )  # fmt: skip
    payload = {
        "reason": f"split into the submissions of {len(parts)} LEAs",
        SPLIT_INTO: [part.submission_id for part in parts],
    }
    registry.append("withdrawn", row.submission_id, row.by, payload)
