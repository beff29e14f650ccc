"""The report of a registered submission: its latest verdict, as the registry remembers it.

Belongs here: from registry events and landing to what `ingest.report_facts` asks. Does not belong here: options (`cli_report`).
"""

from __future__ import annotations

from decimal import Decimal

from expectations.reports.report import Report
from ingest.cells import Cells, read_cells
from ingest.contracts import Contract, contracts
from ingest.edit_list import accepted_edits
from ingest.landing import Landing
from ingest.layouts import Layout, read_layouts
from ingest.reference import open_version
from ingest.refusals import Refusal
from ingest.registry import Registry
from ingest.registry_submissions import SubmissionRow
from ingest.registry_tables import utc_text
from ingest.report_facts import Occasion, report_of
from ingest.settings import Settings
from ingest.verdicts import Amounts, Excluded, Verdict


def report_of_submission(
    settings: Settings, registry: Registry, row: SubmissionRow
) -> tuple[Report, Contract, Layout | None]:
    """Report the latest verdict, by the reference version it was reached with; with the contract and the layout of the file.

    Raises:
        Refusal: it has not been judged yet.
    """
    judged = registry.events(event_types=("accepted", "suspended"), submission_id=row.submission_id)
    if not judged:
        raise Refusal(f"Submission {row.submission_id} has not been judged yet: run `edfin nightly`.")
    event = judged[-1]
    contract = contracts(settings.sources_folder)[row.collection]
    reference = open_version(settings, event.payload["reference_version"])
    layouts = read_layouts(reference.layouts) if reference.layouts.exists() else {}
    layout = layouts.get(event.payload.get("layout") or row.layout)
    occasion = Occasion(
        file_name=row.file_name, contract=contract, lea_id=row.lea_id, fiscal_year=row.fiscal_year,
        reporting_period=row.reporting_period, layout=layout, sha256=row.sha256, submission_id=row.submission_id,
        version=row.version, received_at=utc_text(row.received_at), judged_at=utc_text(event.at),
        reference_version=reference.version, seeds=reference.seeds,
        more_edits=accepted_edits(settings.project, row.collection),
    )  # fmt: skip
    verdict = _verdict(row, event.event_type, event.payload, registry.findings(row.submission_id))
    return report_of(occasion, verdict), contract, layout


def rows_of(settings: Settings, row: SubmissionRow, layout: Layout | None) -> Cells | None:
    """The submitted file's rows, decrypted into memory and read in a limited process."""
    return read_cells(Landing.open(settings).open_bytes(row.sha256), layout.file if layout else {})


def _verdict(row: SubmissionRow, said: str, payload: dict, findings: list) -> Verdict:
    def money(name: str) -> Decimal | None:
        return None if payload.get(name) is None else Decimal(payload[name])

    amounts = Amounts(
        money("accepted_amount"), money("excluded_amount"), money("suspended_amount"), payload["unreadable_count"]
    )
    excluded = [
        Excluded(one["reason"], one["count"], None if one["amount"] is None else Decimal(one["amount"]))
        for one in payload["excluded"]
    ]
    counts = {name: payload[name] for name in ("record_count", "row_count", "excluded_count", "suspended_count")}
    return Verdict(
        row.submission_id, said, **counts, amounts=amounts, excluded=excluded, findings=findings,
        layout=payload.get("layout"),
    )  # fmt: skip
