"""Purging in the registry: the event, and the words of the file that other tables have quoted.

Findings keep edit, severity, row and known column; value, message, fix and item are blanked. So are the texts of explanations, which
quote what was found. The event remembers the hashes that these rows have from now on, so that the chain still covers them.

Belongs here: blanking in the caller's one transaction, and proving what was blanked.
Does not belong here: bytes and rows (`purge`), triggers (`registry_tables`), the rest of the proof (`registry_proof`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from sqlalchemy import Connection, Engine, case, select, update

from ingest import audit, registry_findings
from ingest import registry_tables as tables
from ingest.explanations import EXPLAINED
from ingest.landing import purged_before
from ingest.refusals import Refusal, SystemFailure
from ingest.registry_submissions import SubmissionRow
from ingest.registry_tables import utc_text

PURGED = "purged"
BLANK = "Blanked: the submission was purged."
KEPT_OF_EXPLANATION = ("edit_id", "row_number", "finding_count")


def purges(connection: Connection) -> dict[str, audit.Event]:
    """The purge of each submission that was purged, by its id."""
    return {one.submission_id: one for one in audit.read(connection, event_types=[PURGED]) if one.submission_id}


def purged_bytes(connection: Connection) -> dict[str, audit.Event]:
    """The purge by which bytes went, by their sha256."""
    return {one.payload["sha256"]: one for one in purges(connection).values()}


def refuse_purged(gone: Mapping[str, audit.Event], sha256: str) -> None:
    """Bytes that were purged are never taken again, also where the purge was killed before they were gone.

    Raises:
        Refusal: these were.
    """
    if sha256 in gone:
        raise purged_before(sha256, utc_text(gone[sha256].at), gone[sha256].payload["reason"])


def of_bytes(connection: Connection, sha256: str) -> list[SubmissionRow]:
    """Every submission of the same bytes, in order of arrival."""
    table = tables.submission
    rows = connection.execute(select(table).where(table.c.sha256 == sha256).order_by(table.c.event_position)).mappings()
    return [SubmissionRow.from_table(row) for row in rows]


def record(
    connection: Connection, rows: Iterable[SubmissionRow], columns: Collection[str], by: str, at: datetime, reason: str
) -> list[str]:
    """Record the purge of submissions not yet purged, and blank what was quoted of them; returns their ids.

    `columns` are the names a finding may keep: any other is a header of the file itself.

    Raises:
        Refusal: the same bytes came again meanwhile.
    """
    already = purges(connection)
    going = [row for row in rows if row.submission_id not in already]
    _refuse_left_behind(connection, already.keys() | {row.submission_id for row in going}, going)
    news = []
    with tables.blanking(connection, "finding", "event"):
        for row in going:
            positions = [one.position for one in audit.read(connection, submission_id=row.submission_id)]
            payload = {"sha256": row.sha256, "reason": reason}
            payload |= {"blanked_findings": _blank_findings(connection, positions, columns)}
            payload |= {"blanked_events": _blank_explanations(connection, row.submission_id)}
            news.append(audit.NewEvent(PURGED, row.submission_id, by, at, payload))
    audit.append(connection, news)
    return [row.submission_id for row in going]


def _refuse_left_behind(connection: Connection, gone: Collection[str], going: Iterable[SubmissionRow]) -> None:
    for sha256 in {row.sha256 for row in going}:
        for row in of_bytes(connection, sha256):
            if row.submission_id not in gone:
                raise Refusal(f"The same bytes came again as {row.submission_id[:12]} meanwhile: say it once more.")


def _blank_findings(connection: Connection, positions: list[int], columns: Collection[str]) -> dict[str, str]:
    """Returns the new hash of the findings of each event that has any."""
    finding = tables.finding
    known = case((finding.c.column_name.in_(list(columns)), finding.c.column_name), else_=None)
    blank = {"value": None, "message": BLANK, "fix": "", "item_key": None, "column_name": known}
    connection.execute(update(finding).where(finding.c.event_position.in_(positions)).values(blank))
    query = select(finding).where(finding.c.event_position.in_(positions))
    rows = connection.execute(query.order_by(finding.c.event_position, finding.c.finding_number)).mappings()
    by_event = groupby(rows, key=itemgetter("event_position"))
    return {str(position): registry_findings.findings_hash(group) for position, group in by_event}


def _blank_explanations(connection: Connection, submission_id: str) -> dict[str, str]:
    """Returns the link that each blanked event has now; the one that the chain follows stays in its `hash`."""
    event, links = tables.event, {}
    mine = select(event).where(event.c.submission_id == submission_id, event.c.event_type == EXPLAINED)
    for row in connection.execute(mine).mappings().all():
        said = audit.payload_of(row)
        kept = {name: said.get(name) for name in KEPT_OF_EXPLANATION} | {"is_blanked": True}
        changed = dict(row) | {"payload": audit.canonical(kept)}
        connection.execute(update(event).where(event.c.position == row["position"]).values(payload=changed["payload"]))
        links[str(row["position"])] = audit.link(row["prev_hash"], changed)
    return links


def blanked_findings(told: Mapping[int, audit.Event]) -> dict[int, str]:
    """Hashes of findings by event, where a purge of the same submission blanked them."""
    return dict(_blanked(told, "blanked_findings", ("accepted", "suspended", registry_findings.REVIEWED)))


def blanked_links(told: Mapping[int, audit.Event]) -> dict[int, str]:
    """Links by event, where a purge of the same submission blanked the text of an explanation."""
    return dict(_blanked(told, "blanked_events", (EXPLAINED,)))


def _blanked(told: Mapping[int, audit.Event], name: str, kinds: Collection[str]) -> Iterator[tuple[int, str]]:
    """A purge speaks for its own submission alone, and for what came before it."""
    for purge in told.values():
        if purge.event_type == PURGED:
            for position, value in purge.payload.get(name, {}).items():
                event = told.get(int(position))
                is_its_own = event is not None and event.submission_id == purge.submission_id
                if is_its_own and event.event_type in kinds and event.position < purge.position:
                    yield event.position, value


def forget(engine: Engine) -> None:
    """Give the database's pages back: what was blanked also leaves its free pages and its journal.

    PostgreSQL's write-ahead log, replicas and backups are the server's own business.

    Raises:
        SystemFailure: somebody reads SQLite's journal for so long that it cannot be cleared.
    """
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for table in ("finding", "event"):
                connection.exec_driver_sql(f"vacuum full {table}")
        return
    raw = engine.raw_connection()
    try:
        raw.driver_connection.execute("vacuum")
        is_busy = raw.driver_connection.execute("pragma wal_checkpoint(truncate)").fetchone()[0]
    finally:
        raw.close()
    if is_busy:
        raise SystemFailure("Another process reads the registry, and its journal cannot be cleared: say it once more.")
