"""Submission manifests: a CSV that names many files and their slots.

Columns `file, lea_id, collection, fiscal_year, reporting_period, layout`, optionally `received_at, control_count, control_total`; other columns are refused, since
a misspelt one would be lost in silence. A row is submitted whole or not at all; rows without a problem are submitted though others
have one, and a second run submits only what the first could not.

Belongs here: reading a manifest and naming every problem with file, line and remedy.
Does not belong here: submitting (`submission`), the files' content.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from ingest.refusals import Refusal
from ingest.submission import Request, slot_of

REQUIRED = ("file", "lea_id", "collection", "fiscal_year", "reporting_period", "layout")
OPTIONAL = ("received_at", "control_count", "control_total")


@dataclass
class Manifest:
    """The requests a manifest makes, and what is wrong with the rows that make none."""

    requests: list[Request] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def read_manifest(path: Path, folder: Path, by: str, periods: dict[str, tuple[str, ...]]) -> Manifest:
    """Read every row; files are looked for below `folder`.

    Raises:
        Refusal: no manifest there, or not with these columns.
    """
    manifest = Manifest()
    for line, row in _rows(path):
        try:
            manifest.requests.append(_request(row, folder, by, periods))
        except Refusal as problem:
            manifest.problems.append(f"{path.name}, line {line}: {problem}")
    return manifest


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as problem:
        raise Refusal(f"{path}: cannot be read ({problem.strerror}).") from problem
    except UnicodeDecodeError:
        raise Refusal(f"{path}: is not UTF-8 text. Save the manifest as CSV UTF-8.") from None
    reader = csv.DictReader(text.splitlines(keepends=True), restkey="", strict=True)
    reader.fieldnames = _checked_header(path, [name.strip().lower() for name in reader.fieldnames or []])
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as problem:
        raise Refusal(f"{path.name}, line {reader.line_num}: is not CSV ({problem}).") from None


def _checked_header(path: Path, names: list[str]) -> list[str]:
    missing = [name for name in REQUIRED if name not in names]
    extra = [name for name in names if name not in REQUIRED + OPTIONAL]
    if missing or extra or len(set(names)) < len(names):
        wrong = (
            f"lacks {', '.join(missing)}"
            if missing
            else f"has the column {extra[0]!r}"
            if extra
            else "names a column twice"
        )
        raise Refusal(
            f"{path.name}, line 1: the header {wrong}. Its columns are {', '.join(REQUIRED)}, and {', '.join(OPTIONAL)} if you like."
        )
    return names


def _request(row: dict[str, str], folder: Path, by: str, periods: dict[str, tuple[str, ...]]) -> Request:
    if "" in row or None in row.values():
        raise Refusal("has another number of cells than the header. Quote cells that hold a comma.")
    name = row["file"].strip()
    if not name:
        raise Refusal("names no file.")
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise Refusal(f"{name} lies outside {folder}: a manifest names files below the folder of --from.")
    if not path.is_file():
        raise Refusal(f"{path} does not exist: check the name, or --from.")
    request = Request(
        path=path,
        lea_id=row["lea_id"],
        collection=row["collection"],
        fiscal_year=row["fiscal_year"],
        reporting_period=row["reporting_period"],
        layout=row["layout"],
        by=by,
        stated_received_at=_moment(row.get("received_at", "")),
        control_count=row.get("control_count", "").strip(),
        control_total=row.get("control_total", "").strip(),
    )
    slot_of(request, periods)
    return request


def _moment(text: str) -> datetime | None:
    """A date or a time of ISO 8601; without a zone it is UTC."""
    if not text.strip():
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Refusal(f"received_at '{text}' is no date: write 2025-10-15 or 2025-10-15T08:30:00Z.") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
