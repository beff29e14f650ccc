"""Where generations lie on disk, and how a file gets there whole.

A shelf is one audience's folder, `published/restricted` or `published/public`. This module knows names and durable
writes only: what is written is decided in `generations`, which one is read in `pointers`.
"""

import fcntl
import glob
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ingest.atomic_files import sync_folder, write_bytes
from ingest.refusals import Refusal

MANIFEST = "manifest.json"
WAREHOUSE = "warehouse.duckdb"
JUDGEMENT = "judgement.json"
DOCUMENTS = "docs"


class Shelf:
    def __init__(self, home: Path, audience: str = "restricted"):
        self.audience = audience
        self.home = Path(home).absolute()
        self.root = self.home / "published" / audience
        self.generations = self.root / "generations"
        self.facts = self.root / "facts"
        self.current = self.root / "current"
        self.history = self.root / "history.jsonl"

    def prepare(self) -> None:
        self.generations.mkdir(parents=True, exist_ok=True)
        self.facts.mkdir(exist_ok=True)
        self.root.chmod(0o750)

    def folder(self, generation_id: str) -> Path:
        return self.generations / generation_id

    @contextmanager
    def facts_in_use(self, alone: bool = False) -> Iterator[None]:
        """Held while files of the pool are linked; held alone while those without links are taken away."""
        with (self.root / "facts.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
            yield

    def complete_ids(self) -> list[str]:
        """Finished generations, oldest first. A folder still being written has another name."""
        return sorted(
            path.parent.name for path in self.generations.glob(f"*/{MANIFEST}") if ".tmp-" not in path.parent.name
        )

    def current_id(self) -> str | None:
        try:
            return self.current.readlink().name
        except FileNotFoundError:
            return None

    def find(self, wanted: str) -> str:
        """The complete generation with this id, or the only one whose id starts so."""
        matches = [known for known in self.complete_ids() if known == wanted or (wanted and known.startswith(wanted))]
        if wanted in matches:
            return wanted
        if len(matches) == 1:
            return matches[0]
        problem = f"fits {len(matches)} generations" if matches else "is no complete generation"
        raise Refusal(f"{wanted!r} {problem} of the {self.audience} shelf; `edfin generations` lists them")


def write_json(path: Path, content: Any) -> None:
    """Write a JSON file whole."""
    write_bytes(path, (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode())


def sync(path: Path) -> None:
    """A file or a folder: the system does not tell them apart here."""
    sync_folder(path)


def seal(folder: Path) -> None:
    """Flush every file and folder to disk and take away the right to write: a generation never changes."""
    for path in sorted(folder.rglob("*"), reverse=True):
        sync(path)
        if path.is_file():
            path.chmod(path.stat().st_mode & ~0o222)
    sync(folder)


@contextmanager
def draft_of(folder: Path) -> Iterator[Path]:
    """A folder `<name>.tmp-<pid>` to fill; it is gone afterwards unless the block renamed it."""
    draft = folder.with_name(f"{folder.name}.tmp-{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def sweep_abandoned(folder: Path) -> None:
    """Remove the drafts, anywhere below, whose writing process no longer lives."""
    _sweep(folder.rglob("*.tmp-*"))


def sweep_drafts_of(path: Path) -> None:
    """Remove the abandoned drafts of one file or folder, those beside it and nothing else."""
    _sweep(path.parent.glob(f"{glob.escape(path.name)}.tmp-*"))


def _sweep(drafts: Iterable[Path]) -> None:
    for path in sorted(drafts):
        pid = path.name.rpartition(".tmp-")[2]
        if pid.isdigit() and not _is_alive(int(pid)):
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
