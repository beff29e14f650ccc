"""Bytes go in whole, come out whole, and lie encrypted in between."""

import json

import pytest

from ingest.landing import Landing
from ingest.refusals import Refusal, SystemFailure
from ingest.settings import Settings

CLEAR = b"Staff ID,Salary\nA-123-45-6789,50000\n"


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path / "home")


def _files(landing):
    return [path for path in landing.folder.rglob("*") if path.is_file()]


def test_bytes_come_back_and_lie_nowhere_in_clear(landing, settings, tmp_path):
    (tmp_path / "staff.csv").write_bytes(CLEAR)
    sha256, size = landing.put(tmp_path / "staff.csv")
    assert (landing.open_bytes(sha256), size) == (CLEAR, len(CLEAR))
    for path in settings.home.rglob("*"):
        assert path.is_dir() or b"123-45" not in path.read_bytes()


def test_the_same_bytes_are_kept_once(landing):
    first = landing.put_bytes(CLEAR)
    before = [(path, path.read_bytes()) for path in _files(landing)]
    assert landing.put_bytes(CLEAR) == first
    assert [(path, path.read_bytes()) for path in _files(landing)] == before


def test_an_empty_file_lands(landing):
    sha256, size = landing.put_bytes(b"")
    assert (landing.open_bytes(sha256), size) == (b"", 0)


def test_damage_and_exchange_are_noticed(landing):
    one, _ = landing.put_bytes(b"one")
    two, _ = landing.put_bytes(b"two")
    path_one, path_two = (landing.folder / sha[:2] / f"{sha}.enc" for sha in (one, two))
    path_two.write_bytes(path_one.read_bytes())
    with pytest.raises(SystemFailure, match="damaged"):
        landing.open_bytes(two)
    path_one.write_bytes(path_one.read_bytes()[:-1])
    with pytest.raises(SystemFailure, match="restore it"):
        landing.open_bytes(one)
    path_one.unlink()
    with pytest.raises(SystemFailure, match="cannot be read"):
        landing.open_bytes(one)


def test_a_half_written_object_is_no_object(landing, monkeypatch):
    monkeypatch.setattr("ingest.atomic_files.os.fsync", lambda _: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        landing.put_bytes(CLEAR)
    assert _files(landing) == []


def test_purged_bytes_leave_a_tombstone_and_stay_away(landing):
    sha256, _ = landing.put_bytes(CLEAR)
    landing.purge(sha256, at="2026-01-01T00:00:00Z", by="me", reason="ids in clear")
    assert [path.name for path in _files(landing)] == [f"{sha256}.purged.json"]
    assert json.loads(_files(landing)[0].read_text())["reason"] == "ids in clear"
    with pytest.raises(Refusal, match="purged"):
        landing.open_bytes(sha256)
    with pytest.raises(Refusal, match="not taken again"):
        landing.put_bytes(CLEAR)


def test_what_is_no_file_is_refused_in_one_line(landing, tmp_path):
    for path in (tmp_path / "nowhere.csv", tmp_path):
        with pytest.raises(Refusal, match="cannot be read"):
            landing.put(path)


def test_another_home_s_key_does_not_open_it(landing, tmp_path):
    sha256, _ = landing.put_bytes(CLEAR)
    stranger = Landing(landing.folder, b"x" * 32)
    with pytest.raises(SystemFailure, match="another key"):
        stranger.open_bytes(sha256)
