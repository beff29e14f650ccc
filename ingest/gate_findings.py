"""Everything found about the night's submissions: by rules, by the reader, by layouts; and what waivers say of it.

Belongs here: gathering findings, applying waivers. Does not belong here: verdicts (`gate`), rules (`expectations`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import duckdb

from expectations.causes import without_consequences
from expectations.code_queries import knows_code
from expectations.findings import Finding, shape
from expectations.judge import FINDING_COLUMNS
from expectations.sql_parts import ident
from ingest.contracts import Contract
from ingest.gate_table import own_rules
from ingest.reading import STRUCTURAL, Excluded, Fault, Reading

FETCHED_ROWS = 20_000
# The edit of values that their column's type cannot hold.
TYPE = "_type"


def collect_findings(
    contract: Contract, connection: duckdb.DuckDBPyConnection, readings: dict[str, Reading]
) -> dict[str, list[Finding]]:
    """Gather what the rules, the reader and the layouts found, by submission."""
    found: dict[str, list[Finding]] = {}
    for submission_id, reading in readings.items():
        found[submission_id] = [_left_out(contract, submission_id, one) for one in reading.excluded]
        found[submission_id] += [f for one in reading.excluded for f in _unreadable(contract, submission_id, one)]
        for fault in reading.faults:
            if not (fault.edit == "lost_zeros" and _is_listed(contract, connection, submission_id, fault)):
                found.setdefault(submission_id, []).append(structural_finding(contract, submission_id, fault))
    rows = connection.execute(f"select {FINDING_COLUMNS} from findings order by all")
    kept: dict[str, str] = {}
    while batch := rows.fetchmany(FETCHED_ROWS):
        for submission_id, edit_id, severity, row_number, column, value, message, fix, item_key in batch:
            # Hundreds of thousands of findings say the same few sentences: keep each once.
            said = [
                None if text is None else kept.setdefault(text, text)
                for text in (submission_id, edit_id, severity, column, message, fix)
            ]
            submission_id, edit_id, severity, column, message, fix = said
            found.setdefault(submission_id, []).append(
                Finding(submission_id, edit_id, severity, row_number, column, value, message, fix, item_key=item_key)
            )
    connection.execute("drop table findings")
    return found


def _is_listed(contract: Contract, connection, submission_id: str, fault: Fault) -> bool:
    """Whether a code that is shorter than its neighbours is one of the state's list all the same."""
    slot = f"select any_value(slot_fiscal_year) from {ident(contract.collection)} where submission_id = ?"
    for rule in contract.rules:
        if fault.column_name and (query := knows_code(rule, fault.column_name)):
            year = connection.execute(slot, [submission_id]).fetchall()[0][0]
            return connection.execute(query, {"code": fault.value, "fiscal_year": year}).fetchall()[0][0] > 0
    return False


def _left_out(contract: Contract, submission_id: str, excluded: Excluded) -> Finding:
    money = f", {excluded.amount:,} dollars" if contract.amount_column else ""
    unread = f", {len(excluded.unreadable):,} amounts empty or not readable" if excluded.unreadable else ""
    message = f"Left out by the layout ({excluded.reason}): {excluded.record_count:,} records{money}{unread}."
    return Finding(submission_id, f"{contract.collection}_excluded", "info", None, None, None, message, _NO_FIX)


def _unreadable(contract: Contract, submission_id: str, excluded: Excluded) -> list[Finding]:
    message = f"Left out by the layout ({excluded.reason}); its amount is no number and is in no sum."
    return [
        Finding(
            submission_id,
            f"{contract.collection}_excluded",
            "info",
            row,
            contract.amount_column,
            text,
            message,
            _NO_FIX,
        )
        for row, text in excluded.unreadable
        if text is not None
    ]


_NO_FIX = "Nothing to do, if the layout is right about these records; its file says why."


# Faults whose value is that of their column. Elsewhere the columns themselves may have moved, and a name stand for a code.
_OF_A_CELL = ("file_cell", "lost_zeros", "file_code_as_number")


def structural_finding(contract: Contract, submission_id: str, fault: Fault) -> Finding:
    """Give the finding for a structural fault."""
    edit = STRUCTURAL[fault.edit]
    is_open = not contract.masked_columns or (
        fault.edit in _OF_A_CELL and fault.column_name not in contract.masked_columns
    )
    value = fault.value if is_open else shape(fault.value)
    return Finding(
        submission_id, f"{contract.collection}_{fault.edit}", "fatal", fault.row_number, fault.column_name, value,
        f"{edit.sentence} {fault.detail}", edit.fix,
    )  # fmt: skip


def apply_waivers(connection, submissions: Mapping, findings: dict[str, list[Finding]]) -> None:
    """Mark waived findings, and list the rows that waivers leave out in table `dropped_rows`."""
    connection.execute(
        "create or replace table dropped_rows (submission_id varchar, row_number bigint, reason varchar)"
    )
    names = "sha256, edit_id, row_from, row_to, effect, reason"
    waivers = connection.execute(f"select {names} from reference.waivers").fetchall()
    by_file: dict[str, list[tuple]] = {}
    for waiver in waivers:
        by_file.setdefault(waiver[0], []).append(waiver)
    for submission_id, found in findings.items():
        own = by_file.get(submissions[submission_id].sha256, [])
        if not own:
            continue
        waived = [_waived(connection, finding, own) for finding in found]
        # A row that is left out is nobody's business any more, whatever else was found in it.
        left_out = {
            number
            for (number,) in connection.execute(
                "select row_number from dropped_rows where submission_id = ? and row_number is not null",
                [submission_id],
            ).fetchall()
        }
        findings[submission_id] = [
            replace(one, is_waived=True) if one.row_number in left_out else one for one in waived
        ]


def tell_causes(contract: Contract, findings: dict[str, list[Finding]]) -> None:
    """Leave out what only follows from another finding; whatever a waiver covers is no cause any more."""
    rules, columns = (
        [*contract.rules, *own_rules(contract)],
        {column.name: column.is_text for column in contract.columns},
    )
    for submission_id, found in findings.items():
        findings[submission_id] = without_consequences(_said_once(found), rules, columns)


def _said_once(found: list[Finding]) -> list[Finding]:
    """A cell that broke the form of its column has said so; that it also has no type is no second finding."""
    broken = {
        (f.row_number, f.column_name)
        for f in found
        if f.severity == "fatal" and not f.is_waived and not f.edit_id.endswith(TYPE)
    }
    return [f for f in found if not (f.edit_id.endswith(TYPE) and (f.row_number, f.column_name) in broken)]


def _waived(connection, finding: Finding, waivers: list[tuple]) -> Finding:
    for _, edit_id, row_from, row_to, effect, reason in waivers:
        low, high = int(row_from or 0), int(row_to or row_from or 10**12)
        if effect == "accept" and (finding.edit_id.endswith(TYPE) or "_file_" in finding.edit_id):
            continue  # what cannot be read or held cannot be accepted; it can only be left out
        if edit_id != finding.edit_id or not (low <= (finding.row_number or 0) <= high):
            continue
        if effect == "exclude":
            connection.execute(
                "insert into dropped_rows values (?, ?, ?)", [finding.submission_id, finding.row_number, reason]
            )
        return replace(finding, is_waived=True)
    return finding
