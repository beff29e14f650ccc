"""A generation is whole, immutable, and shares what did not change with the one before."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import duckdb
import pytest
from small_warehouse import make, run_info, write_build

from ingest.refusals import Refusal, SystemFailure
from publish.generations import differing_marts, make_candidate
from publish.manifests import Manifest
from publish.shelves import Shelf
from publish.sql_door import run_sql
from publish.worked_queries import QUERIES


def fact_files(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_ino for path in folder.glob("facts/fct_ledger/*.parquet")}


def test_the_folder_holds_what_the_design_names(tmp_path):
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "index.html").write_text("words")
    run = run_info()
    candidate = make_candidate(tmp_path, write_build(tmp_path / "b.duckdb", run), run, docs_dir=docs)

    assert candidate.folder == tmp_path / "published/restricted/generations" / run.generation_id
    content = json.loads((candidate.folder / "manifest.json").read_text())
    assert list(content) == [
        "generation_id",
        "as_of",
        "cut",
        "reference_version",
        "code_version",
        "event_position",
        "marts",
        "history",
    ]
    assert content["as_of"] == "2026-03-01T02:00:00.000000Z"
    assert content["marts"]["fct_ledger"]["rows"] == 200
    assert content["marts"]["fct_outcomes"]["rows"] == 0
    assert (candidate.folder / "docs/index.html").read_text() == "words"
    assert (candidate.folder / "marts/district_spending.parquet").exists()
    assert not list(tmp_path.rglob("*.tmp-*"))
    assert not (candidate.folder / "warehouse.duckdb").stat().st_mode & 0o222
    assert not Shelf(tmp_path).current.exists()
    assert differing_marts(candidate.folder) == []


def test_comments_follow_tables_and_views(tmp_path):
    make(tmp_path)
    listed = "".join(
        run_sql(
            tmp_path,
            "select table_name, column_name, comment from duckdb_columns() where comment is not null order by 1",
            generation="2026",
            format="csv",
        )
    )
    assert "district_spending,lea_id,The state's id." in listed
    assert 'fct_ledger,amount,"Dollars, the district\'s own sign."' in listed


def test_descriptions_of_the_dbt_manifest(tmp_path):
    model = {
        "resource_type": "model",
        "schema": "marts",
        "alias": "fct_ledger",
        "description": "Accepted lines.",
        "columns": {
            "amount": {"description": "Dollars."},
            "fund_code": {"description": ""},
            "gone": {"description": "x"},
        },
    }
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps({"nodes": {"model.edfin.fct_ledger": model}}))
    run = run_info()
    make_candidate(tmp_path, write_build(tmp_path / "b.duckdb", run), run, dbt_manifest=path)
    words = "select comment from duckdb_views() where view_name = 'fct_ledger'"
    assert "".join(run_sql(tmp_path, words, generation="2026", format="csv")) == "comment\nAccepted lines.\n"


def test_an_unchanged_year_is_linked_not_written_again(tmp_path):
    first = make(tmp_path, 1)
    second = make(tmp_path, 2, extra_2025=5)
    old, new = fact_files(first.folder), fact_files(second.folder)
    assert len(old) == len(new) == 2
    shared = old.keys() & new.keys()
    assert [name[:5] for name in shared] == ["2024-"]
    assert all(old[name] == new[name] for name in shared)
    assert len(list(Shelf(tmp_path).facts.glob("fct_ledger/*"))) == 3


def test_a_changed_data_as_of_is_the_same_content_in_another_file(tmp_path):
    first = make(tmp_path, 1)
    run = run_info(2)
    build = write_build(tmp_path / "b.duckdb", run)
    with duckdb.connect(str(build)) as con:
        con.execute("update marts.fct_ledger set data_as_of = timestamp '2026-02-02'")
    second = make_candidate(tmp_path, build, run)
    assert first.manifest.marts["fct_ledger"] == second.manifest.marts["fct_ledger"]
    assert not fact_files(first.folder).keys() & fact_files(second.folder).keys()
    newest = "".join(
        run_sql(tmp_path, "select max(data_as_of) as d from fct_ledger", second.generation_id, format="csv")
    )
    assert "2026-02-02" in newest


def test_row_order_of_the_build_does_not_matter(tmp_path):
    one = make(tmp_path / "a", order="i")
    two = make(tmp_path / "b", order="hash(i)")
    assert one.manifest == two.manifest
    assert fact_files(one.folder).keys() == fact_files(two.folder).keys()


def test_the_id_says_when_and_what():
    run = run_info()
    assert run.generation_id.startswith("20260301T020000Z-")
    local = run.as_of.astimezone(timezone(timedelta(hours=-9)))
    assert run_info(as_of=local).generation_id == run.generation_id
    assert run_info(as_of=datetime(2026, 3, 1, 2)).generation_id == run.generation_id
    others = [
        run_info(11),
        run_info(cut="certified"),
        run_info(reference_version="ref2"),
        run_info(code_version="c"),
        run_info(event_hash="h"),
    ]
    assert len({run.generation_id, *(other.generation_id for other in others)}) == 6


def test_the_same_run_again_is_the_same_generation(tmp_path):
    first, again = make(tmp_path), make(tmp_path)
    assert (first.is_new, again.is_new) == (True, False)
    assert first.folder == again.folder


def test_the_same_run_with_other_numbers_is_an_error(tmp_path):
    first = make(tmp_path)
    with pytest.raises(SystemFailure, match="differs in"):
        make(tmp_path, extra_2025=1)
    assert Manifest.read(first.folder) == first.manifest


def test_a_stale_build_is_refused(tmp_path):
    build = write_build(tmp_path / "b.duckdb", run_info(1))
    with pytest.raises(Refusal, match="build again"):
        make_candidate(tmp_path, build, run_info(2))
    with pytest.raises(Refusal, match="no build"):
        make_candidate(tmp_path, tmp_path / "nothing.duckdb", run_info(2))
    assert Shelf(tmp_path).complete_ids() == []


def test_the_folder_may_be_moved(tmp_path):
    make(tmp_path / "here")
    shutil.move(tmp_path / "here", tmp_path / "there")
    assert "200" in "".join(run_sql(tmp_path / "there", "select count(*) as n from fct_ledger", generation="2026"))


def test_plain_duckdb_inside_the_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(make(tmp_path).folder)
    with duckdb.connect("warehouse.duckdb", read_only=True) as con:
        assert con.execute("select count(*) from marts.fct_ledger").fetchone() == (200,)


def test_worked_queries_run_as_printed(tmp_path):
    candidate = make(tmp_path)
    printed = (candidate.folder / "README.md").read_text()
    runnable = [query for query in QUERIES if query.sql in printed]
    assert len(runnable) >= 4
    for query in runnable:
        assert len(list(run_sql(tmp_path, query.sql, candidate.generation_id))) > 3, query.question


def test_kill_in_the_middle_leaves_nothing_half_done(tmp_path):
    """Killed at several moments: no complete generation appears, and the rerun gives what an undisturbed run gives."""
    expected = make(tmp_path / "calm", rows=120_000).manifest
    run = run_info()
    build = write_build(tmp_path / "b.duckdb", run, rows=120_000)
    code = "import sys; from pathlib import Path; from small_warehouse import *; "
    code += "from publish.generations import make_candidate; "
    code += "make_candidate(Path(sys.argv[1]), Path(sys.argv[2]), run_info())"
    home = tmp_path / "stormy"
    shelf = Shelf(home)
    here = Path(__file__).parent
    killed = 0
    for delay in (0.0, 0.05, 0.1, 0.2):
        worker = subprocess.Popen(
            [sys.executable, "-c", code, str(home), str(build)],
            env={**os.environ, "PYTHONPATH": f"{here}{os.pathsep}{here.parents[1]}"},
        )
        while worker.poll() is None and not list(shelf.generations.glob("*.tmp-*")):
            time.sleep(0.005)
        time.sleep(delay)
        worker.send_signal(signal.SIGKILL)
        killed += worker.wait() == -signal.SIGKILL
        if shelf.complete_ids():
            break
        assert not shelf.current.is_symlink()
    assert killed
    assert make_candidate(home, build, run).manifest == expected
    assert not list(home.rglob("*.tmp-*"))
    assert differing_marts(shelf.folder(run.generation_id)) == []
