"""Dagster's log with its connections kept: stock Dagster reads it, its watchers see each event, a failed start is not remembered.

Belongs here: the storage of events. Does not belong here: what a night logs.
"""

import time

import dagster as dg
import pytest
from dagster._core.storage.event_log import SqliteEventLogStorage

from dagster_project.event_log import KeptEventLogStorage
from dagster_project.instance import ensure_instance


@dg.asset
def one():
    return None


@pytest.fixture
def instance(tmp_path, monkeypatch):
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    folder = ensure_instance(tmp_path)
    monkeypatch.setenv("DAGSTER_HOME", str(folder))
    with dg.DagsterInstance.get() as instance:
        yield instance


def test_stock_dagster_reads_what_was_stored(instance, tmp_path):
    assert isinstance(instance.event_log_storage, KeptEventLogStorage)
    run = dg.materialize([one], instance=instance)
    runs = tmp_path / "dagster" / "history" / "runs"
    stored = SqliteEventLogStorage(str(runs)).get_logs_for_run(run.run_id)
    assert {"ASSET_MATERIALIZATION", "PIPELINE_SUCCESS"} <= {
        entry.dagster_event_type.value for entry in stored if entry.is_dagster_event
    }


def test_every_stored_event_touches_the_file_that_pages_watch_and_reading_does_not(instance, tmp_path):
    run = dg.materialize([one], instance=instance)
    path, seen = tmp_path / "dagster" / "history" / "runs" / f"{run.run_id}.db", []
    for _ in range(3):
        time.sleep(0.02)
        instance.report_engine_event("one more", instance.get_run_by_id(run.run_id))
        seen.append(path.stat().st_mtime_ns)
    assert len(set(seen)) == 3
    time.sleep(0.02)
    instance.all_logs(run.run_id)
    assert path.stat().st_mtime_ns == seen[-1]


def test_a_log_that_could_not_be_begun_is_begun_by_the_next_event(instance, monkeypatch):
    begin, failed = KeptEventLogStorage._initdb, []

    def full_disk(self, *arguments, **named):
        if not failed:
            failed.append(True)
            raise OSError("No space left on device")
        return begin(self, *arguments, **named)

    monkeypatch.setattr(KeptEventLogStorage, "_initdb", full_disk)
    storage = instance.event_log_storage
    with pytest.raises(OSError, match="No space"):
        storage.get_logs_for_run("a run")
    assert list(storage.get_logs_for_run("a run")) == []
