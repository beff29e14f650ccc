"""A history played into a home: the same files in another order, in bits, some of them twice, while reference tables change.

Belongs here: shuffling, sending and editing. Does not belong here: what must hold (`test_replay`).
"""

import csv
import json
import random
import re
import shutil
from pathlib import Path
from types import SimpleNamespace

from nights import PROJECT, current, manifest

# Tables that tell of arrivals, not of data: another order of arrival makes other rows of them.
OF_ARRIVAL = {"generation", "dim_submission", "submission_quality", "edit_effectiveness"}


def a_project(folder: Path) -> Path:
    """The project with a state folder of its own, whose tables may be edited."""
    (folder / "dbt" / "models").mkdir(parents=True)
    (folder / "dbt" / "models" / "sources").symlink_to(PROJECT / "dbt" / "models" / "sources")
    (folder / "dbt" / "seeds").symlink_to(PROJECT / "dbt" / "seeds")
    shutil.copytree(PROJECT / "states", folder / "states")
    # Half of a state arrives each night: its totals move as they like, and nothing is held back for that.
    policy = folder / "states" / "sample" / "policy.csv"
    policy.write_text(
        re.sub("(?m)^state_total_change_rate,[^,]*,", "state_total_change_rate,1000,", policy.read_text())
    )
    return folder


def lend_sample(donor, home) -> list[dict[str, str]]:
    """Give a home the files and the directory of another one's sample, unsubmitted; returns the manifest's rows."""
    shutil.copytree(donor.path / "sample", home.path / "sample")
    # The same key: the same persons have the same pseudonyms.
    for name in ("key", "key.id"):
        shutil.copy2(donor.path / name, home.path / name)
    with (home.path / "sample" / "manifest.csv").open() as stream:
        return list(csv.DictReader(stream))


def send(home, rows: list[dict[str, str]], project: Path) -> None:
    """Submit these rows of the manifest in this order."""
    part = home.path / "part.csv"
    with part.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    done = home.run("submit", "--manifest", part, "--from", home.path / "sample", EDFIN_PROJECT=str(project))
    assert done.returncode == 0, done.stderr


def edit_reference(project: Path, rng: random.Random) -> None:
    """Move the base year of real dollars, or send one fund's money to another national fund."""
    folder = project / "states" / "sample"
    if rng.random() < 0.5:
        path, old, new = folder / "policy.csv", "real_dollar_base_fiscal_year,20", rng.choice(["2023", "2024", "2025"])
        lines = [
            f"real_dollar_base_fiscal_year,{new},{line.split(',', 2)[2]}" if line.startswith(old) else line
            for line in path.read_text().splitlines()
        ]
    else:
        path = folder / "xwalk_account.csv"
        lines = [
            _other_fund(line, rng) if line.startswith("fund,020,") else line for line in path.read_text().splitlines()
        ]
    path.write_text("\n".join(lines) + "\n")


def _other_fund(line: str, rng: random.Random) -> str:
    cells = line.split(",")
    return ",".join([*cells[:6], rng.choice(["1", "2"]), *cells[7:]])


def play(home, project: Path, rows: list[dict[str, str]], nights: int, rng: random.Random) -> list[SimpleNamespace]:
    """Deliver all rows over so many nights in random order, some twice, with edits of the reference between nights."""
    waiting = rng.sample(rows, len(rows))
    share, done = -(-len(rows) // nights), []
    for number in range(nights):
        part, waiting = waiting[:share], waiting[share:]
        if number % 4 == 2:
            edit_reference(project, rng)
        if part:
            send(home, [*part, *rng.sample(part, min(2, len(part)))], project)
        night = home.run("nightly", EDFIN_PROJECT=str(project))
        folder = current(home)
        stages = sorted((home.path / "runs").glob("*/stages.jsonl"))[-1].read_text().splitlines()
        built = next((one for one in map(json.loads, stages) if one["stage"] == "dbt build"), {})
        done.append(SimpleNamespace(code=night.returncode, said=night.stderr, manifest=manifest(folder), built=built))
    return done


def data_marts(told: dict) -> dict:
    """The marts of a manifest that tell of data."""
    return {table: mart for table, mart in told["marts"].items() if table not in OF_ARRIVAL}
