"""A purge and the generations: the next night builds without it, the past too, and what still holds its rows is named and deleted.

What a purge takes is asked in `tests/registry/test_purge.py` and `tests/gate/test_purged_rows.py`.
"""

import json
import shutil
from dataclasses import replace
from types import SimpleNamespace

import duckdb
import pytest
from nights import current, manifest

pytestmark = [pytest.mark.slow, pytest.mark.soak]
WHY = ("--reason", "Social security numbers.", "--by", "Data manager", "--yes")
OF_SUBMISSIONS = {"dim_submission", "submission_quality", "edit_effectiveness", "generation"}


@pytest.fixture(scope="session")
def purged(first_night, tmp_path_factory):
    """A copy of a home with a night, an accepted file of outcomes purged, and a night after it."""
    folder = tmp_path_factory.mktemp("purged") / "home"
    shutil.copytree(first_night.home.path, folder, symlinks=True)
    home = replace(first_night.home, path=folder)
    old = current(home)
    known = json.loads(home.ok("status", "--format", "json", "--collection", "outcomes"))
    gone = next(one["submission_id"] for one in known if one["status"] == "accepted")
    counted = f"select count(*) as n from fct_outcomes where submission_id = '{gone}'"
    rows = json.loads(home.ok("sql", counted, "--format", "json"))[0]["n"]
    said = home.ok("purge", gone, *WHY)
    home.ok("nightly")
    return SimpleNamespace(home=home, old=old, was=manifest(old), gone=gone, rows=rows, said=said, counted=counted)


def _rows(purged, *options):
    return json.loads(purged.home.ok("sql", purged.counted, "--format", "json", *options))[0]["n"]


def test_the_next_night_builds_without_it_and_the_old_generation_is_named(purged):
    assert purged.rows > 0 and _rows(purged) == 0 and current(purged.home) != purged.old
    assert f"Generation {purged.old.name} (current) still holds {purged.rows:,} of its rows" in purged.said
    assert "run `edfin nightly`" in purged.said and _rows(purged, "--generation", purged.old.name) == purged.rows
    assert "the same bytes" in purged.said and "nights' logs" in purged.said
    status = f"select status from dim_submission where submission_id = '{purged.gone}'"
    assert json.loads(purged.home.ok("sql", status, "--format", "json")) == [{"status": "purged"}]


def test_a_moment_before_the_purge_is_built_without_it_and_says_so(purged):
    done = purged.home.run("rebuild", "--as-of", purged.was["as_of"])
    assert done.returncode == 0, done.stderr
    assert "Left out, its rows are gone" in done.stderr and "purged on" in done.stderr and "failed:" not in done.stderr
    built = done.stdout.strip()
    assert built != purged.old.name and _rows(purged, "--generation", built) == 0
    again = manifest(purged.old.with_name(built))
    assert again["purged"] == [purged.gone]
    differing = {name for name, mart in again["marts"].items() if mart != purged.was["marts"][name]}
    assert "fct_outcomes" in differing and differing <= {"fct_outcomes"} | OF_SUBMISSIONS


def test_generations_that_hold_its_rows_are_deleted_when_asked_for(purged):
    said = purged.home.ok("purge", purged.gone, *WHY, "--generations")
    assert f"Generation {purged.old.name} is deleted." in said and "still holds" not in said
    assert not purged.old.exists() and current(purged.home).exists()
    published = purged.home.path / "published" / "restricted"
    facts = f"from read_parquet('{published}/**/fct_outcomes/*.parquet') where submission_id = '{purged.gone}'"
    assert duckdb.sql(facts).fetchall() == []
    assert "is no complete generation" in purged.home.run("rollback", purged.old.name).stderr
    assert "Nothing new" in purged.home.ok("nightly") and "the chain holds" in purged.home.ok("verify")
