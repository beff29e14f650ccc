"""What the edits on accepted data found tonight: cross-file, cross-year and plausibility, from schema `edits` of the build.

dbt runs each file of dbt/tests/edits and keeps its rows; here they become findings of the submissions they are about, and the
registry remembers them. Nothing here suspends anything.

Belongs here: reading those rows, the words and waivers that go with them, and the asset that does it.
Does not belong here: the rules (`dbt/tests/edits`), recording (`ingest.registry`), the gate's own findings.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import dagster as dg
import duckdb

from dagster_project.continuing import continued
from dagster_project.data_edits import STATE_FINDINGS, DataEdit, data_edits
from dagster_project.house import House
from dagster_project.steps import run_folder, step
from expectations.findings import Finding
from ingest.night_events import built_run, export_edits, export_finding_counts
from ingest.refusals import SystemFailure

SCHEMA = "edits"
EXPECTED_COLUMNS = {
    "submission_id",
    "lea_id",
    "fiscal_year",
    "item_key",
    "column_name",
    "observed",
    "expected",
    "amount",
}


@dataclass(frozen=True)
class StateFinding:
    """A finding of no single district."""

    edit_id: str
    fiscal_year: int | None
    item_key: str | None
    message: str


@dataclass
class Reviews:
    """Tonight's findings by submission, an empty list where nothing was found; and those of the state as a whole."""

    by_submission: dict[str, list[Finding]] = field(default_factory=dict)
    of_state: list[StateFinding] = field(default_factory=list)


def read_reviews(build_file: Path, manifest: Path, years: Collection[int] | None = None) -> Reviews:
    """Gather what every edit left in the build, of these fiscal years (default: all).

    Raises:
        SystemFailure: an edit left no table, or one without the agreed columns: it was not evaluated.
    """
    reviews = Reviews()
    with duckdb.connect(str(build_file), read_only=True) as con:
        for (submission_id,) in con.execute(_reviewed(years)).fetchall():
            reviews.by_submission[submission_id] = []
        for edit in data_edits(manifest):
            for row in _rows(con, edit):
                if years is None or row["fiscal_year"] is None or row["fiscal_year"] in years:
                    _add(reviews, edit, row)
    for found in reviews.by_submission.values():
        found.sort(key=lambda one: (one.edit_id, one.item_key or "", one.value or ""))
    return reviews


# Every submission a mart takes; one that no mart takes any more keeps what was found when it was taken. Of a collection whose
# slots are no alternatives of each other (membership: fall and year end), marts take every one.
def _reviewed(years: Collection[int] | None) -> str:
    of_years = "" if years is None else f" and fiscal_year in ({', '.join(map(str, sorted(years))) or 'null'})"
    return f"""
        select submission_id from intermediate.int_slots_chosen where true{of_years}
        union
        select submission_id from staging.stg_submission
        where is_selected and collection not in (select collection from reference.slot_preference){of_years}
        order by 1
    """


def _rows(con: duckdb.DuckDBPyConnection, edit: DataEdit) -> list[dict]:
    # A waiver that accepts an edit for a file speaks for edits on accepted data too; it names no rows there.
    try:
        found = con.execute(
            f"""select found.*, exists (
                select 1 from staging.stg_submission as s join reference.waivers as w on w.sha256 = s.sha256
                where s.submission_id = found.submission_id and w.edit_id = ? and w.effect = 'accept'
            ) as is_waived from {SCHEMA}.{edit.edit_id} as found order by all""",
            [edit.edit_id],
        )
    except duckdb.CatalogException as problem:
        raise SystemFailure(f"Edit {edit.edit_id} was not evaluated: dbt kept no result of it.") from problem
    names = [one[0] for one in found.description]
    if missing := EXPECTED_COLUMNS - set(names):
        raise SystemFailure(f"Edit {edit.edit_id} gives no {', '.join(sorted(missing))}.")
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _add(reviews: Reviews, edit: DataEdit, row: dict) -> None:
    message = f"{edit.description} {_said(row)}"
    if row["submission_id"] is None:
        reviews.of_state.append(StateFinding(edit.edit_id, row["fiscal_year"], row["item_key"], message))
        return
    reviews.by_submission.setdefault(row["submission_id"], []).append(
        Finding(
            submission_id=row["submission_id"],
            edit_id=edit.edit_id,
            severity=edit.severity,
            row_number=None,
            column_name=row["column_name"],
            value=row["observed"],
            message=message,
            fix=edit.fix,
            is_waived=row["is_waived"],
            item_key=row["item_key"],
        )
    )


def _said(row: dict) -> str:
    item = f"{row['item_key']}: " if row["item_key"] else ""
    money = f" ({row['amount']:,} dollars)" if row["amount"] is not None else ""
    return f"{item}found {row['observed']}, expected {row['expected']}{money}."


def review_asset(marts: list[dg.AssetKey]) -> dg.AssetsDefinition:
    """Findings of gate and edits by submission: what `submission_quality` and `edit_effectiveness` stand on."""

    @dg.multi_asset(
        name="reviews",
        specs=[
            dg.AssetSpec(["registry", name], deps=marts, group_name="registry", kinds={"parquet"})
            for name in ("finding_count", "edit")
        ],
    )
    def reviews(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
        with step(context, "review") as (house, told):
            manifest, raw = house.target_folder / "manifest.json", house.settings.raw_folder
            last = continued(house)
            years = last["reviewed_years"] if last else None
            found = read_reviews(house.build_file, manifest, years)
            found.of_state += _of_other_years(house, years)
            seen = built_run(raw).event_position
            told["changed_reviews"] = house.registry.record_reviews(found.by_submission, by="nightly", position=seen)
            export_finding_counts(house.registry, raw, found.by_submission)
            export_edits(raw, all_edits(house, manifest))
            told["review_findings"] = dict(_counted(found))
            folder = run_folder(house, context)
            told_of_state = json.dumps([asdict(one) for one in found.of_state])
            (house.build_folder / STATE_FINDINGS).write_text(told_of_state, encoding="utf-8")
        (folder / STATE_FINDINGS).write_text(told_of_state, encoding="utf-8")
        yield dg.MaterializeResult(asset_key=["registry", "finding_count"], metadata=told["review_findings"])
        yield dg.MaterializeResult(asset_key=["registry", "edit"])

    return reviews


def _of_other_years(house: House, years: Collection[int] | None) -> list[StateFinding]:
    """Findings of no single district in years that were not reviewed again."""
    path = house.build_folder / STATE_FINDINGS
    if years is None or not path.exists():
        return []
    kept = (StateFinding(**one) for one in json.loads(path.read_text(encoding="utf-8")))
    return [one for one in kept if one.fiscal_year is not None and one.fiscal_year not in years]


def all_edits(house: House, manifest: Path) -> list[dict[str, str | None]]:
    """Every edit of the contracts and every edit on accepted data, as rows of the registry's `edit`."""
    rules = [(contract.collection, rule) for contract in house.contracts.values() for rule in contract.rules]
    names = ("edit_id", "severity", "catalogue_id", "description")
    gate = [{"collection": collection} | {name: getattr(rule, name) for name in names} for collection, rule in rules]
    return gate + [asdict(edit) for edit in data_edits(manifest)]


def _counted(reviews: Reviews) -> Counter:
    found = Counter(one.edit_id for findings in reviews.by_submission.values() for one in findings)
    return found + Counter(one.edit_id for one in reviews.of_state)
