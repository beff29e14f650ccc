"""A generation as of any moment: the data, the reference and the cut of then, with the code of now.

Nothing is gated and no pointer moves. The build has a folder of its own, so that a night may run meanwhile.

Belongs here: finding what the registry knew then, and the order of the steps without Dagster.
Does not belong here: what the steps do (`build`, `reviews`, `publish`).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from dagster_project.build import build_apart
from dagster_project.documents import site_apart
from dagster_project.house import House, code_version
from dagster_project.publish import dbt_failures
from dagster_project.reviews import all_edits, read_reviews
from dagster_project.warehouse import AFTER_REVIEWS, QUALITY, WAREHOUSE
from ingest.access import NO_DATA
from ingest.audit import Event
from ingest.night_changes import changes_since, export_changes
from ingest.night_events import export_edits, export_events, export_finding_counts
from ingest.raw import ensure_empty_file
from ingest.reference import PINNED, ReferenceVersion, open_version, pin
from ingest.refusals import Refusal
from ingest.settings import Settings
from publish.generations import Candidate, make_candidate
from publish.judgement import Reason
from publish.runs import RunInfo


@dataclass
class PastHouse(House):
    """The home as a past run sees it: its own reference version, its own folder to build in."""

    run: RunInfo
    folder: Path

    @cached_property
    def reference(self) -> ReferenceVersion:
        return open_version(self.settings, self.run.reference_version)

    @property
    def build_folder(self) -> Path:
        return self.folder

    @property
    def raw_folder(self) -> Path:
        """Links to the files of raw, beside the events of then."""
        return self.folder / "raw"


def run_at(house: House, moment: datetime, cut: str, with_current_reference: bool = False) -> RunInfo:
    """The identity of a build that knows what the registry knew at `moment`.

    Raises:
        Refusal: nothing had happened by then, or no reference version had been pinned.
    """
    # Who read what is no part of what was known.
    known = [event for event in house.registry.events() if event.at <= moment and event.event_type not in NO_DATA]
    pins = [event for event in known if event.event_type == PINNED]
    if not known or not pins:
        first = next((event.at for event in house.registry.events(event_types=(PINNED,))), None)
        since = f"the first night was at {first:%Y-%m-%dT%H:%M:%SZ}" if first else "no night has run yet"
        raise Refusal(f"There is nothing to build as of {moment:%Y-%m-%dT%H:%M:%SZ}: {since}.")
    last = known[-1]
    reference = pins[-1].payload["reference_version"]
    if with_current_reference:
        reference = pin(house.settings, house.registry, by="rebuild").version
    purged = purged_since(house, known)
    return RunInfo(last.at, cut, reference, code_version(), last.position, last.hash, tuple(purged))


def purged_since(house: House, known: list[Event]) -> dict[str, Event]:
    """The purges, by submission, of what had come by then and was purged after it."""
    received = {event.submission_id for event in known if event.event_type == "received"}
    purges = house.registry.purges().items()
    return {name: event for name, event in purges if name in received and event.position > known[-1].position}


def rebuild(
    settings: Settings, run: RunInfo, say: Callable[[str], None], failures: list[Reason] | None = None
) -> Candidate:
    """Build the generation of `run`. `failures` takes up the tests of the build that failed; without it they are only said.

    Raises:
        SystemFailure: a model failed, or the same run once gave other numbers.
    """
    folder = settings.home / "work" / f"rebuild-{run.generation_id}-{os.getpid()}"
    house = PastHouse(settings, run, folder)
    try:
        _lay_out(house)
        say("models and edits")
        build_apart(house, WAREHOUSE, ["--exclude", AFTER_REVIEWS], house.raw_folder)
        say("what the edits found")
        _review(house)
        build_apart(house, QUALITY, ["--select", AFTER_REVIEWS], house.raw_folder)
        for reason in dbt_failures(house.target_folder):
            if failures is not None:
                failures.append(reason)
            say(f"{reason.kind} failed: {reason.message}")
        say("the generation")
        manifest = house.target_folder / "manifest.json"
        documents = site_apart(house, run)
        return make_candidate(house.home, house.build_file, run, documents, manifest, is_of_past=True)
    finally:
        house.close()
        shutil.rmtree(folder, ignore_errors=True)


def _lay_out(house: PastHouse) -> None:
    house.raw_folder.mkdir(parents=True)
    for contract in house.contracts.values():
        ensure_empty_file(house.settings.raw_folder, contract)
        (house.raw_folder / contract.collection).mkdir()
        _link(house, contract.collection, "_empty.parquet")
    # Only what counts: what a killed gate or purge has left lies there until the next night.
    for file in house.registry.raw_files():
        _link(house, file.collection, file.file_name)
    # Nothing is newly accepted: what the gate once said is not asked again.
    export_events(house.registry, house.raw_folder, house.run, published_position=house.run.event_position)
    export_changes(house.raw_folder, changes_since(house.registry, house.run))


def _link(house: PastHouse, collection: str, name: str) -> None:
    (house.raw_folder / collection / name).symlink_to(house.settings.raw_folder / collection / name)


def _review(house: PastHouse) -> None:
    """What the edits find in the past is that build's own; the registry keeps what was found at the time."""
    manifest = house.target_folder / "manifest.json"
    found = read_reviews(house.build_file, manifest)
    export_finding_counts(house.registry, house.raw_folder, found.by_submission)
    export_edits(house.raw_folder, all_edits(house, manifest))
