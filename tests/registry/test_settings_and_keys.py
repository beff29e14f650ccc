"""Where a home lies, whose it is, and the key it was begun with."""

import hmac
import stat

import pyarrow as pa
import pytest

from ingest.contracts import contracts
from ingest.keys import Keys
from ingest.landing import Landing
from ingest.raw import ensure_empty_file
from ingest.refusals import Refusal, SystemFailure
from ingest.registry import Registry
from ingest.settings import Settings, project_folder


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path / "home")


def test_defaults_lie_in_the_working_folder(tmp_path):
    settings = Settings.read()
    assert settings.home == tmp_path / "data"
    assert settings.state == "sample"
    assert settings.registry_url == f"sqlite:///{tmp_path}/data/registry.db"
    assert settings.key_file == tmp_path / "data" / "key"


def test_environment_wins_over_the_file_and_empty_entries_mean_the_default(tmp_path, monkeypatch):
    (tmp_path / ".env").write_text("EDFIN_HOME=from_file\nEDFIN_STATE=alaska\nEDFIN_KEY_FILE=\nEDFIN_REGISTRY=\n")
    monkeypatch.setenv("EDFIN_HOME", "from_environment")
    settings = Settings.read()
    assert (settings.home, settings.state) == (tmp_path / "from_environment", "alaska")
    assert settings.key_file == settings.home / "key"


def test_a_misspelt_setting_is_named_once_with_the_nearest(tmp_path, capsys):
    (tmp_path / ".env").write_text("# EDFIN_OLD=1\nexport EDFIN_HOEM=/x\nOTHER=1\nEDFIN_STATE=sample\n")
    Settings.read(), Settings.read()
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "EDFIN_HOEM is no setting; the nearest is EDFIN_HOME" in said


def test_settings_that_are_no_text_are_refused(tmp_path):
    (tmp_path / ".env").write_bytes("EDFIN_HOME=Schüler".encode("latin-1"))
    with pytest.raises(Refusal, match="is not UTF-8 text"):
        Settings.read()


def test_the_example_names_every_setting():
    example = (project_folder() / ".env.example").read_text()
    for name in ("EDFIN_HOME", "EDFIN_STATE", "EDFIN_REGISTRY", "EDFIN_KEY_FILE"):
        assert f"\n{name}=" in example


def test_a_home_holds_one_state(settings):
    settings.claim_home()
    settings.claim_home()
    with pytest.raises(Refusal, match="holds state 'sample', but EDFIN_STATE is 'alaska'"):
        Settings(home=settings.home, state="alaska").claim_home()


@pytest.mark.parametrize("state", ["../x", "Alaska", ""])
def test_a_state_is_a_folder_name(state):
    with pytest.raises(Refusal, match="EDFIN_STATE cannot be used"):
        Settings.read(state=state)


def test_the_key_is_made_once_and_is_the_owner_s_alone(settings):
    first = Keys.open(settings)
    assert stat.S_IMODE(settings.key_file.stat().st_mode) == 0o600
    assert Keys.open(settings).pseudonym_of("a") == first.pseudonym_of("a")
    assert not list(settings.home.glob(".unfinished*"))


def test_the_home_keeps_what_districts_sent_to_its_owner(settings, tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "registry.db").touch(mode=0o644)
    Landing.open(settings), Registry.open(settings)
    ensure_empty_file(settings.raw_folder, contracts(settings.sources_folder)["staff"])
    modes = {
        str(path.relative_to(settings.home)): stat.S_IMODE(path.stat().st_mode) for path in settings.home.rglob("*")
    }
    assert {modes[name] for name in ("landing", "raw", "raw/staff")} == {0o700}
    private = [name for name in modes if name.startswith("registry.db") or name.endswith(".parquet")]
    assert len(private) >= 3 and {modes[name] for name in private} == {0o600}


def test_another_key_is_refused(settings, tmp_path):
    Keys.open(settings)
    settings.key_file.unlink()
    with pytest.raises(SystemFailure, match="is gone"):
        Keys.open(settings)
    settings.key_file.write_text("00" * 32)
    with pytest.raises(SystemFailure, match="is not the key"):
        Keys.open(settings)
    settings.key_file.write_text("no key")
    with pytest.raises(SystemFailure, match="64 hexadecimal digits"):
        Keys.open(settings)


def test_pseudonyms_fold_blanks_and_case_and_keep_zeros():
    keys = Keys(b"k" * 32)
    assert keys.pseudonym_of(" a17\u00a0") == keys.pseudonym_of("A17")
    assert keys.pseudonym_of("007") != keys.pseudonym_of("7")
    assert len(keys.pseudonym_of("007")) == 64
    assert keys.pseudonym_of("  ") is keys.pseudonym_of(None) is keys.pseudonym_of("") is None


@pytest.mark.parametrize("make", [list, pa.array, lambda ids: pa.chunked_array([ids[:2], ids[2:]])])
def test_a_column_of_pseudonyms_equals_one_by_one(make):
    keys = Keys(b"k" * 32)
    ids = ["a", None, "B ", "a", ""]
    assert keys.pseudonym(make(ids)).to_pylist() == [keys.pseudonym_of(one) for one in ids]
    assert len(keys.pseudonym(pa.chunked_array([], pa.string()))) == 0


def test_the_keys_tell_nothing_of_each_other():
    keys = Keys(b"k" * 32)
    assert hmac.digest(keys.encryption_key, b"A", "sha256").hex() != keys.pseudonym_of("A")
    assert keys.encryption_key != b"k" * 32
