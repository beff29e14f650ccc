"""A reference version is the bytes of its files, and stays."""

import json

import pytest

from ingest.reference import current_version, gather, open_version, pin
from ingest.refusals import Refusal, SystemFailure
from ingest.registry import Registry
from ingest.settings import Settings, project_folder


@pytest.fixture
def settings(tmp_path):
    """A project of two national tables, two templates and the state `here`."""
    project = tmp_path / "project"
    files = {
        "dbt/seeds/grade.csv": "code,source\nKG,NCES\n",
        "dbt/seeds/policy_national.csv": "key,source\n",
        "states/_template/leas.csv": "lea_id,lea_name,source\n",
        "states/_template/waivers.csv": "sha256,edit_id,row_from,row_to,effect,reason,by,until,source\n",
        "states/here/leas.csv": "lea_id,lea_name,source\n007,Seven,State\n",
        "states/here/fy2019.csv": "file,lea_id,collection\n",
        "states/here/layouts/gl.yml": "layout: gl\n",
        "states/sample/leas.csv": "lea_id,lea_name,source\n1,Empty,State\n",
    }
    for name, content in files.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(content)
    return Settings(home=tmp_path / "home", state="here", project=project)


@pytest.fixture
def registry(settings):
    return Registry.open(settings)


def test_every_table_is_there_and_nothing_else(settings, registry):
    pinned = pin(settings, registry, by="me")
    names = sorted(path.name for path in pinned.seeds.iterdir())
    assert names == ["grade.csv", "leas.csv", "policy_national.csv", "waivers.csv"]
    assert (pinned.seeds / "leas.csv").read_text().endswith("007,Seven,State\n")
    assert [path.name for path in pinned.layouts.iterdir()] == ["gl.yml"]
    manifest = json.loads((pinned.folder / "manifest.json").read_text())
    assert manifest["by"] == "me" and set(manifest["files"]) == set(pinned.files)


def test_a_change_is_recorded_once_and_a_return_again(settings, registry):
    leas = settings.state_folder / "leas.csv"
    before = leas.read_text()
    first = pin(settings, registry)
    assert first.is_new and not pin(settings, registry).is_new
    leas.write_text(before + "008,Eight,State\n")
    second = pin(settings, registry)
    assert second.is_new and second.version != first.version
    leas.write_text(before)
    third = pin(settings, registry)
    assert third.is_new and third.version == first.version == registry.pinned_reference()
    pinned = [event.payload["reference_version"] for event in registry.events(event_types=["reference_pinned"])]
    assert pinned == [first.version, second.version, first.version]


def test_manifests_beside_the_tables_change_nothing(settings, registry):
    before = current_version(settings, registry)
    (settings.state_folder / "fy2020.csv").write_text("file,lea_id\n")
    assert current_version(settings, registry) == before
    (settings.state_folder / "layouts" / "other.yml").write_text("layout: other\n")
    assert current_version(settings, registry) != before


def test_the_sample_s_directory_comes_from_the_home(settings):
    sample = settings.model_copy(update={"state": "sample", "home": settings.home.parent / "other"})
    folder = sample.home / "sample" / "reference"
    folder.mkdir(parents=True)
    (folder / "leas.csv").write_text("lea_id,lea_name,source\n1,Made,Sample\n")
    sample.__dict__.pop("state_folder", None)
    assert b"Made" in gather(sample)["seeds/leas.csv"]
    assert b"Made" not in gather(settings)["seeds/leas.csv"]


def test_a_table_with_other_columns_is_refused(settings, registry):
    (settings.state_folder / "leas.csv").write_text("lea_id,name,source\n")
    with pytest.raises(Refusal, match=r"leas.csv, line 1: lacks lea_name and has name too many"):
        pin(settings, registry)
    assert registry.head().position == 0


def test_an_unknown_state_is_refused(settings, registry):
    nowhere = Settings(home=settings.home, state="nowhere", project=settings.project)
    with pytest.raises(Refusal, match="There is no state 'nowhere': EDFIN_STATE may be here, sample"):
        gather(nowhere)


def test_waivers_recorded_enter_the_next_version(settings, registry):
    before = current_version(settings, registry)
    waiver = {
        "sha256": "ab",
        "edit_id": "ledger_017",
        "row_from": 2,
        "row_to": None,
        "effect": "accept",
        "reason": "a, b",
    }
    registry.append("waived", None, by="me", payload=waiver | {"by": "me", "until": "2026-12-31", "source": "letter"})
    pinned = pin(settings, registry)
    assert pinned.version != before
    lines = (pinned.seeds / "waivers.csv").read_text().splitlines()
    assert lines[1:] == ['ab,ledger_017,2,,accept,"a, b",me,2026-12-31,letter']


def test_a_pinned_version_stays_as_it_was(settings, registry):
    pinned = pin(settings, registry)
    assert open_version(settings, pinned.version).files == pinned.files
    (pinned.seeds / "leas.csv").write_text("lea_id,lea_name,source\n")
    with pytest.raises(SystemFailure, match=r"changed after it was pinned \(seeds/leas.csv\)"):
        open_version(settings, pinned.version)
    with pytest.raises(Refusal, match="never pinned"):
        open_version(settings, "0" * 64)


def test_a_kill_before_the_folder_is_in_place_leaves_no_version(settings, registry, monkeypatch):
    monkeypatch.setattr("ingest.atomic_files.put_folder", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        pin(settings, registry)
    monkeypatch.undo()
    assert registry.pinned_reference() is None
    assert pin(settings, registry).is_new


@pytest.mark.parametrize("state", sorted(path.name for path in (project_folder() / "states").glob("[a-z]*")))
def test_the_states_of_this_repository_can_be_pinned(tmp_path, state):
    settings = Settings(home=tmp_path / "home", state=state)
    pinned = pin(settings, Registry.open(settings))
    tables = {path.name for path in settings.template_folder.glob("*.csv")}
    assert tables <= {path.name for path in pinned.seeds.iterdir()}
