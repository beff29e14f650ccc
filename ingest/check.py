"""Checking files without a warehouse: what a district does before it submits.

Belongs here: the gate's own judgement over files on disk, and which edits cannot be evaluated here.
Does not belong here: landing, registry, keys: nothing is kept; staff ids in `rows_into` stay as the district wrote them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb

from expectations.rules import Rule
from ingest.contracts import Contract
from ingest.gate import GateSetup, run_gate
from ingest.slots import SEVERAL_LEAS
from ingest.verdicts import RawFile, Verdict


@dataclass(frozen=True)
class Checked:
    """A file as the gate sees it: its slot as far as it is known."""

    path: Path
    submission_id: str
    sha256: str
    lea_id: str
    fiscal_year: int | None
    reporting_period: str
    layout: str


@dataclass(frozen=True)
class Answer:
    """What the gate would say of one file."""

    path: Path
    verdict: Verdict
    not_evaluated: list[Rule]


def check_files(
    contract: Contract, files: Iterable[Checked], seeds: Path | None, layouts: Path | None, rows_into: Path | None
) -> Iterator[Answer]:
    """Judge files of one collection.

    Args:
        contract: the collection.
        files: the files and what is known of their slots.
        seeds: reference tables, None where there are none (a contract of one's own).
        layouts: folder of layouts, or None.
        rows_into: where to write the accepted rows, one Parquet a file.

    Raises:
        GateError: the gate could not judge.
    """
    listed = list(files)
    by_id = {one.submission_id: one for one in listed}
    has_slot = all(one.lea_id not in ("", SEVERAL_LEAS) and one.fiscal_year for one in listed)
    skipped = [] if has_slot else [rule for rule in contract.rules if _needs_slot(rule)]
    if seeds is None:
        skipped += [rule for rule in contract.rules if rule not in skipped and _needs_reference(rule)]
    with tempfile.TemporaryDirectory() as empty:
        setup = GateSetup(
            contract=contract,
            seeds=seeds or Path(empty),
            layouts=layouts,
            spill_folder=Path(empty),
            open_bytes=lambda sha256: _bytes_of(by_id, sha256),
            write=partial(_write_each, names={i: one.path.name for i, one in by_id.items()}, folder=rows_into),
            rules=tuple(rule for rule in contract.rules if rule not in skipped),
        )
        result = run_gate(setup, listed)
    for verdict in result.verdicts:
        yield Answer(by_id[verdict.submission_id].path, verdict, skipped)


def _bytes_of(by_id: dict[str, Checked], sha256: str) -> bytes:
    return next(one.path for one in by_id.values() if one.sha256 == sha256).read_bytes()


def _needs_slot(rule: Rule) -> bool:
    return "slot_" in str(rule.arguments) or rule.kind == "date_in_fiscal_year"


def _needs_reference(rule: Rule) -> bool:
    return rule.kind in (
        "in_code_list",
        "exists_in_reference",
        "account_is_mapped",
        "date_in_fiscal_year",
        "amount_share_between",
    )


def _write_each(
    connection: duckdb.DuckDBPyConnection, contract: Contract, names: dict[str, str], folder: Path | None
) -> list[RawFile]:
    if folder is None:
        return []
    folder.mkdir(parents=True, exist_ok=True)
    columns = ", ".join(f"t.{name}" for name in contract.column_names)
    for (submission_id,) in connection.execute("select submission_id from kept_submissions").fetchall():
        target = str(folder / f"{names[submission_id]}.parquet").replace("'", "''")
        connection.execute(
            f"copy (select cast(t.row_number as integer) as row_number, {columns} from {contract.collection} as t "
            f"where t.submission_id = '{submission_id}' and not exists (select 1 from dropped_rows as d "
            f"where d.submission_id = t.submission_id and d.row_number = t.row_number) order by t.row_number) "
            f"to '{target}' (format parquet)"
        )
    return []
