"""The ledgers of one night: four reporting periods of many large districts, with planted defects, and nothing else.

Belongs here: writing those files with the sample's own drawing. Does not belong here: any measuring (`gate`), other collections.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from sample import agencies, defects, files, membership, postings, spending, timetable
from sample.agencies import Lea
from sample.make import MANIFEST, REFERENCE

YEAR, SEED = 2024, 1
PERIODS = ("adopted_budget", "revised_budget", "actual_unaudited", "actual_audited")
# So many districts are drawn for one that sends: the largest, whose ledgers are long.
DRAWN_FOR_ONE = 2.4


def write_ledgers(folder: Path, submissions: int) -> tuple[Path, int]:
    """Write the ledgers, the manifest and the reference tables below a home's `sample`; returns the manifest and the rows."""
    count = max(1, submissions // len(PERIODS))
    drawn = agencies.draw_leas(round(DRAWN_FOR_ONE * count), YEAR, [], SEED)
    leas = sorted(drawn, key=lambda lea: lea.pupils, reverse=True)[:count]
    _reference(folder / "reference", leas)
    deck, rows, listed = defects.Deck(SEED), 0, []
    for lea in leas:
        for period, lines in _books(lea):
            rows += len(lines)
            listed.append(_written(folder, lea, period, lines, deck))
    return _table(folder / "manifest.csv", MANIFEST, listed), rows


def _books(lea: Lea) -> Iterator[tuple[str, list[postings.Line]]]:
    plan = spending.draw_plan(lea, YEAR, membership.draw_pupils(lea, YEAR, SEED), SEED)
    unaudited = postings.actual_lines(plan, lea, YEAR, SEED, {}, is_audited=False)
    yield "adopted_budget", list(postings.budget_lines(unaudited, lea, YEAR, SEED, "adopted"))
    yield "revised_budget", list(postings.budget_lines(unaudited, lea, YEAR, SEED, "revised"))
    yield "actual_unaudited", unaudited
    yield "actual_audited", postings.actual_lines(plan, lea, YEAR, SEED, {}, is_audited=True)


def _written(folder: Path, lea: Lea, period: str, lines: list[postings.Line], deck: defects.Deck) -> tuple:
    form = {4: "csv.gz", 6: "parquet", 8: "xlsx"}.get(lea.index % 10, "csv") if lea.pupils < 5000 else "csv"
    defect, versions = deck.deal(("ledger", period), lines)
    if defect and "spoiled" in versions:
        form, data = "csv", defects.spoil(defect, "ledger", postings.HEADER, lines).data
    else:
        data = files.content(postings.HEADER, lines, form)
    name = f"{lea.lea_id}/{YEAR}/ledger_{period}_1.{form}"
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)
    received = timetable.received_at(timetable.day(YEAR, (0, 11, 1)), 0)
    return (name, lea.lea_id, "ledger", YEAR, period, "standard", received)


def _reference(folder: Path, leas: list[Lea]) -> None:
    rows = {
        "leas": [row for lea in leas for row in agencies.lea_rows(lea)],
        "schools": [row for lea in leas for row in agencies.school_rows(lea)],
        "lea_events": [],
        "lea_alias": [row for lea in leas for row in agencies.alias_rows(lea)],
        "cwift_lea": [row for lea in leas for row in agencies.cwift_rows(lea)],
        "calendar": timetable.calendar_rows(YEAR, YEAR),
        "expected_submissions": timetable.expected_rows(YEAR, YEAR),
    }
    for name, header in REFERENCE.items():
        _table(folder / f"{name}.csv", header.split(","), rows[name])


def _table(path: Path, header, rows) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    return path
