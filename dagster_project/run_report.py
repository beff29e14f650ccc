"""The run report: what a data manager reads with coffee.

Belongs here: gathering a night's figures from registry, stages and manifest, and printing them.
Does not belong here: deciding anything.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby

from dagster_project.house import House
from dagster_project.nightly import Night
from dagster_project.stages import read_stages
from ingest.contracts import COLLECTIONS
from ingest.slots import standings
from publish.manifests import Manifest
from publish.shelves import Shelf


def report_lines(house: House, night: Night) -> Iterator[str]:
    """Give the report line by line."""
    if not night.was_needed:
        yield f"Nothing new since generation {night.generation_id}: no model was run."
        return
    manifest = Manifest.read(Shelf(house.home).folder(night.generation_id))
    yield f"edfin run report · state {house.settings.state} · data as of {manifest.as_of}"
    yield ""
    yield from _collections(house)
    yield ""
    yield from _findings(house, night)
    yield ""
    yield from _conservation(house, night)
    yield ""
    yield from _stages(night)
    yield ""
    yield f"Marts built: {len(manifest.marts)} tables, {sum(m.rows for m in manifest.marts.values()):,} rows"
    state = "published, now current" if night.is_published else "CANDIDATE: not published"
    yield f"Generation {night.generation_id}: {state}"
    if not night.is_published:
        yield from _reasons(house, night)


def _table(head: list[str], rows: list[list[object]]) -> Iterator[str]:
    texts = [head, *[[f"{c:,}" if isinstance(c, int) else str(c) for c in row] for row in rows]]
    widths = [max(len(row[i]) for row in texts) for i in range(len(head))]
    for number, row in enumerate(texts):
        cells = [
            cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  " + "  ".join(cells).rstrip()
        if number == 0:
            yield "  " + "  ".join("-" * w for w in widths)


def _collections(house: House) -> Iterator[str]:
    submissions = house.registry.submissions()
    standing = standings(submissions, house.registry.events())
    slots: dict[str, dict] = defaultdict(dict)
    for row in submissions:
        if standing[row.submission_id].status != "withdrawn" and row.lea_id != "*":
            slots[row.collection].setdefault(row.slot, []).append(standing[row.submission_id].status)
    expected = _expected(house)
    yield "Submissions by collection, whole home (slots: LEA × fiscal year × reporting period)"
    rows = []
    for name in COLLECTIONS:
        wanted, found = expected[name], slots[name]
        accepted = {s for s, statuses in found.items() if {"accepted", "certified", "superseded"} & set(statuses)}
        latest_bad = [s for s, statuses in found.items() if statuses[-1] == "suspended"]
        rows.append(
            [name, len(wanted), len(found), len(accepted), len(latest_bad), len(wanted - {tuple(s) for s in found})]
        )
    yield from _table(["collection", "expected", "received", "accepted", "suspended", "never came"], rows)


def _expected(house: House) -> dict[str, set]:
    seeds = house.reference.seeds
    with (seeds / "leas.csv").open(encoding="utf-8") as stream:
        leas = list(csv.DictReader(stream))
    expected: dict[str, set] = defaultdict(set)
    with (seeds / "expected_submissions.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            year = int(row["fiscal_year"])
            for lea in [row["lea_id"]] if row["lea_id"] else [x["lea_id"] for x in leas if _is_open(x, year)]:
                expected[row["collection"]].add((lea, row["collection"], year, row["reporting_period"]))
    return expected


def _is_open(lea: dict[str, str], year: int) -> bool:
    return int(lea["first_fiscal_year"] or 0) <= year <= int(lea["last_fiscal_year"] or 9999)


def _findings(house: House, night: Night) -> Iterator[str]:
    judged = [
        e for e in house.registry.events(after=night.started_at_position) if e.event_type in ("accepted", "suspended")
    ]
    severities: Counter = Counter()
    edits: Counter = Counter()
    words: dict[str, str] = {}
    for event in judged:
        if not event.payload.get("finding_count"):
            continue
        for finding in house.registry.findings(event.submission_id):
            severities["waived" if finding.is_waived else finding.severity] += 1
            edits[finding.edit_id] += 1
            words.setdefault(finding.edit_id, finding.message)
    counted = ", ".join(f"{severities[s]:,} {s}" for s in ("fatal", "warning", "info", "waived"))
    yield f"Findings of this night: {counted}"
    for edit_id, count in edits.most_common(5):
        yield f"  {count:>9,}  {edit_id}  {words[edit_id]}"


def _conservation(house: House, night: Night) -> Iterator[str]:
    judged = [
        e for e in house.registry.events(after=night.started_at_position) if e.event_type in ("accepted", "suspended")
    ]
    by_id = {row.submission_id: row.collection for row in house.registry.submissions()}
    judged.sort(key=lambda e: COLLECTIONS.index(by_id[e.submission_id]))
    yield "Records and dollars in = accepted + excluded + suspended"
    rows = []
    unreadable = 0
    for name, events in groupby(judged, key=lambda e: by_id[e.submission_id]):
        payloads = [e.payload for e in events]
        records = [sum(p[k] for p in payloads) for k in ("record_count", "excluded_count", "suspended_count")]
        money = [
            sum(Decimal(p[k] or 0) for p in payloads)
            for k in ("accepted_amount", "excluded_amount", "suspended_amount")
        ]
        unreadable += sum(p["unreadable_count"] for p in payloads)
        rows.append([f"{name} records", records[0], records[0] - records[1] - records[2], records[1], records[2]])
        if any(p["accepted_amount"] is not None for p in payloads):
            rows.append([f"{name} dollars", *[f"{m:,.2f}" for m in (sum(money), *money)]])
    yield from _table(["", "in", "accepted", "excluded", "suspended"], rows)
    yield from _left_out(judged)
    if unreadable:
        yield f"  {unreadable:,} amounts could not be read as numbers and are in no sum; `edfin findings` names each with its text."


def _left_out(judged: list) -> Iterator[str]:
    reasons: dict[str, list] = defaultdict(lambda: [0, Decimal(0)])
    for event in judged:
        for one in event.payload["excluded"]:
            reasons[one["reason"]][0] += one["count"]
            reasons[one["reason"]][1] += Decimal(one["amount"] or 0)
    if reasons:
        yield "Excluded, by reason"
        rows = [[reason, count, f"{money:,.2f}"] for reason, (count, money) in sorted(reasons.items())]
        yield from _table(["reason", "records", "dollars"], rows)


def _stages(night: Night) -> Iterator[str]:
    yield "Time and peak memory by stage"
    stages = read_stages(night.folder)
    rows = [[s["stage"], f"{s['seconds']:.1f} s", f"{s['peak_bytes'] / 1e6:,.0f} MB"] for s in stages]
    total = [
        "all stages", f"{sum(s['seconds'] for s in stages):.1f} s", f"{max(s['peak_bytes'] for s in stages) / 1e6:,.0f} MB",
    ]  # fmt: skip
    yield from _table(["stage", "time", "peak memory"], [*rows, total])


def _reasons(house: House, night: Night) -> Iterator[str]:
    import json

    path = Shelf(house.home).folder(night.generation_id) / "judgement.json"
    for reason in json.loads(path.read_text(encoding="utf-8"))["reasons"]:
        yield f"  blocked by {reason['kind']}: {reason['message']}"
    yield f"  The generation before stays current. `edfin publish-candidate {night.generation_id} --reason …` overrides."
