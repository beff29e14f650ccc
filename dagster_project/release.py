"""A release from the certified data of now: built as a rebuild is, protected, shown.

Belongs here: the order of the steps. Does not belong here: what is hidden, written and switched (`publish.releases`), words on the
screen (`cli_release`).
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from dagster_project.house import House
from dagster_project.rebuild import rebuild, run_at
from dagster_project.settled import MATERIAL
from ingest.audit_heads import write_head
from ingest.reference import open_version
from ingest.refusals import Refusal
from ingest.settings import Settings
from publish.disclosure.policy import read_policy
from publish.extracts.making import Made, Work, make_extracts
from publish.judgement import Reason
from publish.manifests import Manifest
from publish.releases import (
    CERTIFIED,
    Drafted,
    check_cut,
    check_releasable,
    check_signed,
    draft_release,
    show,
)
from publish.runs import RunInfo
from publish.shelves import Shelf, write_json

PROVEN = "proven.json"
"""Beside the manifest of a generation built for a release: every test of its build held."""


def certified_run(house: House) -> RunInfo:
    """The identity of the certified build of now.

    Raises:
        Refusal: nothing is certified.
    """
    if not house.registry.events(event_types=("certified",)):
        raise Refusal(
            "Nothing is certified: `edfin certify SUBMISSION --by …` first; a release shows certified data only."
        )
    return run_at(house, datetime.now(UTC), CERTIFIED)


def release(
    settings: Settings,
    note: str,
    by: str,
    generation: str | None,
    is_rehearsal: bool,
    say: Callable[[str], None],
    accept_exposed: bool = False,
) -> tuple[Drafted, Made | None]:
    """Release the certified data of now, or a stored certified generation; a rehearsal writes it elsewhere and shows nothing.

    `accept_exposed`: a person has looked at the small counts that earlier releases give away.

    Raises:
        Refusal: it may not be released; nothing moved.
    """
    check_signed(note, by)
    house = House(settings)
    try:
        run = _run_of(house, generation) if generation else certified_run(house)
        shelf = Shelf(settings.home, "public")
        shelf.prepare()
        seeds = open_version(settings, run.reference_version).seeds
        policy = read_policy(seeds)
        if not generation:
            _refuse_if_nothing_is_new(house, shelf, run, say)
            _build(settings, run, say)
        check_releasable(shelf, Manifest.read(Shelf(settings.home).folder(run.generation_id)))
        say("what must be hidden")
        if is_rehearsal:
            with tempfile.TemporaryDirectory(prefix="edfin-rehearsal-") as scratch:
                return draft_release(settings.home, settings.project, run.generation_id, run, policy, seeds, Shelf(Path(scratch), "public")), None  # fmt: skip
        drafted = draft_release(
            settings.home, settings.project, run.generation_id, run, policy, seeds, shelf, accept_exposed
        )
        show(
            settings.home,
            drafted,
            by,
            note,
            lambda event, payload: house.registry.append(event, None, by, dict(payload)),
        )
        write_head(settings.home, house.registry.head())
        say("extracts")
        return drafted, make_extracts(Work(settings.home, settings.project, run.generation_id, is_public=True))
    finally:
        house.close()


def _refuse_if_nothing_is_new(house: House, shelf: Shelf, run: RunInfo, say: Callable[[str], None]) -> None:
    """A release of what is public already would be another id for the same figures; extracts it was killed before are made up for."""
    if (current := shelf.current_id()) is None:
        return
    shown = Manifest.read(shelf.folder(current))
    is_same = (shown.reference_version, shown.code_version) == (run.reference_version, run.code_version)
    if is_same and not house.registry.events(after=shown.event_position, event_types=MATERIAL):
        made = make_extracts(Work(house.home, house.settings.project, current, is_public=True))
        if made.written or made.removed:
            say(
                f"extracts of {current} that were not up to it: {len(made.written)} written, {len(made.removed)} removed"
            )
        raise Refusal(f"Nothing was certified or changed since release {current}: there is nothing to release.")


def _build(settings: Settings, run: RunInfo, say: Callable[[str], None]) -> None:
    """Build the certified generation, unless the same one was built and proven already, as by a dry run."""
    proof = Shelf(settings.home).folder(run.generation_id) / PROVEN
    if proof.exists():
        return
    failures: list[Reason] = []
    rebuild(settings, run, say, failures)
    if failures:
        raise Refusal(
            f"The certified data fail {len(failures)} tests, the first: {failures[0].message}. Nothing was released."
        )
    write_json(proof, {"failed_tests": 0})


def _run_of(house: House, generation: str) -> RunInfo:
    """The identity of a stored generation that was built for a release and proven.

    Raises:
        Refusal: nobody has proven it, or what it was built from is no longer so.
    """
    shelf = Shelf(house.home)
    generation_id = shelf.find(generation)
    manifest = Manifest.read(shelf.folder(generation_id))
    check_cut(manifest)
    if not (shelf.folder(generation_id) / PROVEN).exists():
        raise Refusal(
            f"Generation {generation_id} is not proven: its tests ran in no release or dry run. Leave --generation out, and one is built and tested."
        )
    position = manifest.event_position
    event = house.registry.events(after=position - 1, upto=position)[0]
    run = RunInfo(event.at, manifest.cut, manifest.reference_version, manifest.code_version, position, event.hash)
    if run.generation_id != generation_id:
        raise Refusal(f"Generation {generation_id} is not what the audit chain says of its moment: run `edfin verify`.")
    return run
