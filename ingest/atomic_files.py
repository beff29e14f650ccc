"""Files that are there whole or not at all.

Belongs here: writing one file, or putting one folder in place, so that a kill at any moment leaves no half of it.
Does not belong here: what is written, and any rule about when.
"""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path

UNFINISHED = ".unfinished-"


def write_bytes(path: Path, data: bytes, *, mode: int = 0o644, durable: bool = True) -> None:
    """Write beside the target, sync, rename. `durable=False` skips the syncs for what can be made again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = unfinished(path)
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    if durable:
        sync_folder(path.parent)


def append_line(path: Path, line: str) -> None:
    """Append one line for good; one that a crash tore before it does not swallow it."""
    with path.open("a+b") as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            line = line if file.read(1) == b"\n" else "\n" + line
        file.write(line.encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def private_folder(folder: Path) -> Path:
    """Make a folder that only its owner may enter: what districts sent is nobody else's business."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077 and folder.stat().st_uid == os.geteuid():
        folder.chmod(0o700)
    return folder


def unfinished(path: Path) -> Path:
    """A name beside `path` that nobody else uses and every reader skips."""
    return path.parent / f"{UNFINISHED}{path.name}-{os.getpid()}-{secrets.token_hex(4)}"


def sync_folder(folder: Path) -> None:
    """A rename is durable once its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def put_folder(draft: Path, target: Path) -> bool:
    """Rename a finished folder into place; False (and the draft gone) where another was first."""
    try:
        draft.rename(target)
    except OSError:
        if not target.is_dir():
            raise
        shutil.rmtree(draft)
        return False
    sync_folder(target.parent)
    return True
