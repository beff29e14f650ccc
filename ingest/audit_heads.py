"""Heads of the audit chain written down outside the registry: who rewrites the chain, or cuts its end off, does not fit them.

One line each in `audit_heads.jsonl` of the home, after every night, release and withdrawal; copy the file elsewhere as often as you
like. Receipts of landing are anchors too.

Belongs here: writing and reading those lines. Does not belong here: proving (`registry_proof`).
"""

from __future__ import annotations

import json
from pathlib import Path

from ingest.atomic_files import append_line
from ingest.audit import Head, now

FILE = "audit_heads.jsonl"


def write_head(home: Path, head: Head) -> None:
    """Append a head, unless it is the last one written."""
    known = read_heads(home)
    if known and known[-1] == (head.position, head.hash):
        return
    line = json.dumps(
        {"at": now().isoformat(timespec="seconds"), "event_position": head.position, "event_hash": head.hash}
    )
    append_line(home / FILE, line)


def read_heads(home: Path) -> list[tuple[int, str]]:
    """Positions and hashes, oldest first; a line torn by a crash is none."""
    path, found = home / FILE, []
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            said = json.loads(line)
            found.append((said["event_position"], said["event_hash"]))
        except (ValueError, KeyError, TypeError):
            continue
    return found
