"""One file holds a whole generation: every table, row and comment, and it opens with nothing beside it."""

import os
import shutil
import subprocess
import sys

import duckdb
import pytest

from dagster_project.cli import main
from ingest.refusals import Refusal, SystemFailure
from publish.content_hash import hash_table
from publish.doors import single_file
from publish.doors.single_file import export_generation
from publish.manifests import Manifest, Mart
from publish.shelves import Shelf
from publish.sql_door import open_generation

WORDS = """select table_name, null as column_name, comment from duckdb_tables() where schema_name = 'marts'
    union all select view_name, null, comment from duckdb_views() where schema_name = 'marts'
    union all select table_name, column_name, comment from duckdb_columns() where schema_name = 'marts' order by all"""


@pytest.fixture(scope="module")
def restricted(door_home, tmp_path_factory):
    return export_generation(door_home, tmp_path_factory.mktemp("elsewhere") / "finance.duckdb")


@pytest.mark.parametrize("public", [False, True])
def test_rows_and_hashes_of_every_table_are_the_generations(door_home, tmp_path, public):
    done = export_generation(door_home, tmp_path / "x.duckdb", public=public)
    shelf = Shelf(door_home, "public" if public else "restricted")
    manifest = Manifest.read(shelf.folder(shelf.current_id()))
    with duckdb.connect(str(done.file), read_only=True) as con:
        kinds = dict(con.execute("select table_name, table_type from information_schema.tables where table_schema = 'marts'").fetchall())  # fmt: skip
        assert kinds.keys() == manifest.tables.keys() and set(kinds.values()) == {"BASE TABLE"}
        for table, mart in manifest.tables.items():
            assert Mart(*hash_table(con, f"marts.{table}")) == mart, table
        told = con.execute(
            "select table_name, row_count, content_hash, audience, generation_id, cut, reference_version, code_version from edfin_generation"
        ).fetchall()
    own = (
        "public" if public else "restricted",
        manifest.generation_id,
        manifest.cut,
        manifest.reference_version,
        manifest.code_version,
    )
    assert told == [(table, mart.rows, mart.content_hash, *own) for table, mart in manifest.tables.items()]


def test_words_and_types_come_along(door_home, restricted):
    columns = "select table_name, column_name, data_type from duckdb_columns() where schema_name = 'marts' order by all"
    with open_generation(door_home) as con:
        expected, types = con.execute(WORDS).fetchall(), con.execute(columns).fetchall()
    with duckdb.connect(str(restricted.file), read_only=True) as con:
        assert con.execute(WORDS).fetchall() == expected
        assert con.execute(columns).fetchall() == types
    assert sum(comment is not None for *_, comment in expected) >= 5


def test_it_needs_neither_its_place_nor_the_home(door_home, restricted, tmp_path):
    """A plain duckdb in another folder, another process and another catalog name."""
    shutil.copy(restricted.file, tmp_path / "copy.duckdb")
    asked = """import duckdb
con = duckdb.connect("copy.duckdb", read_only=True, config={"enable_external_access": "false"})
print(con.execute("select count(*), sum(amount) from marts.ledger_as_of('2026-03-31')").fetchone())
print(con.execute("select count(*), sum(amount) from marts.ledger_as_of('2026-01-01')").fetchone())
con = duckdb.connect()
con.execute("attach 'copy.duckdb' as other (read_only); use other")
print(con.execute("select count(*) from marts.ledger_as_of('2026-03-31')").fetchone())
"""
    run = subprocess.run([sys.executable, "-c", asked], cwd=tmp_path, capture_output=True, text=True, check=True)
    with open_generation(door_home) as con:
        now, then = (
            con.execute(f"select count(*), sum(amount) from marts.ledger_as_of('{day}')").fetchone()
            for day in ("2026-03-31", "2026-01-01")
        )
    assert now[0] == 200 and then[0] == 10
    assert run.stdout.splitlines() == [str(now), str(then), str(now[:1])]


def test_what_is_restricted_only_its_owner_reads(door_home, restricted, tmp_path):
    assert restricted.file.stat().st_mode & 0o777 == 0o600
    assert export_generation(door_home, tmp_path / "x.duckdb", public=True).file.stat().st_mode & 0o777 == 0o644


def test_a_file_is_replaced_only_with_force(door_home, tmp_path):
    target = tmp_path / "x.duckdb"
    target.write_text("mine")
    with pytest.raises(Refusal, match="exists: nothing was written"):
        export_generation(door_home, target)
    assert target.read_text() == "mine"
    export_generation(door_home, target, force=True)
    assert [path.name for path in tmp_path.iterdir()] == ["x.duckdb"]
    with duckdb.connect(str(target), read_only=True) as con:
        assert con.execute("select count(*) from marts.dim_lea").fetchone() == (10,)


def test_no_half_file_stays(door_home, tmp_path, monkeypatch):
    """What fails leaves nothing; what was killed is swept by the next, and only that."""
    monkeypatch.setattr(single_file, "hash_table", lambda *_: (0, "another"))
    with pytest.raises(SystemFailure, match="is not what the generation's manifest states"):
        export_generation(door_home, tmp_path / "x.duckdb")
    assert not list(tmp_path.iterdir())
    monkeypatch.undo()
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    for name in (f"x.duckdb.tmp-{dead.pid}", f"y.duckdb.tmp-{dead.pid}", f"x.duckdb.tmp-{os.getppid()}"):
        (tmp_path / name).mkdir()
    export_generation(door_home, tmp_path / "x.duckdb")
    assert {path.name for path in tmp_path.iterdir()} == {
        "x.duckdb",
        f"y.duckdb.tmp-{dead.pid}",
        f"x.duckdb.tmp-{os.getppid()}",
    }


def test_it_is_refused_in_one_line(door_home, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("EDFIN_HOME", str(door_home))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    for target, *more in (
        [tmp_path],
        [tmp_path / "file" / "x.duckdb"],
        [door_home / "published" / "restricted" / "current" / "warehouse.duckdb", "--force"],
        [tmp_path / "x.duckdb", "--generation", "1999"],
    ):
        with pytest.raises(SystemExit) as ending:
            main(["export-db", str(target), *more])
        said = capsys.readouterr().err
        assert ending.value.code == 2 and said.count("\n") == 1 and said.startswith("edfin: "), said
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
