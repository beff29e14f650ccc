"""`edfin docs` names a generation's site or copies it, and says in one line why it cannot.

Belongs here: the verb on a home made by hand. Does not belong here: the pages (`test_site_content`).
"""

import pytest
from click.testing import CliRunner

from dagster_project.cli_docs import docs
from ingest.refusals import Refusal

NEW, OLD = "20260302T020000Z-00000002", "20260301T020000Z-00000001"


@pytest.fixture
def home(tmp_path, monkeypatch, sites):
    """Two generations, of which the older has no site; nothing is released."""
    shelf = tmp_path / "home" / "published" / "restricted"
    for generation in (NEW, OLD):
        (shelf / "generations" / generation).mkdir(parents=True)
        (shelf / "generations" / generation / "manifest.json").write_text("{}")
    (shelf / "generations" / NEW / "docs").symlink_to(sites["restricted"])
    (shelf / "current").symlink_to(f"generations/{NEW}")
    monkeypatch.setenv("EDFIN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("EDFIN_STATE", "sample")
    return tmp_path / "home"


def _said(*arguments) -> str:
    done = CliRunner().invoke(docs, [str(one) for one in arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output.strip()


def test_it_names_the_first_page(home):
    assert _said().endswith(f"{NEW}/docs/index.html")


def test_it_copies_the_site_and_replaces_its_own_copy(home, tmp_path, sites):
    for _ in range(2):
        assert _said("--to", tmp_path / "site") == str(tmp_path / "site" / "index.html")
    assert {path.name for path in (tmp_path / "site").iterdir()} == {
        path.name for path in sites["restricted"].iterdir()
    }


def test_it_leaves_another_folder_alone(home, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(Refusal, match="is no site: nothing was written"):
        _said("--to", tmp_path / "mine")
    assert (tmp_path / "mine" / "letter.txt").read_text() == "dear"


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--generation", OLD), "made before generations had one"),
        (("--generation", "1999"), "no complete generation"),
        (("--public",), "nothing is released yet"),
    ],
)
def test_what_is_not_there_is_said(home, arguments, why):
    with pytest.raises(Refusal, match=why):
        _said(*arguments)
