"""Published numbers followed back: worked out anew from the lines they are the same, and the lines are those of the file.

Belongs here: `edfin explain` over a real night. Does not belong here: what the marts must say (`test_night`, `test_hand_worked`).
"""

import json
import random

import pytest
from nights import PROJECT, current

from publish.recipes import read_mart

pytestmark = pytest.mark.slow
MARTS = PROJECT / "dbt" / "models" / "marts"
TABLES = ("district_spending", "district_spending_detail", "school_spending", "operating_budget", "operating_budget_source_use",
          "spending_flexibility", "f33", "f33_detail", "spending_tie_out", "school_spending_exclusion", "school_spending_mix",
          "district_per_pupil", "district_per_pupil_compared", "sustainability", "school_allocation", "title_i_comparability",
          "district_staffing", "district_productivity")  # fmt: skip
POOLS = {"central_federal_amount", "central_state_local_amount"}


def _cells(home, count: int, seed: int) -> list[tuple[str, str, dict]]:
    """Random cells that are not empty, as many of one table as of another."""
    rng, found = random.Random(seed), []
    marts = [read_mart(MARTS, name) for name in TABLES]
    rows = {
        mart.name: json.loads(home.ok("sql", f"select * from {mart.name} order by all", "--format", "json"))
        for mart in marts
    }
    while len(found) < count:
        mart = marts[len(found) % len(marts)]
        row, column = rng.choice(rows[mart.name]), rng.choice(sorted(mart.recipes))
        if row[column] is not None:
            found.append((mart.name, column, {name: row[name] for name in mart.keys} | {"": row[column]}))
    return found


def _explained(home, table: str, column: str, key: dict, *more: str) -> dict:
    pairs = [f"{name}={'' if value is None else value}" for name, value in key.items() if name]
    return json.loads(home.ok("explain", table, column, *pairs, "--format", "json", *more))


def _columns(said: dict) -> set[str]:
    """The columns a number is made of, and theirs."""
    return {part["column"] for part in said["parts"]}.union(*(_columns(part) for part in said["parts"]))


@pytest.mark.parametrize("count", [9, pytest.param(500, marks=pytest.mark.soak)])
def test_random_cells_are_the_same_when_worked_out_anew(first_night, count):
    wrong = []
    for table, column, key in _cells(first_night.home, count, seed=count):
        said = _explained(first_night.home, table, column, key)
        is_share = column in POOLS or any(part in POOLS for part in _columns(said))
        is_share |= key.get("category") in ("central_share", "undistributed") or (
            key.get("denominator_def_id") == "weighted" and column != "numerator_amount"
        )
        if said["value"] != pytest.approx(key[""]) or not (said["is_equal"] or is_share):
            wrong.append((table, column, key, said["value"], said["recomputed"]))
    assert not wrong


def test_a_number_leads_to_the_lines_of_the_file(first_night):
    home = first_night.home
    row = json.loads(
        home.ok(
            "sql", "select lea_id, fiscal_year, amount from operating_budget where step = 'debt_service' and amount_type = 'actual' "
            "and amount <> 0 order by all limit 1", "--format", "json",
        )
    )[0]  # fmt: skip
    key = {"lea_id": row["lea_id"], "fiscal_year": row["fiscal_year"], "amount_type": "actual", "step": "debt_service"}
    said = _explained(home, "operating_budget", "amount", key, "--lines")
    assert said["lines"] and sum(line["amount"] for line in said["lines"]) == pytest.approx(-row["amount"])
    (file_name,) = {one["file_name"] for one in said["submissions"]}
    held = (home.path / "sample" / row["lea_id"] / str(row["fiscal_year"]) / file_name).read_bytes()
    if file_name.endswith(".csv"):
        lines = held.decode().splitlines()
        for line in said["lines"]:
            assert line["source_line"] == lines[line["row_number"] - 1]
    assert {one["dimension"] for one in said["crosswalk"]} >= {"fund", "function", "object"}


WRONG = {
    ("district_spendin", "adm", "lea_id=0007"): "Nearest: district_spending",
    ("district_spending", "instruction", "lea_id=0007"): "Nearest: instruction_amount",
    ("district_spending", "lea_name", "lea_id=0007"): "is not written down",
    ("district_spending", "instruction_amount", "lea_id=0007"): "name fiscal_year=… too",
    ("district_spending", "instruction_amount", "lea_id=7"): "No row of district_spending",
    ("district_spending", "instruction_amount", "lea=0007"): "has no column lea; its key is lea_id, fiscal_year",
    ("district_spending", "instruction_amount", "0007"): "write column=value",
}


@pytest.mark.parametrize("asked", WRONG)
def test_what_cannot_be_explained_is_said_in_words(first_night, asked):
    done = first_night.home.run("explain", *asked)
    assert done.returncode == 2 and WRONG[asked] in done.stderr and "Traceback" not in done.stderr


def test_the_generation_explained_is_the_one_published(first_night):
    said = first_night.home.ok(
        "explain", "operating_budget", "amount", *(f"{k}={v}" for k, v in _first(first_night.home).items())
    )
    assert said.startswith(f"Generation {current(first_night.home).name}")


def _first(home) -> dict:
    keys = "lea_id, fiscal_year, amount_type, step"
    return json.loads(
        home.ok(
            "sql",
            f"select {keys} from operating_budget where amount is not null order by all limit 1",
            "--format",
            "json",
        )
    )[0]
