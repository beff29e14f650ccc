"""From certified data to what the public sees, and back.

Belongs here: `edfin release` on a home after a night. Does not belong here: the choice of what is hidden (`tests/disclosure`).
"""

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from nights import PROJECT

from publish.disclosure.policy import read_policy
from publish.disclosure.protect import protect
from publish.sql_door import open_generation

pytestmark = pytest.mark.slow
WHO = ("--by", "Chief data officer")


@pytest.fixture(scope="module")
def home(first_night, tmp_path_factory):
    """A copy of the home after its first night: what is certified there changes no other test."""
    folder = tmp_path_factory.mktemp("released") / "home"
    shutil.copytree(first_night.home.path, folder, symlinks=True)
    return type(first_night.home)(folder)


@pytest.fixture(scope="module")
def uncertified(home):
    return home.run("release", "--note", "First", *WHO)


@pytest.fixture(scope="module")
def certified(home, uncertified):
    return home.run("certify", "--manifest", home.path / "sample" / "certified.csv", "--by", "State controller")


@pytest.fixture(scope="module")
def rehearsed(home, certified):
    done = home.run("release", "--note", "First", *WHO, "--dry-run")
    return done, (home.path / "published" / "public" / "current").exists()


@pytest.fixture(scope="module")
def released(home, rehearsed) -> Path:
    home.ok("release", "--note", "First", *WHO)
    return _public(home)


@pytest.fixture(scope="module")
def released_again(home, released) -> Path:
    """One ledger of the last year is certified too."""
    waiting = json.loads(home.ok("sql", "select submission_id from dim_submission where status = 'accepted' and collection = 'ledger' and fiscal_year = "
                                 "(select max(fiscal_year) from dim_submission) and reporting_period like 'actual%' order by all", "--format", "json"))  # fmt: skip
    # One without an open warning; the others wait for an explanation.
    assert any(home.run("certify", one["submission_id"], "--by", "State controller").returncode == 0 for one in waiting)
    home.ok("release", "--note", "Second", *WHO)
    return _public(home)


def _public(home) -> Path:
    return (home.path / "published" / "public" / "current").resolve()


def _query(home, sql: str) -> list[dict]:
    return json.loads(home.ok("sql", sql, "--public", "--format", "json"))


def test_a_release_carries_the_documentation_of_what_is_public(released):
    pages = {path.name: path.read_text("utf-8") for path in (released / "docs").iterdir()}
    assert released.name in pages["index.html"] and "never zero, and never missing" in pages["hidden.html"]
    assert "c-suppressed_columns" in pages["table-school_spending.html"]
    told = "".join(pages.values())
    assert not [name for name in ("fct_ledger", "fct_staff_assignments", "dim_submission", "school_allocation") if name in told]  # fmt: skip


def test_nothing_certified_is_no_release(uncertified):
    assert uncertified.returncode == 2 and "Nothing is certified" in uncertified.stderr


def test_a_list_of_slots_is_certified_and_the_others_are_named(certified):
    assert certified.returncode in (0, 1) and "certified by State controller" in certified.stdout
    assert certified.stderr.count("not certified:") == int(certified.stdout.rpartition(", ")[2].split()[0])


def test_a_dry_run_tells_and_moves_nothing(rehearsed):
    done, is_public = rehearsed
    assert (
        done.returncode == 0
        and "Nothing was released" in done.stdout
        and "Cells hidden" in done.stdout
        and not is_public
    )


def test_a_release_is_told_in_the_chain_and_the_chain_holds(home, released):
    told = json.loads((home.path / "published" / "public" / "history.jsonl").read_text().splitlines()[0])
    assert (told["action"], told["by"], told["reason"]) == ("released", "Chief data officer", "First")
    assert "verified" in home.run("verify").stdout or home.run("verify").returncode == 0


def test_no_file_of_it_holds_people_submissions_or_the_past(released):
    forbidden = ("fct_", "staff", "submission_id", "dim_submission", "ledger_as_of", "file_name")
    assert not [
        path
        for path in released.rglob("*")
        if path.name.startswith(("fct_", "dim_submission", "restatements", "submission"))
    ]
    with duckdb.connect(str(released / "warehouse.duckdb"), read_only=True) as con:
        names = con.execute("select distinct column_name from duckdb_columns() where schema_name = 'marts'").fetchall()
        assert not [name for (name,) in names if name in ("staff_id", "submission_id", "file_name")]
        assert not con.execute("select function_name from duckdb_functions() where schema_name = 'marts'").fetchall()
        tables = [
            name
            for (name,) in con.execute("select table_name from duckdb_tables() where schema_name = 'marts'").fetchall()
        ]
        assert not [name for name in tables if name.startswith(forbidden)]
    for path in released.rglob("*.parquet"):
        columns = {row[0] for row in duckdb.sql(f"describe select * from '{path}'").fetchall()}
        assert not columns & {"staff_id", "submission_id", "file_name"}, path


def test_certified_data_alone_is_public(home, released):
    years = _query(
        home,
        "select fiscal_year, count(*) filter (where spending_status = 'reported') as reported from district_spending group by 1 order by 1",
    )
    assert years[0]["reported"] and not years[-1]["reported"]


def test_public_extracts_are_of_the_public_generation(home, released, tmp_path):
    lea_id = _query(home, "select min(lea_id) as lea_id from district_spending")[0]["lea_id"]
    home.ok("extract", "--lea", lea_id, "--into", tmp_path, "--public")
    package = json.loads((tmp_path / lea_id / "datapackage.json").read_text())
    assert package["edfin"]["audience"] == "public" and package["edfin"]["cut"] == "certified"


WRONG = {
    ("--note", "Again", *WHO): "there is nothing to release",
    ("--note", "", *WHO): "needs --note",
    ("--note", "x"): "needs --note",
    ("--note", "x", *WHO, "--generation", "{restricted}"): "only a certified one is released",
    ("--note", "x", *WHO, "--generation", "{public}"): "is public already",
    ("--note", "x", *WHO, "--withdraw", "nothing"): "is no complete generation",
}


@pytest.mark.parametrize("asked", WRONG)
def test_what_cannot_be_released_is_said_and_nothing_moves(home, released, asked):
    restricted = (home.path / "published" / "restricted" / "current").resolve().name
    done = home.run("release", *(part.format(restricted=restricted, public=released.name) for part in asked))
    assert done.returncode == 2 and WRONG[asked] in done.stderr and "Traceback" not in done.stderr
    assert _public(home) == released


def test_the_next_release_says_what_it_changes_and_can_be_taken_back(home, released, released_again):
    assert released_again != released
    changes = list(csv.DictReader((released_again / "what_changed.csv").open(newline="")))
    assert {one["table_name"] for one in changes} >= {"district_spending"} and "changed" in (
        released_again / "RELEASE.md"
    ).read_text()
    home.ok("release", "--withdraw", released_again.name, "--note", "Sent for the wrong year", *WHO)
    assert _public(home) == released
    told = (home.path / "published" / "public" / "history.jsonl").read_text().splitlines()[-1]
    assert json.loads(told)["action"] == "withdrawn"


def test_withdrawing_the_only_release_leaves_the_public_with_nothing(home, released_again):
    assert home.run("verify").returncode == 0
    home.ok("release", "--withdraw", _public(home).name, "--note", "Nothing is final", *WHO)
    shelf = home.path / "published" / "public"
    assert not (shelf / "current").exists() and not (shelf / "extracts").exists()
    asked = home.run("sql", "select 1", "--public")
    assert asked.returncode == 2 and "Traceback" not in asked.stderr
    assert home.run("verify").returncode == 0


def test_a_pointer_moved_by_hand_is_told(home, released, released_again):
    """The public shelf of this home shows nothing any more; somebody makes it show an older release."""
    current = home.path / "published" / "public" / "current"
    current.symlink_to(released)
    done = home.run("verify")
    current.unlink()
    assert done.returncode == 1 and "somebody has moved the pointer by hand" in done.stdout + done.stderr


@pytest.fixture(scope="module")
def small_made_large(home):
    """The restricted tables under a policy that finds many schools small."""
    seeds = home.path / "build" / "seeds"
    policy = replace(read_policy(seeds), minimum_pupils=300, protection_width=100)
    with open_generation(home.path) as con:
        return protect(con, policy, [], seeds)


def test_no_small_count_is_in_any_public_table(small_made_large):
    protected = small_made_large
    assert any(reason == "small_cell" for reason in protected.hidden.reasons.values())
    pupils = {"school_spending": "membership_count", "title_i_comparability": "membership_count", "district_spending": "fall_membership_count",
              "lea_panel": "fall_membership_count", "sustainability": "fall_membership_count"}  # fmt: skip
    for table, column in pupils.items():
        assert not [
            value
            for value in protected.tables[table].column(column).to_pylist()
            if value is not None and 0 < value < 300
        ], table


def test_a_hidden_count_follows_from_no_ratio_beside_it(small_made_large):
    """Of every hidden school no public row has an amount with its per-pupil figure, nor its share of central cost, which follows pupils."""
    protected = small_made_large
    hidden = {(cell[2], cell[1], cell[3]) for cell in protected.hidden.reasons if cell[0] == "school"}
    for table in ("school_spending", "school_spending_mix", "title_i_comparability"):
        for row in protected.tables[table].to_pylist():
            if (row["lea_id"], row["fiscal_year"], row["school_id"]) in hidden:
                assert not [name for name, value in row.items() if value is not None and (name.endswith("per_pupil") or name in ("membership_count", "total_amount", "central_state_local_amount", "share_rate"))], row  # fmt: skip
                assert not (row.get("category") == "central_share" and row["amount"] is not None)


def test_every_cell_that_is_gone_is_named_with_its_reason_and_no_other(small_made_large, home):
    protected = small_made_large
    rows = protected.tables["school_spending"].to_pylist()
    whole = {(row["lea_id"], row["fiscal_year"], row["school_id"]): row for row in json.loads(home.ok("sql", "select * from school_spending", "--format", "json"))}  # fmt: skip
    for row in rows:
        named = {one.partition(":")[0] for one in (row["suppressed_columns"] or "").split(";") if one}
        was = whole[row["lea_id"], row["fiscal_year"], row["school_id"]]
        gone = {name for name, value in row.items() if name in was and value is None and was[name] is not None}
        assert gone == named


def test_every_table_of_the_project_has_its_say_in_disclosure():
    seed = csv.DictReader((PROJECT / "dbt" / "seeds" / "disclosure_column.csv").open(newline=""))
    known = {row["table_name"] for row in seed}
    assert {path.stem for path in (PROJECT / "dbt" / "models" / "marts").glob("*.yml")} <= known
