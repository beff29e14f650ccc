"""A process that has loaded dbt and parsed the project before it is asked: each of a night's two calls starts six seconds sooner.

It serves one home, one call after the other, and ends with the process that started it: its standard input breaks then.

Belongs here: that process, and starting it. Does not belong here: handing calls over (`dbt_door`), what dbt is asked (`warehouse`).
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from dagster_project.dbt_door import ADDRESS
from dagster_project.house import code_version
from ingest import atomic_files

FAILED = 2
PATIENCE = 5
PROCESS = "EDFIN_READY_DBT_PROCESS"
MANIFEST, PARTIAL = "manifest.json", "partial_parse.msgpack"
FAILED_FOR, LONGEST_PARSE = "no_manifest_for_", 600
MADE_FOR = "manifest_for.txt"
"""Beside the manifest: the code and the tables it stands for; written last."""


class ReadyDbt:
    """The process, seen by the night that started it. Within `with` every call of dbt by way of `door_command` goes to it.

    `parsed` is a folder of its own for what it parses: in dbt's target folder others read at that time. The manifest it leaves there
    is Dagster's too (`manifest`), so that a first night parses once.
    """

    def __init__(self, environment: dict[str, str], project: Path, parsed: Path):
        self.folder = tempfile.mkdtemp(prefix="edfin-dbt-")
        self.address = str(Path(self.folder) / "door")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dagster_project.ready_dbt", self.address, str(project), str(parsed)],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **environment},
        )  # fmt: skip

    def __enter__(self) -> ReadyDbt:
        os.environ[ADDRESS], os.environ[PROCESS] = self.address, str(self.process.pid)
        return self

    def __exit__(self, *_: object) -> None:
        for name in (ADDRESS, PROCESS):
            os.environ.pop(name, None)

    def end(self) -> None:
        """Let it go; whatever it does then is broken off."""
        with suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def door_command() -> str:
    """What Dagster shall start for dbt: the door while a process is ready, else dbt itself."""
    folder = Path(sys.executable).parent
    door = folder / "edfin-dbt"
    return str(door if ADDRESS in os.environ and door.exists() else folder / "dbt")


def main() -> None:
    """Listen, load, serve."""
    address, project, parsed = sys.argv[1:]
    threading.Thread(target=_end_with_parent, args=(Path(address).parent,), daemon=True).start()
    door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    door.bind(address)
    door.listen(1)
    server = _Server(Path(project), Path(parsed))
    while True:
        connection, _ = door.accept()
        answered = threading.Event()
        code = server.serve(connection, answered)
        answered.set()
        with suppress(OSError):
            connection.sendall(bytes([code]))
        connection.close()


def parsed_for(seeds: Path) -> str:
    """What a manifest stands for: the code, and the names of the reference tables."""
    names = "\n".join(sorted(path.name for path in seeds.glob("*.csv")))
    return code_version() + hashlib.sha256(names.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Parsed:
    """The folder of a parsed project."""

    folder: Path

    def stands_for(self, wanted: str) -> bool:
        """Whether the manifest there is whole, and of this code and these tables."""
        stamp = self.folder / MADE_FOR
        return stamp.exists() and stamp.read_text(encoding="utf-8") == wanted and (self.folder / MANIFEST).exists()

    def keep(self, manifest: object, wanted: str) -> None:
        """Write a manifest so that whoever reads sees the old one or the new one, whole."""
        draft = self.folder / f"{MANIFEST}.{os.getpid()}"
        manifest.write(str(draft))
        draft.replace(self.folder / MANIFEST)
        atomic_files.write_bytes(self.folder / MADE_FOR, wanted.encode())

    def wait(self, wanted: str) -> bool:
        """Whether a process that is getting ready leaves it here; at once where none is."""
        number, until = int(os.environ.get(PROCESS, 0)), time.monotonic() + LONGEST_PARSE
        while (
            _is_at_work(number) and not self.stands_for(wanted) and not self.failed(wanted) and time.monotonic() < until
        ):
            time.sleep(0.1)
        return self.stands_for(wanted)

    def failed(self, wanted: str) -> bool:
        """Whether the process found that the project does not parse; whoever waits for it parses itself, to say why."""
        return (self.folder / f"{FAILED_FOR}{wanted}").exists()

    def fail(self, wanted: str) -> None:
        """Leave word that the project does not parse."""
        (self.folder / f"{FAILED_FOR}{wanted}").touch()


def _is_at_work(number: int) -> bool:
    """A process that ended and that nobody has asked for its end is still listed."""
    try:
        return number > 0 and psutil.Process(number).status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


class _Server:
    def __init__(self, project: Path, parsed: Path):
        from dbt.cli.main import dbtRunner

        self.runner, self.project, self.parsed = dbtRunner, project, parsed
        self.manifest, self.parsed_for = None, None
        self._parse()

    def serve(self, connection: socket.socket, answered: threading.Event) -> int:
        """One call, its output to whoever asked; dbt's exit code."""
        head, files, _, _ = socket.recv_fds(connection, 8, 2)
        size, data = int.from_bytes(head, "big"), b""
        while len(data) < size:
            if not (more := connection.recv(size - len(data))):
                return FAILED
            data += more
        call = json.loads(data)
        threading.Thread(target=_end_with, args=(connection, answered), daemon=True).start()
        for target, file in zip((1, 2), files, strict=True):
            os.dup2(file, target)
            os.close(file)
        os.environ.clear()
        os.environ.update(call["environment"])
        os.chdir(call["folder"])
        if self.parsed_for != self._seeds():
            self._parse()
        try:
            done = self.runner(manifest=self.manifest).invoke(call["arguments"])
            code = 0 if done.success else 1 if done.exception is None else FAILED
        finally:
            self._let_go_of_the_build()
            sys.stdout.flush()
            sys.stderr.flush()
            silence = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silence, 1)
            os.dup2(silence, 2)
            os.close(silence)
        return code

    @staticmethod
    def _let_go_of_the_build() -> None:
        """dbt keeps the build file open for its process; between two calls others read it."""
        import gc

        from dbt.adapters.duckdb.connections import DuckDBConnectionManager
        from dbt.adapters.factory import reset_adapters

        DuckDBConnectionManager.close_all_connections()
        reset_adapters()
        gc.collect()

    def _parse(self) -> None:
        """The manifest that stands for the reference tables of now; none where there are no tables yet, and dbt parses itself."""
        self.parsed_for = self._seeds()
        self.manifest = None
        if self.parsed_for:
            self._forget_other_code()
            call = [
                "--quiet",
                "--no-write-json",
                "parse",
                "--project-dir",
                str(self.project),
                "--target-path",
                str(self.parsed),
            ]
            wanted = parsed_for(Path(os.environ["EDFIN_SEEDS"]))
            done = self.runner().invoke(call)
            self.manifest = done.result if done.success else None
            if not self.manifest:
                Parsed(self.parsed).fail(wanted)
            elif not Parsed(self.parsed).stands_for(wanted):
                Parsed(self.parsed).keep(self.manifest, wanted)

    def _forget_other_code(self) -> None:
        """Parsing only what changed, dbt loses the words of some tests: another project is parsed whole."""
        self.parsed.mkdir(parents=True, exist_ok=True)
        for word in self.parsed.glob(f"{FAILED_FOR}*"):
            word.unlink()
        stamp, wanted = self.parsed / "code_version.txt", code_version()
        if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
            (self.parsed / PARTIAL).unlink(missing_ok=True)
            stamp.write_text(wanted, encoding="utf-8")

    def _seeds(self) -> tuple:
        """What the parsed project depends on besides its code: the tables, and where things lie."""
        names = ("EDFIN_RAW", "EDFIN_SEEDS", "EDFIN_BUILD", "EDFIN_TARGET", "DBT_TARGET_PATH")
        folder = Path(os.environ["EDFIN_SEEDS"])
        heads = tuple((path.name, path.open(encoding="utf-8").readline()) for path in sorted(folder.glob("*.csv")))
        return (tuple(os.environ.get(name) for name in names), heads) if heads else ()


def _end_with_parent(folder: Path) -> None:
    """The night may have been killed: then nobody else takes the folder away."""
    sys.stdin.buffer.read()
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(FAILED)


def _end_with(connection: socket.socket, answered: threading.Event) -> None:
    """Whoever asked is gone before the answer: nobody waits for this build any more."""
    with suppress(OSError):
        if not connection.recv(1, socket.MSG_PEEK) and not answered.is_set():
            os._exit(FAILED)


if __name__ == "__main__":
    main()
