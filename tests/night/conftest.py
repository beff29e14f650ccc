"""One home through two nights, told as stages: each stage is a session fixture that needs the one before.

Belongs here: the stages. Does not belong here: what must hold (`test_night`), how a home is handled (`nights`).
"""

import json
import shutil
import time
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from nights import CHANGE, PROJECT, SAMPLE, Sent, current, kill_night, latest, lines, statuses, submit, write


@pytest.fixture(scope="session")
def first_night(new_home):
    """A sample with planted errors, and its first night."""
    home = new_home("nights", EDFIN_EXTRACTS="nightly")
    home.ok("sample", *SAMPLE)
    done = home.run("nightly")
    folder = current(home) if (home.path / "published" / "restricted" / "current").exists() else None
    return SimpleNamespace(home=home, done=done, folder=folder, report=done.stdout)


@pytest.fixture(scope="session")
def idle_night(first_night):
    """A second night with nothing new."""
    started = time.monotonic()
    done = first_night.home.run("nightly")
    return SimpleNamespace(done=done, seconds=time.monotonic() - started, folder=current(first_night.home))


@pytest.fixture(scope="session")
def sent(first_night, idle_night) -> Sent:
    """One district corrects a ledger, one sends a broken one, and one file holds three LEAs, one of them unknown."""
    home = first_night.home
    # What a gate killed between writing and committing leaves behind; read twice, it would double every dollar.
    committed = next((home.path / "raw" / "ledger").glob("fy*.parquet"))
    shutil.copyfile(committed, committed.with_name("fy2025-left_by_a_killed_gate.parquet"))
    period = {
        row["lea_id"]: row["reporting_period"]
        for row in json.loads(
            home.ok("sql", "select * from district_spending where fiscal_year = 2025", "--format", "json")
        )
    }
    row = latest(home, lambda r: r["collection"] == "ledger" and r["fiscal_year"] == "2025" and r["file"].endswith(".csv")
                  and r["reporting_period"] == period[r["lea_id"]])  # fmt: skip
    rows = lines(home, row)
    line = next(
        x
        for x in rows
        if (x["Account Class"], x["Amount Type"], x["Location Type"]) == ("expenditure", "actual", "school")
    )
    line["Amount"] = str(Decimal(line["Amount"]) + CHANGE)
    changed = submit(home, write(home.path / "corrected.csv", rows), row["lea_id"], 2025, row["reporting_period"])
    others = [lea for lea in sorted(period) if lea != row["lea_id"]]
    broken = write(
        home.path / "broken.csv",
        [{**line, "LEA ID": others[0], "Amount": "12.345", "School ID": "", "Location Type": "central"}],
    )
    suspended = submit(home, broken, others[0], 2025, period[others[0]])
    several = []
    for lea_id in (others[0], others[1], "9998"):
        several.append({**line, "LEA ID": lea_id, "School ID": "", "Location Type": "central", "Amount": "10.00"})
    several_id = submit(home, write(home.path / "several.csv", several), "", 2025, "interim")
    return Sent((row["lea_id"], 2025), changed, suspended, several_id)


@pytest.fixture(scope="session")
def broken_project(tmp_path_factory) -> Path:
    """A copy of the project whose ledger contract names a column that does not exist; all else is linked."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "dbt" / "models" / "sources").mkdir(parents=True)
    (folder / "states").symlink_to(PROJECT / "states")
    (folder / "dbt" / "seeds").symlink_to(PROJECT / "dbt" / "seeds")
    for path in (PROJECT / "dbt" / "models" / "sources").glob("*.yml"):
        shutil.copy(path, folder / "dbt" / "models" / "sources")
    contract = folder / "dbt" / "models" / "sources" / "ledger.yml"
    document = yaml.safe_load(contract.read_text())
    rule = document["sources"][0]["tables"][0]["data_tests"][3]["row_satisfies"]
    rule["arguments"]["expression"] = "no_such_column = 'x'"
    contract.write_text(yaml.safe_dump(document, sort_keys=False))
    return folder


@pytest.fixture(scope="session")
def broken_night(first_night, sent, broken_project):
    """A night whose gate cannot judge the ledgers."""
    home = first_night.home
    done = home.run("nightly", EDFIN_PROJECT=str(broken_project))
    return SimpleNamespace(done=done, folder=current(home), status=statuses(home))


@pytest.fixture(scope="session")
def killed_nights(first_night, sent, broken_night) -> list[SimpleNamespace]:
    """The same night killed after the first verdicts, in the middle of dbt, and while it publishes."""
    home = first_night.home
    nights = []
    for marker, wait in (("gate membership", 0.0), ("dbt build", 8.0), ("publish", 0.0)):
        said = kill_night(home, marker, wait)
        nights.append(SimpleNamespace(marker=marker, said=said, folder=current(home), status=statuses(home)))
    return nights


@pytest.fixture(scope="session")
def second_night(first_night, sent, broken_night, killed_nights) -> SimpleNamespace:
    """The night that completes what the broken and the killed ones left."""
    home = first_night.home
    done = home.run("nightly")
    return SimpleNamespace(home=home, done=done, folder=current(home), status=statuses(home))
