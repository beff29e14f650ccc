"""Make the sample state: LEA by LEA, so that memory does not grow with the state.

Belongs here: the order of work, which slot holds what, and what stands after the night.
Does not belong here: drawing (`agencies`, `spending`, ...), the form of files (`files`) or of truth (`keep`).
"""

from __future__ import annotations

import csv
import io
from contextlib import ExitStack
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
from sample.compared import Comparison
from sample.keep import Truth
from sample.planted import Rows, Run, Year, finding_rows, keep_budgets, keep_money, keep_staffing, quality_row
from sample.truth_panel import Panel

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
        run = Run(
            into, kept, manifest, last_year, seed, defects.Deck(seed) if errors else None, Panel(events), Comparison()
        )
        for lea in agencies.draw_leas(leas, first_year, events, seed):
            out["leas"].writerows(agencies.lea_rows(lea))
            out["schools"].writerows(agencies.school_rows(lea))
            out["lea_alias"].writerows(agencies.alias_rows(lea))
            out["cwift_lea"].writerows(agencies.cwift_rows(lea))
            _make_lea(run, lea, [year for year in range(first_year, last_year + 1) if lea.is_open(year)])
        for row in run.panel.rows():
            kept.add("lea_panel", [row])
        for table, rows in run.comparison.rows():
            kept.add(table, rows)
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
        books = keep_money(run, lea, year)
        keep_budgets(run, lea, year, books)
        year.rows.clear()
        if previous:
            keep_staffing(run, lea, *previous, year)
        previous = year, books
    if previous:
        keep_staffing(run, lea, *previous, None)


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
            run.truth.add("findings", list(finding_rows(lea, year.fiscal_year, slot, defect, spoiled)))
        if not (defect and spoiled and defect.is_fatal):
            year.accepted[slot] = number
            year.sent[slot] = list(csv.reader(io.StringIO(data.decode()), strict=True))[1:] if spoiled else None
    if versions or window.is_expected:
        run.truth.add("submission_quality", [quality_row(lea, year, turn, len(versions))])


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
