"""A night waits for the manifest that another process parses, and never for one that will not come.

Belongs here: that wait. Does not belong here: what dbt is asked (`tests/night`).
"""

import subprocess
import sys
from pathlib import Path

from dagster_project.ready_dbt import MADE_FOR, MANIFEST, PROCESS, Parsed


def test_nobody_is_getting_ready(tmp_path, monkeypatch):
    monkeypatch.delenv(PROCESS, raising=False)
    assert not Parsed(tmp_path).wait("code")


def test_a_process_that_has_died_and_nobody_asked_for(tmp_path, monkeypatch):
    dead = subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE)
    dead.stdout.read()  # it has ended, and is still listed until somebody waits for it
    monkeypatch.setenv(PROCESS, str(dead.pid))
    assert not Parsed(tmp_path).wait("code")
    dead.wait()
    assert not Parsed(tmp_path).wait("code")


def test_a_project_that_does_not_parse(tmp_path, monkeypatch):
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as living:
        monkeypatch.setenv(PROCESS, str(living.pid))
        Parsed(tmp_path).fail("code")
        assert not Parsed(tmp_path).wait("code")


def test_a_manifest_of_this_code_and_of_another(tmp_path, monkeypatch):
    class Made:
        def write(self, path: str) -> None:
            Path(path).write_text("{}")

    monkeypatch.delenv(PROCESS, raising=False)
    Parsed(tmp_path).keep(Made(), "code")
    assert {path.name for path in tmp_path.iterdir()} == {MANIFEST, MADE_FOR}
    assert Parsed(tmp_path).wait("code") and not Parsed(tmp_path).wait("other code")
