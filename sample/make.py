"""Make the sample state: LEA by LEA, so that memory does not grow with the state.

Belongs here: the order of work, which slot holds what, and what stands after the night.
Does not belong here: drawing (`agencies`, `spending`, ...), the form of files (`files`) or of truth (`keep`).
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sample import (
    agencies,
    courses,
    defects,
    files,
    lineage,
    membership,
    outcomes,
    people,
    postings,
    spending,
    timetable,
    truth,
)
from sample.agencies import Lea
from sample.keep import Truth
from sample.membership import Pupils
from sample.truth_panel import Panel
from sample.truth_staff import staffing_row

MANIFEST = ("file", "lea_id", "collection", "fiscal_year", "reporting_period", "layout", "received_at")
REFERENCE = {
    "leas": "lea_id,nces_lea_id,lea_name,lea_type_code,is_charter,locale_code,region_name,lineage_id,first_fiscal_year,last_fiscal_year,source",
    "schools": "school_id,lea_id,nces_school_id,school_name,school_level,designation_code,is_title_i,first_fiscal_year,last_fiscal_year,source",
    "lea_events": "event_id,event_type,effective_fiscal_year,from_lea_id,to_lea_id,weight,weight_basis,is_estimated,source",
    "lea_alias": "alias,lea_id,source",
    "cwift_lea": "lea_id,index_year,cwift,cwift_se,source",
    "calendar": "collection,fiscal_year,reporting_period,opens_on,due_on,closes_on,source",
    "expected_submissions": "collection,fiscal_year,reporting_period,lea_id,source",
}
HEADERS = {"ledger": postings.HEADER, "membership": membership.FALL_HEADER, "staff": people.HEADER,
           "sections": courses.HEADER, "outcomes": outcomes.HEADER}  # fmt: skip
Rows = list[tuple[str, ...]]


@dataclass
class Year:
    """Everything planted for one LEA-year, and the versions that stand: slot -> accepted version."""

    fiscal_year: int
    pupils: Pupils
    plan: spending.Plan
    assignments: list[people.Assignment]
    staffing: people.Staffing
    sections: list[courses.Section]
    rows: dict[tuple[str, str], Rows]
    accepted: dict[tuple[str, str], int] = field(default_factory=dict)

    def stands(self, collection: str, period: str) -> bool:
        return (collection, period) in self.accepted


@dataclass
class Run:
    """Where the run writes to, and what every LEA needs."""

    into: Path
    truth: Truth
    manifest: Any
    last_year: int
    seed: int
    deck: defects.Deck | None
    panel: Panel


def make(
    into: Path,
    reference_into: Path,
    truth_into: Path,
    leas: int = 60,
    first_year: int = 2021,
    last_year: int = 2025,
    seed: int = 1,
    errors: bool = False,
) -> Path:
    """Write the sample state and its truth; the same arguments give the same bytes.

    Args:
        into: folder for the districts' files and `manifest.csv`.
        reference_into: folder for the directory, calendar and other reference tables of the sample.
        truth_into: folder for `<table>.parquet`.
        errors: plant defects; see `sample.defects`.

    Returns:
        The manifest's path.
    """
    into.mkdir(parents=True, exist_ok=True)
    reference_into.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        out = {name: _table(stack, reference_into / f"{name}.csv", head.split(",")) for name, head in REFERENCE.items()}
        out["calendar"].writerows(timetable.calendar_rows(first_year, last_year))
        out["expected_submissions"].writerows(timetable.expected_rows(first_year, last_year))
        manifest = _table(stack, into / "manifest.csv", MANIFEST)
        kept = stack.enter_context(Truth(truth_into))
        events = lineage.events(leas, first_year, last_year)
        out["lea_events"].writerows(lineage.event_rows(events))
        run = Run(into, kept, manifest, last_year, seed, defects.Deck(seed) if errors else None, Panel(events))
        for lea in agencies.draw_leas(leas, first_year, events, seed):
            out["leas"].writerows(agencies.lea_rows(lea))
            out["schools"].writerows(agencies.school_rows(lea))
            out["lea_alias"].writerows(agencies.alias_rows(lea))
            out["cwift_lea"].writerows(agencies.cwift_rows(lea))
            _make_lea(run, lea, [year for year in range(first_year, last_year + 1) if lea.is_open(year)])
        for row in run.panel.rows():
            kept.add("lea_panel", [row])
    return into / "manifest.csv"


def _table(stack: ExitStack, path: Path, header: list[str] | tuple[str, ...]) -> Any:
    writer = csv.writer(stack.enter_context(path.open("w", newline="", encoding="utf-8")), lineterminator="\n")
    writer.writerow(header)
    return writer


def _make_lea(run: Run, lea: Lea, years: list[int]) -> None:
    workforce = people.Workforce(lea, run.seed)
    opening: dict[str, int] = {}
    previous: tuple[Year, truth.Books | None] | None = None
    for fiscal_year in years:
        year = _draw(run, lea, fiscal_year, workforce, opening)
        for turn in timetable.story(lea, fiscal_year, run.last_year, run.seed):
            _send(run, lea, year, turn)
        year.rows.clear()
        if previous:
            _keep_staffing(run, lea, *previous, year)
        previous = year, _keep_money(run, lea, year)
    if previous:
        _keep_staffing(run, lea, *previous, None)


def _draw(run: Run, lea: Lea, fiscal_year: int, workforce: people.Workforce, opening: dict[str, int]) -> Year:
    seed = run.seed
    pupils = membership.draw_pupils(lea, fiscal_year, seed)
    plan = spending.draw_plan(lea, fiscal_year, pupils, seed)
    assignments = people.paid(workforce.year(fiscal_year, pupils), spending.pay(plan))
    sections = courses.draw_sections(lea, fiscal_year, pupils, assignments, seed)
    before = dict(opening)
    unaudited = postings.actual_lines(plan, lea, fiscal_year, seed, opening, is_audited=False)
    rows = {
        ("ledger", "adopted_budget"): list(postings.budget_lines(unaudited, lea, fiscal_year, seed, "adopted")),
        ("ledger", "revised_budget"): list(postings.budget_lines(unaudited, lea, fiscal_year, seed, "revised")),
        ("ledger", "actual_unaudited"): unaudited,
        ("membership", "fall"): list(membership.fall_rows(lea, fiscal_year, pupils, seed)),
        ("membership", "year_end"): list(membership.year_end_rows(lea, fiscal_year, pupils)),
        ("staff", "fall"): list(people.staff_rows(lea, fiscal_year, assignments)),
        ("sections", "fall"): list(courses.section_rows(lea, fiscal_year, sections)),
        ("outcomes", "final"): list(outcomes.outcome_rows(lea, fiscal_year, pupils, seed)),
    }
    if fiscal_year < run.last_year:
        opening.clear()
        opening.update(before)
        rows["ledger", "actual_audited"] = postings.actual_lines(plan, lea, fiscal_year, seed, opening, is_audited=True)
    return Year(fiscal_year, pupils, plan, assignments, people.staffing(assignments), sections, rows)


def _send(run: Run, lea: Lea, year: Year, turn: timetable.Turn) -> None:
    """Write the versions of one slot and keep what stands after them."""
    window, versions = turn.window, list(turn.versions)
    slot = window.collection, window.period
    defect = None
    if run.deck and versions == ["clean"] and not timetable.is_needed(lea, year.fiscal_year, window):
        defect, versions = run.deck.deal(slot, year.rows[slot])
    for number, version in enumerate(versions, start=1):
        rows = _outdated(slot, year) if version == "outdated" else year.rows[slot]
        spoiled = defects.spoil(defect, slot[0], HEADERS[slot[0]], rows) if version == "spoiled" and defect else None
        form = "csv" if spoiled else _form(lea)
        data = spoiled.data if spoiled else files.content(*_optional(lea, slot[0], rows), form)
        name = f"{lea.lea_id}/{year.fiscal_year}/{slot[0]}_{slot[1]}_{number}.{form}"
        path = run.into / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        run.manifest.writerow(
            (
                name,
                lea.lea_id,
                slot[0],
                year.fiscal_year,
                slot[1],
                "standard",
                timetable.received_at(turn.received_on, number - 1),
            )
        )
        if spoiled and defect:
            run.truth.add("findings", list(_findings(lea, year.fiscal_year, slot, defect, spoiled)))
        if not (defect and spoiled and defect.is_fatal):
            year.accepted[slot] = number
    if versions or window.is_expected:
        run.truth.add("submission_quality", [_quality_row(lea, year, turn, len(versions))])


def _outdated(slot: tuple[str, str], year: Year) -> Rows:
    """A first version that a later one corrects.

    A decimal point slipped in the ledger; audited books before the auditor's entries; rows missing elsewhere.
    """
    rows = year.rows[slot]
    if slot[1] == "actual_audited":
        return year.rows["ledger", "actual_unaudited"]
    if slot[0] == "ledger":
        return [(*row[:-1], f"{row[-1][:-3]}0{row[-1][-3:]}") if i % 29 == 3 else row for i, row in enumerate(rows)]
    if slot[0] == "membership":
        # The last school is missing; in a district of one, its last grade.
        place = 2 if len({row[2] for row in rows}) > 1 else 3
        last = max(row[place] for row in rows)
        return [row for row in rows if row[place] != last]
    return [row for i, row in enumerate(rows) if i % 23 != 5]


def _form(lea: Lea) -> str:
    if lea.pupils < 700 and lea.index % 3 == 0:
        return "xlsx"
    return {4: "csv.gz", 6: "parquet"}.get(lea.index % 10, "csv")


def _optional(lea: Lea, collection: str, rows: Rows) -> tuple[tuple[str, ...], Rows]:
    """Some accounting systems do not print the ledger's optional level and location codes."""
    header = HEADERS[collection]
    if collection != "ledger" or lea.index % 5 != 1:
        return header, rows
    return (*header[:9], *header[10:12], *header[13:]), [(*row[:9], *row[10:12], *row[13:]) for row in rows]


def _findings(
    lea: Lea, fiscal_year: int, slot: tuple[str, str], defect: defects.Defect, spoiled: defects.Spoiled
) -> Iterator[dict[str, Any]]:
    sha256 = hashlib.sha256(spoiled.data).hexdigest()
    for edit_id, row_number, column, is_consequence in spoiled.findings:
        yield {"sha256": sha256, "collection": slot[0], "lea_id": lea.lea_id, "fiscal_year": fiscal_year,
               "reporting_period": slot[1], "defect": defect.name, "edit_id": edit_id, "row_number": row_number,
               "column_name": column, "is_consequence": is_consequence}  # fmt: skip


def _quality_row(lea: Lea, year: Year, turn: timetable.Turn, count: int) -> dict[str, Any]:
    window = turn.window
    slot = window.collection, window.period
    row: dict[str, Any] = {"lea_id": lea.lea_id, "collection": slot[0], "fiscal_year": year.fiscal_year, "reporting_period": slot[1],
                           "is_expected": window.is_expected, "submission_count": count}  # fmt: skip
    due: date = timetable.day(year.fiscal_year, window.due)
    if not count:
        # The sample's last due day is past when it is made: what never came is late.
        return row | {"status": "never_submitted", "due_on": due, "is_late": True}
    late = max(0, (turn.received_on - due).days)
    first = datetime.fromisoformat(timetable.received_at(turn.received_on, 0)).replace(tzinfo=None)
    return row | {
        "status": "accepted" if slot in year.accepted else "suspended", "latest_version": count,
        "accepted_version": year.accepted.get(slot), "is_late": late > 0, "due_on": due,
        "first_received_at": first, "days_late": late or None,
    }  # fmt: skip


def _keep_money(run: Run, lea: Lea, year: Year) -> truth.Books | None:
    period = next((p for p in ("actual_audited", "actual_unaudited") if year.stands("ledger", p)), None)
    books = truth.keep_books(year.plan, year.fiscal_year, period == "actual_audited") if period else None
    fall = year.pupils if year.stands("membership", "fall") else None
    end = year.pupils if year.stands("membership", "year_end") else None
    spent = truth.spending_row(lea, year.fiscal_year, period, books, fall, end)
    run.truth.add("district_spending", [spent])
    run.panel.add(lea, spent)
    run.truth.add("district_spending_detail", truth.detail_rows(lea, year.fiscal_year, books, fall))
    schools, exclusions = truth.school_rows(lea, year.fiscal_year, books, fall)
    run.truth.add("school_spending", schools)
    run.truth.add("school_spending_exclusion", exclusions)
    return books


def _keep_staffing(run: Run, lea: Lea, year: Year, books: truth.Books | None, following: Year | None) -> None:
    after = following.staffing if following and following.stands("staff", "fall") else None
    row = staffing_row(
        lea, year.fiscal_year, year.staffing if year.stands("staff", "fall") else None, after,
        year.pupils if year.stands("membership", "fall") else None,
        year.sections if year.stands("sections", "fall") else None, books,
    )  # fmt: skip
    run.truth.add("district_staffing", [row])
