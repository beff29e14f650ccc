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

from expectations.judge import judge
from expectations.rules import Rule
from expectations.sql_parts import ident
from ingest.contracts import Contract
from ingest.gate_findings import apply_waivers, collect_findings, tell_causes
from ingest.gate_table import GateTable, load_reference, open_gate, own_rules, year_text
from ingest.reading import Reading
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
    controls: tuple[str, str]


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
            [*(contract.rules if setup.rules is None else setup.rules), *own_rules(contract)],
            [c.name for c in contract.typed_columns],
            contract.masked_columns,
            contract.headers,
        )
        return _decide(setup, connection, submissions, readings, failing)
    finally:
        connection.close()


def _read_all(setup: GateSetup, submissions: dict[str, Pending], table: GateTable, connection) -> dict[str, Reading]:
    readings: dict[str, Reading] = {}
    with Workers(layout_references(connection)) as workers:
        for key, reading in workers.read_all(_requests(setup, submissions)):
            s = submissions[key]
            if reading.table is not None:
                table.add(reading.table, s.submission_id, s.lea_id, s.fiscal_year, s.reporting_period)
                reading.table = None
            readings[s.submission_id] = reading
    table.flush()
    return readings


def _requests(setup: GateSetup, submissions: dict[str, Pending]) -> Iterable[Request]:
    """One request a file: the parts of a file of several LEAs are read together."""
    together: dict[tuple, list[Pending]] = {}
    for s in submissions.values():
        is_part = s.submission_id in setup.split_ids
        key = (s.sha256, s.layout, s.fiscal_year, s.controls) if is_part else (s.submission_id,)
        together.setdefault(key, []).append(s)
    for same in together.values():
        s = same[0]
        yield Request(
            key=s.submission_id,
            data=lambda sha256=s.sha256: setup.open_bytes(sha256),
            contract=setup.contract.source_file,
            layouts=setup.layouts,
            layout=s.layout or "",
            lea_id=s.lea_id,
            fiscal_year=s.fiscal_year,
            parts=tuple((one.submission_id, one.lea_id) for one in same) if s.submission_id in setup.split_ids else (),
            controls=s.controls,
        )


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
    findings = collect_findings(setup.contract, connection, readings)
    apply_waivers(connection, submissions, findings)
    tell_causes(setup.contract, findings)
    suspended = {s for s, found in findings.items() if any(f.severity == "fatal" and not f.is_waived for f in found)}
    _mark_kept(connection, submissions, suspended)
    files = setup.write(connection, setup.contract) if len(suspended) < len(submissions) else []
    sums = _sums(connection, setup.contract)
    verdicts = [
        _verdict(setup.contract, s, readings[s], s in suspended, findings.get(s, []), sums.get(s, _NOTHING))
        for s in submissions
    ]
    return GateResult(verdicts, files, failing)


def _mark_kept(connection, submissions: dict[str, Pending], suspended: set[str]) -> None:
    connection.execute("create or replace table kept_submissions (submission_id varchar, slot_fiscal_year varchar)")
    kept = [
        (s.submission_id, year_text(s.fiscal_year)) for s in submissions.values() if s.submission_id not in suspended
    ]
    if kept:
        ids, years = (list(part) for part in zip(*kept, strict=True))
        connection.execute(
            "insert into kept_submissions select unnest(?::varchar[]), unnest(?::varchar[])", [ids, years]
        )


_NOTHING = (0, 0, 0, None, None)


def _sums(connection, contract: Contract) -> dict[str, tuple]:
    """Per submission: raw rows kept, records with a kept row, records dropped, money kept, money dropped."""
    amount = f"t.{ident(contract.amount_column)}" if contract.amount_column else "null::decimal(18,2)"
    rows = connection.execute(
        f"select t.submission_id, count(*) filter (where d.row_number is null), "
        f"count(distinct t.row_number) filter (where d.row_number is null), "
        f"count(distinct t.row_number) filter (where d.row_number is not null), "
        f"sum({amount}) filter (where d.row_number is null), sum({amount}) filter (where d.row_number is not null) "
        f"from {ident(contract.collection)} as t left join (select distinct submission_id, row_number from dropped_rows) as d "
        f"on d.submission_id = t.submission_id and d.row_number = t.row_number group by 1"
    ).fetchall()
    return {row[0]: row[1:] for row in rows}


def _verdict(
    contract: Contract, submission_id: str, reading: Reading, is_suspended: bool, findings, sums: tuple
) -> Verdict:
    rows, kept_records, dropped_records, kept_money, dropped_money = sums
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
            submission_id, "suspended", reading.record_count, 0, 0, reading.record_count, amounts, [], findings,
            reading.layout or None,
        )  # fmt: skip
    if kept_records + dropped_records + by_layout != reading.record_count:
        raise SystemFailure(
            f"Submission {submission_id}: {reading.record_count} records were read, "
            f"{kept_records} kept and {dropped_records + by_layout} excluded."
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
        reading.layout or None,
    )
