"""The run report: what a data manager reads with coffee.

Belongs here: gathering a night's figures from registry, stages and manifest, and printing them.
Does not belong here: deciding anything.
"""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby

from dagster_project.data_edits import STATE_FINDINGS, data_edits
from dagster_project.house import House
from dagster_project.nightly import Night
from dagster_project.restatement_report import largest_lines, summary_lines, table
from dagster_project.stages import read_stages
from ingest.contracts import COLLECTIONS
from ingest.reading import STRUCTURAL
from ingest.slots import standings
from publish.differences import told_by
from publish.manifests import Manifest
from publish.shelves import Shelf

MOST_FREQUENT, LISTED = 5, 20
STANDING = frozenset({"accepted", "certified", "superseded"})
GONE = frozenset({"withdrawn", "purged"})


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
    yield from _reviews(house, night)
    yield ""
    yield from _conservation(house, night)
    yield ""
    yield from _restatements(house, night, manifest)
    yield from _stages(night)
    yield ""
    yield f"Marts built: {len(manifest.tables)} tables, {sum(m.rows for m in manifest.tables.values()):,} rows"
    state = "published, now current" if night.is_published else "CANDIDATE: not published"
    yield f"Generation {night.generation_id}: {state}"
    if not night.is_published:
        yield from _reasons(house, night)
    if swept := next((one.get("swept") for one in read_stages(night.folder) if one["stage"] == "sweep"), None):
        yield f"Swept by the policy of keeping: {len(swept)} generations, the oldest {swept[0]}"


def _collections(house: House) -> Iterator[str]:
    submissions = house.registry.submissions()
    standing = standings(submissions, house.registry.events())
    slots: dict[str, dict] = defaultdict(dict)
    for row in submissions:
        if standing[row.submission_id].status not in GONE and row.lea_id != "*":
            slots[row.collection].setdefault(row.slot, []).append(standing[row.submission_id].status)
    expected = _expected(house)
    yield "Submissions by collection, whole home (slots: LEA × fiscal year × reporting period)"
    rows = []
    for name in COLLECTIONS:
        wanted, found = expected[name], {tuple(slot): statuses for slot, statuses in slots[name].items()}
        stands = {slot for slot, statuses in found.items() if STANDING & set(statuses)}
        suspended = {slot for slot, statuses in found.items() if statuses[-1] == "suspended"}
        counts = [
            wanted,
            wanted - found.keys(),
            found.keys() - wanted,
            found,
            stands,
            suspended - stands,
            suspended & stands,
        ]
        rows.append([name, *map(len, counts)])
    head = [
        "expected",
        "never came",
        "unexpected",
        "received",
        "accepted",
        "suspended",
        "accepted, correction suspended",
    ]
    yield from table(["collection", *head], rows)


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
    for edit_id, severity, found, waived in house.registry.findings_counted(after=night.started_at_position):
        edits[edit_id] += found
        severities.update({severity: found - waived, "waived": waived})
    counted = ", ".join(f"{severities[s]:,} {s}" for s in ("fatal", "warning", "info", "waived"))
    yield f"Findings of this night: {counted}"
    sentences = _sentences(house)
    for edit_id, count in edits.most_common(MOST_FREQUENT):
        yield f"  {count:>9,}  {edit_id}  {sentences.get(edit_id, '')}"
    if len(edits) > MOST_FREQUENT:
        yield f"  … and {len(edits) - MOST_FREQUENT} more edits; `edfin findings SUBMISSION` tells them all"
    yield from _suspended(house, judged)


def _reviews(house: House, night: Night) -> Iterator[str]:
    review = next((one for one in read_stages(night.folder) if one["stage"] == "review"), {})
    found = Counter(review.get("review_findings", {}))
    yield f"Edits on accepted data (cross-file, cross-year, plausibility): {found.total():,} findings of {len(found)} edits"
    sentences = {one.edit_id: one.description for one in data_edits(house.target_folder / "manifest.json")}
    for edit_id, count in found.most_common(MOST_FREQUENT):
        yield f"  {count:>9,}  {edit_id}  {sentences.get(edit_id, '')}"
    of_state = night.folder / STATE_FINDINGS
    stated = json.loads(of_state.read_text(encoding="utf-8")) if of_state.exists() else []
    for one in stated[:LISTED]:
        yield f"  the state as a whole, FY{one['fiscal_year']}: {one['edit_id']}  {one['message']}"
    if len(stated) > LISTED:
        yield f"  … and {len(stated) - LISTED} more; {of_state} has them all"


def _sentences(house: House) -> dict[str, str]:
    told = {rule.edit_id: rule.description for contract in house.contracts.values() for rule in contract.rules}
    for name in COLLECTIONS:
        told |= {f"{name}_{edit}": one.sentence for edit, one in STRUCTURAL.items()}
        told[f"{name}_excluded"] = (
            "Records left out by their layout, one finding a reason and one an amount that is no number."
        )
        told[f"{name}_required"] = "Every record fills the columns that say whose it is."
    return told


def _suspended(house: House, judged: list) -> Iterator[str]:
    rows = {row.submission_id: row for row in house.registry.submissions()}
    before = _judged_before(house, judged)
    again = sum(event.event_type == "suspended" for event in judged if event.submission_id in before)
    suspended = [event for event in judged if event.event_type == "suspended" and event.submission_id not in before]
    if suspended:
        yield "Suspended this night"
    for event in suspended[:LISTED]:
        row, found = rows[event.submission_id], house.registry.findings(event.submission_id)
        first = next((f.edit_id for f in found if f.severity == "fatal" and not f.is_waived), "")
        slot = f"{row.lea_id} {row.collection} {row.fiscal_year} {row.reporting_period}, version {row.version}"
        yield f"  {row.submission_id[:12]}  {slot}: {len(found):,} findings, first {first}"
    if len(suspended) > LISTED:
        yield f"  … and {len(suspended) - LISTED} more; `edfin status` lists them"
    if again:
        yield f"Judged again tonight, because the reference changed or somebody asked, and suspended as before: {again}"


def _judged_before(house: House, judged: list) -> set[str]:
    """Which of the submissions judged had a verdict from an earlier night: who adds nights up must not count them twice."""
    if not judged:
        return set()
    first = min(event.position for event in judged)
    earlier = house.registry.events(event_types=("suspended", "accepted"), upto=first - 1)
    return {event.submission_id for event in earlier} & {event.submission_id for event in judged}


def _conservation(house: House, night: Night) -> Iterator[str]:
    judged = [
        e for e in house.registry.events(after=night.started_at_position) if e.event_type in ("accepted", "suspended")
    ]
    by_id = {row.submission_id: row.collection for row in house.registry.submissions()}
    judged.sort(key=lambda e: COLLECTIONS.index(by_id[e.submission_id]))
    again = len(_judged_before(house, judged))
    yield "Records and dollars in = accepted + excluded + suspended" + (
        f" ({again} of these submissions stood in an earlier night's report too)" if again else ""
    )
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
    yield from table(["", "in", "accepted", "excluded", "suspended"], rows)
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
        yield from table(["reason", "records", "dollars"], rows)


def _restatements(house: House, night: Night, manifest: Manifest) -> Iterator[str]:
    before = manifest.history.compared_with
    if not before or before == night.generation_id:
        return
    yield f"Against generation {before}, which was current before (`edfin diff --from {before} --to {night.generation_id}` tells all)"
    with told_by(house.home, night.generation_id) as con:
        if con.execute("select count(*) from duckdb_tables() where table_name = 'restated'").fetchone()[0]:
            yield from summary_lines(con)
            if con.execute("select count(*) from restated").fetchone()[0]:
                yield "  the largest changes:"
                yield from largest_lines(con)
    yield ""


def _stages(night: Night) -> Iterator[str]:
    yield "Time and peak memory by stage"
    stages = read_stages(night.folder)
    rows = [[s["stage"], f"{s['seconds']:.1f} s", f"{s['peak_bytes'] / 1e6:,.0f} MB"] for s in stages]
    total = [
        "all stages", f"{sum(s['seconds'] for s in stages):.1f} s", f"{max(s['peak_bytes'] for s in stages) / 1e6:,.0f} MB",
    ]  # fmt: skip
    yield from table(["stage", "time", "peak memory"], [*rows, total])


def _reasons(house: House, night: Night) -> Iterator[str]:
    path = Shelf(house.home).folder(night.generation_id) / "judgement.json"
    for reason in json.loads(path.read_text(encoding="utf-8"))["reasons"]:
        yield f"  blocked by {reason['kind']}: {reason['message']}"
    yield f"  The generation before stays current. `edfin publish-candidate {night.generation_id} --reason …` overrides."
