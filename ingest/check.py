"""Checking files without a warehouse: what a district does before it submits.

Belongs here: the gate's own judgement over files on disk, and which edits cannot be evaluated here.
Does not belong here: landing, registry, keys: nothing is kept (`check_rows` writes the rows asked for).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from expectations.queries import KINDS
from expectations.rules import Rule
from ingest.check_rows import write_each
from ingest.contracts import Contract
from ingest.gate import GateSetup, run_gate
from ingest.slots import SEVERAL_LEAS
from ingest.verdicts import Verdict


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
    controls: tuple[str, str] = ("", "")

    @property
    def has_slot(self) -> bool:
        return bool(self.lea_id not in ("", SEVERAL_LEAS) and self.fiscal_year)


@dataclass(frozen=True)
class Answer:
    """What the gate would say of one file; `rows_file` is where its rows were written, if they were."""

    path: Path
    contract: Contract
    verdict: Verdict
    not_evaluated: list[Rule]
    rows_file: Path | None = None


def check_files(
    contract: Contract,
    files: Iterable[Checked],
    seeds: Path | None,
    layouts: Path | None,
    rows_files: Mapping[str, Path] | None = None,
) -> Iterator[Answer]:
    """Judge files of one collection, in one validation; answers come in the order of the files.

    Args:
        contract: the collection.
        files: the files and what is known of their slots; a file of unknown slot is judged by what needs none.
        seeds: reference tables, None where there are none (a contract of one's own).
        layouts: folder of layouts, or None.
        rows_files: where to write the accepted rows of each file, by its submission id (`check_rows.target_names`).

    Raises:
        GateError: the gate could not judge.
    """
    listed = list(files)
    targets = dict(rows_files or {})
    answers: dict[str, Answer] = {}
    for has_slot in (True, False):
        batch = [one for one in listed if one.has_slot is has_slot]
        skipped = [] if has_slot else [rule for rule in contract.rules if _needs_slot(rule)]
        skipped += [rule for rule in contract.rules if rule not in skipped and not _has_reference(rule, seeds)]
        for one, verdict in _judged(contract, batch, seeds, layouts, targets, skipped):
            written = targets.get(one.submission_id) if verdict.is_accepted else None
            answers[one.submission_id] = Answer(one.path, contract, verdict, skipped, written)
    for one in listed:
        yield answers.pop(one.submission_id)


def _judged(
    contract: Contract,
    batch: list[Checked],
    seeds: Path | None,
    layouts: Path | None,
    targets: dict[str, Path],
    skipped: list[Rule],
) -> Iterator[tuple[Checked, Verdict]]:
    if not batch:
        return
    by_id = {one.submission_id: one for one in batch}
    by_bytes = {one.sha256: one.path for one in batch}
    with tempfile.TemporaryDirectory() as empty:
        setup = GateSetup(
            contract=contract,
            seeds=seeds or Path(empty),
            layouts=layouts,
            spill_folder=Path(empty),
            open_bytes=lambda sha256: by_bytes[sha256].read_bytes(),
            write=partial(write_each, targets=targets),
            rules=tuple(rule for rule in contract.rules if rule not in skipped),
        )
        result = run_gate(setup, batch)
    for verdict in result.verdicts:
        yield by_id[verdict.submission_id], verdict


def _needs_slot(rule: Rule) -> bool:
    return "slot_" in str(rule.arguments) or rule.kind in ("date_in_fiscal_year", "in_force", "reference_is_covered")


def _has_reference(rule: Rule, seeds: Path | None) -> bool:
    """Whether the reference tables a rule looks up are here; a contract of one's own may name others."""
    arguments = rule.arguments
    if seeds is None:
        looks_up = KINDS[rule.kind].needs_reference or arguments.get("is_mapped")
        return not looks_up and "reference." not in str(arguments)
    return "table" not in arguments or (seeds / f"{arguments['table']}.csv").is_file()
