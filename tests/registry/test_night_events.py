"""What dbt reads is what had happened, typed also when nothing had."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import duckdb
import pytest
import yaml

from ingest.night_changes import changes_since, export_changes
from ingest.night_events import SCHEMAS, export_edits, export_events, export_finding_counts
from ingest.settings import project_folder
from ingest.verdicts import Finding, Verdict


@dataclass
class _Run:
    event_position: int
    as_of: datetime = datetime(2100, 1, 1, tzinfo=UTC)
    generation_id: str = "g"
    cut: str = "accepted"
    reference_version: str = "r"
    code_version: str = "c"


@pytest.fixture
def read(registry, tmp_path):
    def _read(name, run=None, published_position=0, columns="*", reviews=None):
        export_events(registry, tmp_path / "raw", run or _Run(registry.head().position), published_position)
        export_finding_counts(registry, tmp_path / "raw", reviews or {})
        export_edits(tmp_path / "raw", [])
        export_changes(tmp_path / "raw", changes_since(registry, run or _Run(registry.head().position)))
        return duckdb.sql(f"select {columns} from read_parquet('{tmp_path}/raw/_events/{name}.parquet')").fetchall()

    return _read


@pytest.mark.parametrize("name", SCHEMAS)
def test_columns_are_those_of_the_source_also_when_empty(read, tmp_path, name):
    read(name)
    source = yaml.safe_load((project_folder() / "dbt/models/sources/registry.yml").read_text())["sources"][0]
    (table,) = [one for one in source["tables"] if one["name"] == name]
    found = duckdb.sql(f"describe select * from read_parquet('{tmp_path}/raw/_events/{name}.parquet')").fetchall()
    assert [(one[0], one[1].lower()) for one in found] == [(one["name"], one["data_type"]) for one in table["columns"]]


def test_a_submission_with_its_verdict(read, registry, receive):
    stated = datetime(2021, 10, 15, 8, tzinfo=UTC)
    first, second = receive("a", stated_received_at=stated), receive("b", lea_id="007")
    found = [Finding(first.submission_id, "ledger_017", "warning", n, "amount", "x", "m", "f", n == 3) for n in (2, 3)]
    registry.record_verdicts([Verdict(first.submission_id, "accepted", 5, 4, 1, findings=found)], [], by="gate")
    columns = "lea_id, record_count, row_count, excluded_count, stated_received_at"
    assert read("submission", columns=columns) == [
        ("01", 5, 4, 1, stated.replace(tzinfo=None)),
        ("007", None, None, None, None),
    ]
    gate = (first.submission_id, "ledger_017", "warning", 2, 1)
    assert [one[:5] for one in read("finding_count")] == [gate]
    seen = Finding(first.submission_id, "ledger_101", "warning", None, None, "1", "m", "f", item_key="fund_code=01")
    registry.record_reviews({first.submission_id: [seen]}, by="nightly")
    assert [one[:5] for one in read("finding_count")] == [gate, (first.submission_id, "ledger_101", "warning", 1, 0)]
    # What the build itself finds stands in place of what was recorded before.
    assert [one[:5] for one in read("finding_count", reviews={first.submission_id: []})] == [gate]
    registry.append("explained", first.submission_id, by="Ann", payload={"edit_id": "ledger_017", "reason": "True."})
    assert read("submission_event", columns="position, event_type, by_whom, edit_id, reason")[-1] == (
        *(registry.head().position, "explained", "Ann", "ledger_017", "True."),
    )
    assert second.submission_id not in str(read("newly_accepted"))


def test_the_past_does_not_know_the_future(read, registry, receive):
    first = receive("a")
    registry.record_verdicts([Verdict(first.submission_id, "suspended", 5)], [], by="gate")
    then, position = datetime.now(UTC), registry.head().position
    registry.record_verdicts([Verdict(first.submission_id, "accepted", 5, 5)], [], by="gate", at=then + timedelta(1))
    receive("b")
    for run in (_Run(position), _Run(99, as_of=then)):
        assert read("submission", run, columns="submission_id, row_count") == [(first.submission_id, None)]
        assert [one[0] for one in read("submission_event", run)] == [1, 2]
        assert read("newly_accepted", run) == []
    assert read("submission", _Run(3), columns="row_count") == [(5,)]


def test_newly_accepted_is_what_came_after_the_published_generation(read, registry, receive):
    first, second = receive("a"), receive("b", lea_id="02")
    registry.record_verdicts([Verdict(first.submission_id, "accepted", 1, 1)], [], by="gate")
    published = registry.head().position
    registry.record_verdicts([Verdict(second.submission_id, "accepted", 1, 1)], [], by="gate")
    assert read("newly_accepted") == [(first.submission_id,), (second.submission_id,)]
    assert read("newly_accepted", published_position=published) == [(second.submission_id,)]


def test_the_run_is_one_row(read, registry):
    assert read("run", _Run(0)) == [("g", datetime(2100, 1, 1), "accepted", "r", "c", 0)]
