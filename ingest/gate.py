"""The gate: one night's pending submissions of one collection become verdicts, findings and raw rows.

Belongs here: the order of the steps, and the arithmetic of verdicts (law 11).
Does not belong here: reading (`workers`), rules (`expectations`), keeping (`registry`), scheduling (Dagster).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Protocol

import duckdb

from expectations.findings import Finding, shape
from expectations.judge import judge
from expectations.rules import Rule
from ingest.contracts import Contract
from ingest.gate_table import GateTable, load_reference, open_gate, type_rule, year_text
from ingest.reading import STRUCTURAL, Fault, Reading
from ingest.refusals import SystemFailure
from ingest.verdicts import Amounts, Excluded, RawFile, Verdict
from ingest.workers import Request, Workers


class Pending(Protocol):
    """What the gate needs to know of a submission."""

    submission_id: str
    sha256: str
    lea_id: str
    fiscal_year: int | None
    reporting_period: str
    layout: str


@dataclass(frozen=True)
class GateSetup:
    """What a gate works with.

    `write` keeps the accepted rows of the gate's connection; `split_ids` are submissions that are one LEA's
    part of a file of several; `rules` are the contract's unless some cannot be evaluated here.
    """

    contract: Contract
    seeds: Path
    layouts: Path | None
    spill_folder: Path
    open_bytes: Callable[[str], bytes]
    write: Callable[[duckdb.DuckDBPyConnection, Contract], list[RawFile]]
    rules: tuple[Rule, ...] | None = None
    split_ids: frozenset[str] = frozenset()


@dataclass
class GateResult:
    """What one collection's gate gave. `failing_rows` counts rows by edit id, 0 for edits that passed."""

    verdicts: list[Verdict] = field(default_factory=list)
    raw_files: list[RawFile] = field(default_factory=list)
    failing_rows: dict[str, int] = field(default_factory=dict)


def run_gate(setup: GateSetup, pending: Iterable[Pending]) -> GateResult:
    """Judge all pending submissions of one collection in one validation.

    Raises:
        GateError: the gate could not judge; nothing has been decided.
        SystemFailure: rows or dollars were lost between file and raw.
    """
    submissions = {p.submission_id: p for p in pending}
    contract = setup.contract
    spill = None if contract.pseudonymised_columns else setup.spill_folder
    connection = open_gate(spill)
    try:
        load_reference(connection, setup.seeds)
        table = GateTable(connection, contract)
        readings = _read_all(setup, submissions, table, connection)
        failing = judge(
            connection,
            contract.collection,
            [*(contract.rules if setup.rules is None else setup.rules), type_rule(contract)],
            [c.name for c in contract.typed_columns],
            contract.masked_columns,
        )
        return _decide(setup, connection, submissions, readings, failing)
    finally:
        connection.close()


def _read_all(setup: GateSetup, submissions: dict[str, Pending], table: GateTable, connection) -> dict[str, Reading]:
    requests = (
        Request(
            key=s.submission_id,
            data=lambda sha256=s.sha256: setup.open_bytes(sha256),
            contract=setup.contract.source_file,
            layouts=setup.layouts,
            layout=s.layout or "",
            lea_id=s.lea_id,
            fiscal_year=s.fiscal_year,
            only_lea=s.submission_id in setup.split_ids,
        )
        for s in submissions.values()
    )
    readings: dict[str, Reading] = {}
    with Workers(layout_references(connection)) as workers:
        for request, reading in workers.read_all(requests):
            s = submissions[request.key]
            if reading.table is not None:
                table.add(reading.table, s.submission_id, s.lea_id, s.fiscal_year, s.reporting_period)
                reading.table = None
            readings[s.submission_id] = reading
    table.flush()
    return readings


def layout_references(connection: duckdb.DuckDBPyConnection) -> dict[str, list[dict[str, str]]]:
    """Give the reference rows that layouts look things up in."""
    tables = {}
    for name in ("lea_alias", "account_classes"):
        found = connection.execute(f"select * from reference.{name}")
        names = [d[0] for d in found.description]
        tables[name] = [
            dict(zip(names, ["" if v is None else str(v) for v in row], strict=True)) for row in found.fetchall()
        ]
    return tables


def _decide(setup, connection, submissions, readings: dict[str, Reading], failing: dict[str, int]) -> GateResult:
    findings = _findings(setup.contract, connection, submissions, readings)
    _apply_waivers(connection, submissions, findings)
    suspended = {s for s, found in findings.items() if any(f.severity == "fatal" and not f.is_waived for f in found)}
    _mark_kept(connection, submissions, suspended)
    files = setup.write(connection, setup.contract) if len(suspended) < len(submissions) else []
    sums = _sums(connection, setup.contract)
    verdicts = [
        _verdict(setup.contract, s, readings[s], s in suspended, findings.get(s, []), sums.get(s, _NOTHING))
        for s in submissions
    ]
    return GateResult(verdicts, files, failing)


def _findings(contract: Contract, connection, submissions, readings: dict[str, Reading]) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for submission_id, reading in readings.items():
        found[submission_id] = [_left_out(contract, submission_id, one) for one in reading.excluded]
        found[submission_id] += [f for one in reading.excluded for f in _unreadable(contract, submission_id, one)]
        for fault in reading.faults:
            found.setdefault(submission_id, []).append(structural_finding(contract, submission_id, fault))
    # A cell that broke the form of its column has said so; that it also has no type is no second finding.
    rows = connection.execute(
        f"select * exclude (rank_of) from (select *, count(*) filter (where edit_id <> '{contract.collection}_type') over "
        "(partition by submission_id, row_number, column_name) as rank_of from findings) "
        f"where edit_id <> '{contract.collection}_type' or rank_of = 0 order by submission_id, edit_id, row_number, column_name"
    ).fetchall()
    for submission_id, edit_id, severity, row_number, column, value, message, fix in rows:
        found.setdefault(submission_id, []).append(
            Finding(submission_id, edit_id, severity, row_number, column, value, message, fix)
        )
    return found


def _left_out(contract: Contract, submission_id: str, excluded) -> Finding:
    money = f", {excluded.amount:,} dollars" if contract.amount_column else ""
    unread = f", {len(excluded.unreadable):,} amounts empty or not readable" if excluded.unreadable else ""
    message = f"Left out by the layout ({excluded.reason}): {excluded.record_count:,} records{money}{unread}."
    return Finding(submission_id, f"{contract.collection}_excluded", "info", None, None, None, message, _NO_FIX)


def _unreadable(contract: Contract, submission_id: str, excluded) -> list[Finding]:
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


def structural_finding(contract: Contract, submission_id: str, fault: Fault) -> Finding:
    """Give the finding for a structural fault."""
    sentence, fix = STRUCTURAL[fault.edit]
    value = shape(fault.value) if contract.masked_columns else fault.value
    return Finding(
        submission_id, f"{contract.collection}_{fault.edit}", "fatal", fault.row_number, fault.column_name, value,
        f"{sentence} {fault.detail}", fix,
    )  # fmt: skip


def _apply_waivers(connection, submissions: dict[str, Pending], findings: dict[str, list[Finding]]) -> None:
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
        if own:
            findings[submission_id] = [_waived(connection, finding, own) for finding in found]


def _waived(connection, finding: Finding, waivers: list[tuple]) -> Finding:
    for _, edit_id, row_from, row_to, effect, reason in waivers:
        low, high = int(row_from or 0), int(row_to or row_from or 10**12)
        if edit_id != finding.edit_id or not (low <= (finding.row_number or 0) <= high):
            continue
        if effect == "exclude":
            connection.execute(
                "insert into dropped_rows values (?, ?, ?)", [finding.submission_id, finding.row_number, reason]
            )
        return Finding(**{**finding.__dict__, "is_waived": True})
    return finding


def _mark_kept(connection, submissions: dict[str, Pending], suspended: set[str]) -> None:
    connection.execute("create or replace table kept_submissions (submission_id varchar, slot_fiscal_year varchar)")
    kept = [
        (s.submission_id, year_text(s.fiscal_year)) for s in submissions.values() if s.submission_id not in suspended
    ]
    if kept:
        connection.executemany("insert into kept_submissions values (?, ?)", kept)


_NOTHING = (0, 0, 0, None, None)


def _sums(connection, contract: Contract) -> dict[str, tuple]:
    """Per submission: raw rows kept, records with a kept row, records dropped, money kept, money dropped."""
    amount = contract.amount_column or "null::decimal(18,2)"
    rows = connection.execute(
        f"select t.submission_id, count(*) filter (where d.row_number is null), "
        f"count(distinct t.row_number) filter (where d.row_number is null), "
        f"count(distinct t.row_number) filter (where d.row_number is not null), "
        f"sum({amount}) filter (where d.row_number is null), sum({amount}) filter (where d.row_number is not null) "
        f"from {contract.collection} as t left join (select distinct submission_id, row_number from dropped_rows) as d "
        f"on d.submission_id = t.submission_id and d.row_number = t.row_number group by 1"
    ).fetchall()
    return {row[0]: row[1:] for row in rows}


def _verdict(
    contract: Contract, submission_id: str, reading: Reading, is_suspended: bool, findings, sums: tuple
) -> Verdict:
    rows, _, dropped_records, kept_money, dropped_money = sums
    by_layout = sum(e.record_count for e in reading.excluded)
    excluded = [
        Excluded(e.reason, e.record_count, e.amount if contract.amount_column else None) for e in reading.excluded
    ]
    if dropped_records:
        excluded.append(Excluded("waived_row", dropped_records, dropped_money))
    layout_money = sum((e.amount for e in reading.excluded), Decimal("0.00"))
    unreadable = reading.unreadable_amounts + sum(len(e.unreadable) for e in reading.excluded)
    if is_suspended:
        amounts = (
            Amounts(Decimal(0), Decimal(0), reading.amount_sum + layout_money, unreadable)
            if contract.amount_column
            else Amounts()
        )
        return Verdict(
            submission_id, "suspended", reading.record_count, 0, 0, reading.record_count, amounts, [], findings
        )
    kept, dropped = kept_money or Decimal("0.00"), dropped_money or Decimal("0.00")
    if contract.amount_column and kept + dropped != reading.amount_sum:
        raise SystemFailure(
            f"Submission {submission_id}: the amounts read ({reading.amount_sum}) are not those kept ({kept + dropped})."
        )
    amounts = (
        Amounts(kept, dropped + layout_money, Decimal("0.00"), unreadable) if contract.amount_column else Amounts()
    )
    return Verdict(
        submission_id,
        "accepted",
        reading.record_count,
        rows,
        by_layout + dropped_records,
        0,
        amounts,
        excluded,
        findings,
    )
