"""What a night's build stands on: the registry's tables as Parquet, in `raw/_events/`.

dbt reads these files and never the registry. They hold what had happened at the run's `as_of` and `event_position`; they are typed
also when empty, and each is renamed into place.

Belongs here: the shape of these files (source `registry` in dbt/models/sources/registry.yml) and writing them.
Does not belong here: choosing versions or deriving statuses, which staging does in SQL.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Connection, func, select

from ingest import audit, registry_findings
from ingest import registry_tables as tables
from ingest.atomic_files import write_bytes
from ingest.explanations import EXPLAINED, explained_counts
from ingest.new_files import link_new_files
from ingest.registry import Registry
from ingest.registry_connection import reading
from ingest.registry_findings import REVIEWED
from ingest.registry_purge import PURGED
from ingest.verdicts import Finding

EVENT_TYPES = (
    "received",
    "accepted",
    "suspended",
    "certified",
    "reopened",
    "withdrawn",
    "purged",
    "explained",
    "waived",
)

_TEXT, _LONG, _INT, _TIME = pa.string(), pa.int64(), pa.int32(), pa.timestamp("us")
SCHEMAS = {
    "run": pa.schema(
        [("generation_id", _TEXT), ("as_of", _TIME)]
        + [(name, _TEXT) for name in ("cut", "reference_version", "code_version")]
        + [("event_position", _LONG)]
    ),
    "submission": pa.schema(
        [
            *[(name, _TEXT) for name in ("submission_id", "sha256", "collection", "lea_id")],
            ("fiscal_year", _INT),
            ("reporting_period", _TEXT),
            ("version", _INT),
            ("layout", _TEXT),
            ("file_name", _TEXT),
            *[(name, _LONG) for name in ("record_count", "row_count", "excluded_count")],
            ("received_at", _TIME),
            ("stated_received_at", _TIME),
        ]
    ),
    "submission_event": pa.schema(
        [("position", _LONG), ("event_type", _TEXT), ("submission_id", _TEXT), ("at", _TIME)]
        + [(name, _TEXT) for name in ("by_whom", "edit_id", "reason")]
    ),
    "finding_count": pa.schema(
        [(name, _TEXT) for name in ("submission_id", "edit_id", "severity")]
        + [("finding_count", _LONG), ("waived_count", _LONG), ("explained_count", _LONG), ("is_review", pa.bool_())]
    ),
    "edit": pa.schema([(name, _TEXT) for name in ("edit_id", "collection", "severity", "catalogue_id", "description")]),
    "newly_accepted": pa.schema([("submission_id", _TEXT)]),
    "changed_lea_year": pa.schema([("lea_id", _TEXT), ("fiscal_year", _INT)]),
    "review_year": pa.schema([("fiscal_year", _INT), ("is_reviewed", pa.bool_())]),
}


class Run(Protocol):
    """The run the files are written for; `publish.runs.RunInfo` is one."""

    @property
    def generation_id(self) -> str: ...

    as_of: datetime
    cut: str
    reference_version: str
    code_version: str
    event_position: int


def export_events(registry: Registry, raw_dir: Path, run: Run, published_position: int = 0) -> dict[str, int]:
    """Write all but `finding_count` and `edit`, which follow the build; returns row counts.

    `published_position` is the event position of the last published generation: what was accepted after it is newly accepted.
    """
    with reading(registry.engine) as connection:
        rows = {
            "run": [{name: getattr(run, name) for name in SCHEMAS["run"].names}],
            "submission": _submissions(connection, run),
            "submission_event": _events(connection, run),
        }
    rows["newly_accepted"] = [
        {"submission_id": name}
        for name in dict.fromkeys(
            one["submission_id"]
            for one in rows["submission_event"]
            if one["event_type"] == "accepted" and one["position"] > published_position
        )
    ]
    for name in rows:
        write_rows(raw_dir, name, rows[name])
    link_new_files(raw_dir, {one["submission_id"] for one in rows["newly_accepted"]})
    return {name: len(found) for name, found in rows.items()}


def _happened(run: Run) -> list:
    return [tables.event.c.position <= run.event_position, tables.event.c.at <= _utc(run.as_of)]


def _latest_verdicts(run: Run):
    """Per submission the position of its last verdict the run may see."""
    judged = select(tables.verdict.c.submission_id, func.max(tables.verdict.c.event_position).label("event_position"))
    joined = judged.join(tables.event, tables.event.c.position == tables.verdict.c.event_position)
    return joined.where(*_happened(run)).group_by(tables.verdict.c.submission_id).subquery("latest")


def _submissions(connection: Connection, run: Run) -> list[dict[str, Any]]:
    latest, verdict, submission = _latest_verdicts(run), tables.verdict, tables.submission
    named = [submission.c[name] for name in SCHEMAS["submission"].names if name in submission.c]
    found = verdict.c.layout.label("found_layout")
    query = (
        select(*named, found, verdict.c.verdict, verdict.c.record_count, verdict.c.row_count, verdict.c.excluded_count)
        .join(tables.event, tables.event.c.position == submission.c.event_position)
        .outerjoin(latest, latest.c.submission_id == submission.c.submission_id)
        .outerjoin(verdict, verdict.c.event_position == latest.c.event_position)
        .where(*_happened(run))
        .order_by(submission.c.event_position)
    )
    rows = [dict(row) for row in connection.execute(query).mappings()]
    for row in rows:  # the layout named by the submitter gives way to the one the header was found to be of
        row["layout"] = row.pop("found_layout") or row["layout"]
    return [row | {"row_count": row["row_count"] if row.pop("verdict") == "accepted" else None} for row in rows]


def _events(connection: Connection, run: Run) -> list[dict[str, Any]]:
    found = (one for one in audit.read(connection, event_types=EVENT_TYPES) if one.submission_id is not None)
    as_of = _utc(run.as_of)
    return [
        {
            "position": one.position,
            "event_type": one.event_type,
            "submission_id": one.submission_id,
            "at": one.at,
            "by_whom": one.by,
            "edit_id": one.payload.get("edit_id"),
            "reason": one.payload.get("reason"),
        }
        for one in found
        # What was purged is gone from every build, whatever its moment: there are no rows of it.
        if one.event_type == PURGED or (one.position <= run.event_position and one.at <= as_of)
    ]


def export_finding_counts(registry: Registry, raw_dir: Path, reviews: Mapping[str, Sequence[Finding]]) -> int:
    """Write `finding_count`: per submission and edit what the gate found, and what the edits on accepted data found.

    `reviews` is what the build itself found, by submission; it stands in place of what was recorded for them before. All
    else is as of the run that `export_events` wrote. Returns the row count.
    """
    run = built_run(raw_dir)
    with reading(registry.engine) as connection:
        recorded = _finding_counts(connection, run)
        explained = _explained_counts(connection, run, reviews)
    rows = [row for row in recorded if not (row["is_review"] and row["submission_id"] in reviews)]
    rows += [row for submission_id, found in reviews.items() for row in _counted(submission_id, found)]
    for row in rows:
        row["explained_count"] = explained[row["submission_id"], row["edit_id"]]
    write_rows(raw_dir, "finding_count", rows)
    return len(rows)


def built_run(raw_dir: Path) -> SimpleNamespace:
    """The run that `export_events` wrote last: the columns of its schema as attributes."""
    return SimpleNamespace(**pq.read_table(raw_dir / "_events" / "run.parquet").to_pylist()[0])


def export_edits(raw_dir: Path, edits: Iterable[dict[str, str | None]]) -> None:
    """Write `edit`: every edit there is, by the columns of its schema."""
    write_rows(raw_dir, "edit", edits)


def _counted(submission_id: str, found: Sequence[Finding]) -> list[dict[str, Any]]:
    fired = Counter((one.edit_id, one.severity) for one in found)
    waived = Counter((one.edit_id, one.severity) for one in found if one.is_waived)
    return [
        {"submission_id": submission_id, "edit_id": edit_id, "severity": severity, "finding_count": count}
        | {"waived_count": waived[edit_id, severity], "is_review": True}
        for (edit_id, severity), count in fired.items()
    ]


def _explained_counts(connection: Connection, run: Run, reviews: Mapping[str, Sequence[Finding]]) -> Counter:
    """Findings explained by submission and edit, of what the run may see."""
    said: dict[str, list[audit.Event]] = {}
    latest: dict[tuple[str, bool], int] = {}
    for event in audit.read(connection, event_types=("accepted", "suspended", REVIEWED, EXPLAINED)):
        if event.position <= run.event_position and event.at <= _utc(run.as_of):
            if event.event_type == EXPLAINED:
                said.setdefault(event.submission_id, []).append(event)
            else:
                latest[event.submission_id, event.event_type == REVIEWED] = event.position
    counts: Counter = Counter()
    for submission_id, events in said.items():
        found = registry_findings.at(connection, latest.get((submission_id, False), 0))
        recorded = registry_findings.at(connection, latest.get((submission_id, True), 0))
        found += reviews.get(submission_id, recorded)
        counts.update({(submission_id, edit): n for edit, n in explained_counts(found, events).items()})
    return counts


def _finding_counts(connection: Connection, run: Run) -> list[dict[str, Any]]:
    """Counts of each submission's latest verdict and latest review that the run may see."""
    event, count = tables.event, tables.finding_count
    kind = (event.c.event_type == REVIEWED).label("is_review")
    latest = (
        select(event.c.submission_id, func.max(event.c.position).label("position"), kind)
        .where(*_happened(run), event.c.event_type.in_(("accepted", "suspended", REVIEWED)))
        .group_by(event.c.submission_id, kind)
        .subquery("latest")
    )
    query = (
        select(count, latest.c.is_review)
        .join(latest, latest.c.position == count.c.event_position)
        .order_by(count.c.event_position, count.c.edit_id, count.c.severity)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def write_rows(raw_dir: Path, name: str, rows: Iterable[dict[str, Any]]) -> None:
    """Write one of the exports, typed by its schema, and rename it into place."""
    path, schema = raw_dir / "_events" / f"{name}.parquet", SCHEMAS[name]
    values = [{name: _naive(row.get(name)) for name in schema.names} for row in rows]
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(values, schema), buffer)
    write_bytes(path, buffer.getvalue(), durable=False)


def _naive(value: Any) -> Any:
    """DuckDB's `timestamp` has no zone; ours are all UTC."""
    return _utc(value).replace(tzinfo=None) if isinstance(value, datetime) else value


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
