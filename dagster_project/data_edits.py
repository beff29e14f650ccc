"""The edits on accepted data as dbt knows them: their ids and words, not their results.

Belongs here: reading dbt's manifest. Does not belong here: anything slow to import (the report of a quiet night comes by here).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from ingest.refusals import SystemFailure

FOLDER = "tests/edits"
STATE_FINDINGS = "state_findings.json"
"""Where a night keeps the findings of no single district."""


@dataclass(frozen=True)
class DataEdit:
    """One edit on accepted data, in the words of its properties file."""

    edit_id: str
    collection: str
    severity: str
    description: str
    fix: str
    catalogue_id: str | None


def data_edits(manifest: Path) -> list[DataEdit]:
    """Every edit on accepted data that dbt knows.

    Raises:
        SystemFailure: one lacks its words.
    """
    nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"].values()
    found = []
    for node in nodes:
        if not node["original_file_path"].startswith(f"{FOLDER}/") or node["resource_type"] != "test":
            continue
        meta = node["config"].get("meta") or {}
        if not (node.get("description") and {"collection", "severity", "fix"} <= meta.keys()):
            raise SystemFailure(f"Edit {node['name']} lacks its description, collection, severity or fix.")
        words = " ".join(node["description"].split())
        fix = " ".join(meta["fix"].split())
        found.append(DataEdit(node["name"], meta["collection"], meta["severity"], words, fix, meta.get("catalogue_id")))
    return sorted(found, key=lambda one: one.edit_id)
