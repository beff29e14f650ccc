"""From a verdict to its report: whose file it is, what became of its records, what to do next.

Belongs here: filling `expectations.reports.report.Report` from contract, slot and verdict, for `check` and `findings` alike.
Does not belong here: how a report looks; reading the registry or the options of a verb.
"""

from __future__ import annotations

import csv
import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from expectations.causes import MARKED, SHORTENED
from expectations.reports.grouping import grouped
from expectations.reports.report import NOT_READ, Code, Edit, Flow, Report
from expectations.rules import Rule
from ingest.code_lists import CodeLists
from ingest.contracts import Contract
from ingest.edit_list import contract_edits
from ingest.layouts import Layout
from ingest.slots import SEVERAL_LEAS
from ingest.verdicts import Verdict

SHAPES = "Values about people are written by their shape only: 9 is any digit, A or a any letter. Look the value up in your file, by its row."


@dataclass(frozen=True)
class Occasion:
    """Which file, for which slot, judged when: what a report opens with. `submission_id` is empty for a file only checked."""

    file_name: str
    contract: Contract
    lea_id: str = ""
    fiscal_year: int | None = None
    reporting_period: str = ""
    layout: Layout | None = None
    sha256: str = ""
    submission_id: str = ""
    version: int | None = None
    received_at: str = ""
    judged_at: str = ""
    reference_version: str = ""
    seeds: Path | None = None
    more_edits: Mapping[str, Edit] = field(default_factory=dict)


def report_of(
    occasion: Occasion, verdict: Verdict, not_evaluated: Iterable[Edit] = (), is_brief: bool = False
) -> Report:
    """Put a verdict into the report of its file; `not_evaluated` are edits that were not judged here, a brief report is for a terminal."""
    contract, lists = occasion.contract, CodeLists(occasion.seeds)
    rules = {rule.edit_id: rule for rule in contract.rules}
    headers = headers_of(contract, occasion.layout)

    def codes(edit_id: str, column: str) -> list[Code]:
        """The edit's own list, else that of the edit which asks whether the column's value is one of a list."""
        is_of_value = edit_id in rules or edit_id.endswith((MARKED, SHORTENED))
        asked = [rules[edit_id]] if edit_id in rules and rules[edit_id].column == column else []
        asked += [rule for rule in rules.values() if rule.column == column and is_of_value]
        return next((found for rule in asked if (found := lists.of(rule, occasion.fiscal_year, occasion.lea_id))), [])

    edits = contract_edits(contract) | dict(occasion.more_edits)
    edits |= {
        edit_id: replace(edits[edit_id], expected=said) for edit_id, said in _of_the_slot(occasion, rules.values())
    }
    return Report(
        file_name=occasion.file_name,
        verdict=verdict.verdict,
        facts=tuple(_facts(occasion)),
        flows=tuple(_flows(verdict)),
        next_steps=tuple(_next_steps(occasion, verdict)),
        groups=grouped(verdict.findings, edits, headers, codes, is_brief),
        findings=tuple(verdict.findings),
        headers=headers,
        not_evaluated=tuple(not_evaluated),
        note=SHAPES
        if any(one.value and one.column_name in contract.masked_columns for one in verdict.findings)
        else "",
        unread=verdict.amounts.unreadable_count,
        excluded=tuple((one.reason, f"{one.count:,}", _money(one.amount)) for one in verdict.excluded),
    )


def _of_the_slot(o: Occasion, rules: Iterable[Rule]) -> Iterable[tuple[str, str]]:
    """What a cell must hold that says whose file it is."""
    for rule in rules:
        said = re.fullmatch(r"\w+ = slot_(lea_id|fiscal_year)", str(rule.arguments.get("expression", "")))
        of = said[1] if said else "lea_id" if rule.arguments.get("match") == {"lea_id": "lea_id"} else ""
        wanted = {"lea_id": o.lea_id, "fiscal_year": str(o.fiscal_year or "")}.get(of, "")
        if wanted and wanted != SEVERAL_LEAS:
            yield rule.edit_id, wanted


def headers_of(contract: Contract, layout: Layout | None) -> dict[str, str]:
    """The district's own name of each column: its layout's, else the contract's."""
    headers = {column.name: column.header for column in contract.columns}
    for name, rule in (layout.columns if layout else {}).items():
        if source := rule.get("from"):
            headers[name] = " + ".join(map(str, source)) if isinstance(source, list) else str(source)
    return headers


def _facts(o: Occasion) -> Iterable[tuple[str, str]]:
    lea = "several LEAs" if o.lea_id == SEVERAL_LEAS else o.lea_id
    yield "Collection", f"{o.contract.title} ({o.contract.collection})"
    for label, said in (
        ("LEA", lea),
        ("Fiscal year", str(o.fiscal_year or "")),
        ("Reporting period", o.reporting_period.replace("_", " ")),
        ("Due", _due(o)),
        ("Layout", o.layout.name if o.layout else "standard"),
        ("Submission", f"{o.submission_id}, version {o.version}" if o.submission_id else ""),
        ("Received", o.received_at),
        ("Judged", o.judged_at),
        ("sha256 of the file", o.sha256),
        ("Reference version", o.reference_version),
    ):
        if said:
            yield label, said


def _due(o: Occasion) -> str:
    """The deadline, where the state's calendar names one."""
    path = o.seeds / "calendar.csv" if o.seeds else None
    if path is None or not path.exists():
        return ""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.DictReader(stream):
            slot = (row["collection"], row["fiscal_year"], row["reporting_period"])
            if slot == (o.contract.collection, str(o.fiscal_year), o.reporting_period) and row["due_on"]:
                closes = f"; corrections until {row['closes_on']}" if row["closes_on"] else ""
                return row["due_on"] + closes
    return ""


def _flows(verdict: Verdict) -> Iterable[Flow]:
    if not verdict.record_count and not verdict.is_accepted:
        # What cannot be read cannot be counted; that is not the same as nothing.
        yield Flow("Records", NOT_READ, "0", "0", NOT_READ)
        return
    kept = verdict.record_count - verdict.excluded_count - verdict.suspended_count
    counts = (verdict.record_count, kept, verdict.excluded_count, verdict.suspended_count)
    yield Flow("Records", *(f"{count:,}" for count in counts))
    a = verdict.amounts
    if a.accepted is not None:
        dollars = (a.accepted + a.excluded + a.suspended, a.accepted, a.excluded, a.suspended)
        yield Flow("Dollars", *(_money(amount) for amount in dollars))


def _money(amount: object) -> str:
    return "" if amount is None else f"{amount:,.2f}"


def _next_steps(o: Occasion, verdict: Verdict) -> Iterable[str]:
    severities = {finding.severity for finding in verdict.findings if not finding.is_waived}
    name = shlex.quote(Path(o.file_name).name)
    own = f"--lea {o.lea_id or '…'} --collection {o.contract.collection} --fiscal-year {o.fiscal_year or '…'}"
    own += f" --period {o.reporting_period}" if o.reporting_period else ""
    if not verdict.is_accepted:
        yield "Mend every row below \u201cMust be fixed\u201d, in your accounting system or in the file."
        fatal = [f for f in verdict.findings if f.severity == "fatal" and not f.is_waived]
        rows = len({finding.row_number for finding in fatal if finding.row_number})
        if 1 < rows < len(verdict.findings):
            yield (
                f"{rows:,} rows must be mended, some for several reasons: one wrong cell may break several rules, and the sums of "
                "its fund or group. Mend the rows, judge the file again, and only then look for the cause of what is left. "
                "A value that neither the file nor this report tells stands in your books: look it up there."
            )
        yield f"Judge the mended file before you send it: edfin check {name} {own}"
        yield f"Send the whole file again, not only the mended rows: edfin submit {name} {own}"
        if "warning" in severities:
            yield (
                "What stands below \u201cMust be fixed or explained\u201d and is right may stay: once the file is accepted, "
                f'explain it: edfin explain-finding {o.submission_id or "SUBMISSION"} EDIT --text "\u2026"'
            )
        yield "If an edit is wrong about your data, write to the agency: it can waive an edit for named rows."
    elif "warning" in severities:
        yield "The file counts as it is. Look at every row below \u201cMust be fixed or explained\u201d."
        yield f"What is wrong: mend it and send the whole file again: edfin submit {name} {own}"
        yield f'What is right: explain it: edfin explain-finding {o.submission_id or "SUBMISSION"} EDIT --text "…"'
    else:
        yield (
            "Nothing. The file can be sent." if not o.submission_id else "Nothing. Keep this report with your records."
        )
