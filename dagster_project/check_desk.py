"""What `edfin check` works with: the reference as it is now, contracts, and the report of each answer.

Belongs here: opening these once for all files of a call, and giving answers in the order asked.
Does not belong here: options (`cli_check`), judging (`ingest.check`).
"""

from __future__ import annotations

import hashlib
import importlib.util
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import click

from expectations.reports.report import Edit, Report
from ingest.addressing import Addressing
from ingest.check import Answer, Checked, check_files
from ingest.check_rows import target_names
from ingest.contracts import Contract, ContractError, contracts, read_contract
from ingest.controls import Controls
from ingest.edit_list import accepted_edits, contract_edits
from ingest.layouts import Layout, read_layouts
from ingest.manifest import read_manifest
from ingest.reference import gather
from ingest.refusals import Refusal
from ingest.report_facts import Occasion, report_of
from ingest.settings import Settings
from ingest.slots import DEFAULT_PERIOD, Slot


class CheckDesk:
    """One call's files, judged by collection."""

    def __init__(self, settings: Settings, scratch: Path, own_contract: Path | None):
        self.settings, self._scratch = settings, scratch
        self._seen: dict[str, set[str]] = {}
        self.own_contract = read_own(own_contract) if own_contract else None
        files = gather(settings)
        self._addressing = Addressing(files)
        for path, data in files.items():
            target = scratch / path
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(data)

    @classmethod
    @contextmanager
    def open(cls, own_contract: Path | None) -> Iterator[CheckDesk]:
        """Open a desk whose copy of the reference lasts as long as the call."""
        with tempfile.TemporaryDirectory() as scratch:
            yield cls(Settings.read(), Path(scratch), own_contract)

    @property
    def seeds(self) -> Path:
        return self._scratch / "seeds"

    @cached_property
    def layouts(self) -> dict[str, Layout]:
        folder = self._scratch / "layouts"
        return read_layouts(folder) if folder.exists() else {}

    def contract(self, collection: str) -> Contract:
        """The contract files of a collection are judged by."""
        if self.own_contract:
            return self.own_contract
        known = contracts(self.settings.sources_folder)
        if collection not in known:
            raise click.UsageError(f"there is no collection {collection}; known are {', '.join(known)}.")
        return known[collection]

    def files(
        self, paths, lea_id: str, collection: str, fiscal_year: int | None, period: str, layout: str,
        controls: tuple[str, str] = ("", ""),
    ) -> dict:  # fmt: skip
        """Files of one slot's kind, under their collection."""
        contract = self.contract(collection)
        period = period or DEFAULT_PERIOD.get(contract.collection, "")
        if period and contract.reporting_periods and period not in contract.reporting_periods:
            raise Refusal(
                f"reporting period '{period}' is none of {contract.collection}'s: choose one of {', '.join(contract.reporting_periods)}."
            )
        texts = Controls.stated(*controls, bool(contract.amount_column)).texts
        listed = [_checked(n, path, lea_id, fiscal_year, period, layout, texts) for n, path in enumerate(paths)]
        return {contract.collection: listed}

    def manifest_files(self, manifest: Path, folder: Path | None) -> dict[str, list[Checked]]:
        """The files of a manifest by collection; any problem of it is refused before any work."""
        known = contracts(self.settings.sources_folder)
        periods = {name: c.reporting_periods for name, c in known.items()}
        read = read_manifest(manifest, folder or manifest.parent, "check", periods)
        if read.problems:
            raise Refusal("; ".join(read.problems))
        groups: dict[str, list[Checked]] = {}
        for n, r in enumerate(read.requests):
            collection = r.collection.strip().lower()
            period = r.reporting_period.strip().lower() or DEFAULT_PERIOD[collection]
            texts = Controls.stated(r.control_count, r.control_total, bool(known[collection].amount_column)).texts
            one = _checked(n, r.path, r.lea_id.strip(), int(r.fiscal_year), period, r.layout.strip(), texts)
            groups.setdefault(collection, []).append(one)
        return groups

    def doubts(self, groups: dict[str, list[Checked]]) -> list[str]:
        """What the state does not know of these files' slots: one sentence each, said once."""
        slots = [
            Slot(one.lea_id, collection, one.fiscal_year, one.reporting_period)
            for collection, listed in groups.items()
            for one in listed
            if one.has_slot and not self.own_contract
        ]
        return list(dict.fromkeys(doubt for slot in slots for doubt in self._addressing.doubts(slot)))

    def answers(self, groups: dict[str, list[Checked]], rows_into: Path | None) -> Iterator[tuple[Checked, Answer]]:
        """Judge everything, a validation a collection; answers come in the order the files were given."""
        layouts = self._scratch / "layouts"
        targets = target_names([one for listed in groups.values() for one in listed], rows_into)
        found = (
            pair
            for collection, listed in groups.items()
            for pair in zip(
                listed,
                check_files(
                    self.contract(collection), listed, self.seeds, layouts if layouts.exists() else None, targets
                ),
                strict=True,
            )
        )
        yield from found if len(groups) < 2 else sorted(found, key=lambda pair: pair[0].submission_id)

    def across(self, groups: dict[str, list[Checked]], rows_into: Path | None) -> Iterator[tuple[Checked, Answer]]:
        """The same, with what the edits on accepted data find in these files beside the gate's findings.

        Raises:
            Refusal: dbt is not installed, or a file has no slot.
        """
        if importlib.util.find_spec("dbt") is None:
            raise Refusal("Edits across files need the whole of edfin: pip install 'edfin[full]'.")
        if self.own_contract or not all(one.has_slot for listed in groups.values() for one in listed):
            raise Refusal("Edits across files need the LEA and the year of every file, and the state's own contracts.")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Dagster calls beta is no news for a district
            from dagster_project.rehearsal import reviews_of, suffice

        pairs = list(self.answers(groups, rows_into))
        found, answers = reviews_of(self.settings, groups), [answer for _, answer in pairs]
        for one, answer in pairs:
            reviewed = [e for e in self.unseen(answer.contract) if suffice(e, one, groups, answers)]
            self._seen[one.submission_id] = {edit.edit_id for edit in reviewed}
            own = [f for f in found.get(one.submission_id, []) if f.edit_id in self._seen[one.submission_id]]
            verdict = replace(answer.verdict, findings=[*answer.verdict.findings, *own])
            yield one, replace(answer, verdict=verdict)

    def layout_of(self, one: Checked, answer: Answer) -> Layout | None:
        """The layout the file was read with; None for the standard one."""
        return self.layouts.get(answer.verdict.layout or one.layout)

    def report(self, one: Checked, answer: Answer, is_brief: bool = False) -> Report:
        """The report of one file, with the edits on accepted data among those not evaluated."""
        contract = answer.contract
        edits = contract_edits(contract)
        occasion = Occasion(
            file_name=str(one.path), contract=contract, lea_id=one.lea_id, fiscal_year=one.fiscal_year,
            reporting_period=one.reporting_period, layout=self.layout_of(one, answer), sha256=one.sha256,
            judged_at=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC, offline"), seeds=self.seeds,
        )  # fmt: skip
        skipped = [edits[rule.edit_id] for rule in answer.not_evaluated]
        unseen = self.unseen(contract, one.submission_id)
        return report_of(occasion, answer.verdict, [*skipped, *unseen], is_brief)

    def unseen(self, contract: Contract, submission_id: str = "") -> list[Edit]:
        """The edits on accepted data that were not made: they look at files and years that are not here."""
        seen = self._seen.get(submission_id, ())
        of_collection = [e for e in self._accepted if e.collection == contract.collection and e.edit_id not in seen]
        return [] if self.own_contract else of_collection

    @cached_property
    def _accepted(self) -> list[Edit]:
        return list(accepted_edits(self.settings.project).values())


def read_own(path: Path) -> Contract:
    """A contract of one's own.

    Raises:
        Refusal: it cannot be used; the contract's own words say why.
    """
    try:
        return read_contract(path)
    except ContractError as problem:
        raise Refusal(str(problem)) from None


def _checked(
    number: int, path: Path, lea: str, year: int | None, period: str, layout: str, controls: tuple[str, str]
) -> Checked:
    try:
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as problem:
        raise Refusal(f"{path}: cannot be read ({problem.strerror}).") from problem
    return Checked(path, f"{number:09d}", sha256, lea, year, period, layout, controls)
