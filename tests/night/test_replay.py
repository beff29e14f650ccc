"""Is every night built again as it was, and does the order of arrival leave no trace? A short run, and the full ones with -m soak."""

import random
import shutil
from itertools import pairwise

import pytest
from nights import current, manifest
from replays import a_project, data_marts, lend_sample, play, send

pytestmark = pytest.mark.slow


def _replayed(first_night, new_home, tmp_path, nights: int, seed: int, first: int = 0):
    home, project, rng = new_home(f"replay{seed}"), a_project(tmp_path / "project"), random.Random(seed)
    rows = lend_sample(first_night.home, home)
    told = play(home, project, rows, nights, rng)
    assert [one.code for one in told] == [0] * nights, [one.said for one in told if one.code]
    reproduced = []
    for one in told[first:]:
        again = home.run("rebuild", "--as-of", one.manifest["as_of"], EDFIN_PROJECT=str(project))
        # The same identity must give the same numbers: the command refuses anything else.
        assert again.returncode == 0, again.stderr
        reproduced.append(again.stdout.strip() == one.manifest["generation_id"])
    return told, reproduced


def test_a_continued_night_is_reproduced_from_nothing(first_night, new_home, tmp_path):
    told, reproduced = _replayed(first_night, new_home, tmp_path, nights=2, seed=11, first=1)
    assert reproduced == [True]
    assert [one.built["is_continued"] for one in told] == [False, True]


@pytest.mark.soak
def test_a_night_after_an_edit_of_the_reference_is_reproduced(first_night, new_home, tmp_path):
    told, reproduced = _replayed(first_night, new_home, tmp_path, nights=3, seed=12)
    assert reproduced == [True] * 3
    # A data-only night continued the last build, the one after the edit began from nothing.
    assert [one.built["is_continued"] for one in told] == [False, True, False]


@pytest.mark.soak
def test_forty_nights_are_reproduced(first_night, new_home, tmp_path):
    _, reproduced = _replayed(first_night, new_home, tmp_path, nights=40, seed=40)
    assert reproduced.count(True) == 40


@pytest.mark.parametrize("seed", [0, *(pytest.param(n, marks=pytest.mark.soak) for n in range(1, 10))])
def test_any_order_of_one_delivery_gives_the_same_marts(first_night, new_home, tmp_path, seed):
    assert _delivered(first_night, new_home, tmp_path, seed, nights=1) == data_marts(manifest(first_night.folder))


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100))
def test_any_order_over_three_nights_gives_the_same_marts(first_night, new_home, tmp_path, seed):
    assert _delivered(first_night, new_home, tmp_path, seed, nights=3) == data_marts(manifest(first_night.folder))


def _delivered(first_night, new_home, tmp_path, seed: int, nights: int) -> dict:
    """Send the sample in an order of its own, cut anywhere into as many nights; the marts of the last."""
    home, project, rng = new_home(f"order{seed}"), a_project(tmp_path / "project"), random.Random(seed)
    rows = lend_sample(first_night.home, home)
    # Versions of one slot arrive as they were made; everything else in any order.
    waiting = _in_order_of_version(rng.sample(rows, len(rows)), rows)
    cuts = [0, *sorted(rng.sample(range(1, len(waiting)), nights - 1)), len(waiting)]
    for start, end in pairwise(cuts):
        send(home, waiting[start:end], project)
        # The project's policy lets a state arrive in parts: its totals may move as they like.
        night = home.run("nightly", EDFIN_PROJECT=str(project))
        assert night.returncode == 0, night.stderr
    marts = data_marts(manifest(current(home)))
    shutil.rmtree(home.path)  # a hundred homes are more than a disk need hold
    return marts


def _in_order_of_version(shuffled: list[dict], rows: list[dict]) -> list[dict]:
    def slot(row):
        return row["lea_id"], row["collection"], row["fiscal_year"], row["reporting_period"]

    queues = {}
    for row in rows:
        queues.setdefault(slot(row), []).append(row)
    return [queues[slot(row)].pop(0) for row in shuffled]
