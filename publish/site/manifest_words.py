"""dbt's manifest as the catalogue of the site.

Belongs here: which parts of a manifest are words for an analyst, and the sentences of tests. Does not belong here: ways between tables
(`lineage`), pages (`pages`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from ingest.refusals import Refusal
from publish.site.catalogue import Catalogue, Column, Node, Table

MARTS = "marts"
KINDS = {"seed": "reference", "model": "step"}
SOURCES = {"raw": "collection", "registry": "register"}


def catalogue_of(path: Path) -> Catalogue:
    """The catalogue of the project that a manifest describes.

    Raises:
        Refusal: there is no manifest, or it is not one.
    """
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        nodes = {one: _node(said) for one, said in (manifest["nodes"] | manifest["sources"]).items() if _is_told(said)}
        keys = {one: f"{node.kind}:{node.name}" for one, node in nodes.items()}
        tests = [said for said in manifest["nodes"].values() if said["resource_type"] == "test"]
        examples = manifest.get("unit_tests", {}).values()
        tables = {
            said["alias"]: _table(one, said, tests, examples)
            for one, said in manifest["nodes"].items()
            if said["resource_type"] == "model" and said["schema"] == MARTS
        }
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise Refusal(f"{path} cannot be read as a manifest of dbt ({type(problem).__name__}).") from problem
    named = {keys[one]: Node(node.name, node.kind, node.description, _parents(manifest, one, keys)) for one, node in nodes.items()}  # fmt: skip
    return Catalogue(tables, named)


def _is_told(said: Mapping) -> bool:
    return said["resource_type"] in (*KINDS, "source")


def _node(said: Mapping) -> Node:
    kind = SOURCES.get(said.get("source_name", ""), KINDS.get(said["resource_type"], "step"))
    if said["resource_type"] == "model" and said["schema"] == MARTS:
        kind = "table"
    return Node(said["name"], kind, _words(said["description"]), ())


def _parents(manifest: Mapping, one: str, keys: Mapping[str, str]) -> tuple[str, ...]:
    said = (manifest["nodes"] | {}).get(one, {})
    return tuple(sorted({keys[above] for above in said.get("depends_on", {}).get("nodes", ()) if above in keys}))


def _table(one: str, said: Mapping, tests: Iterable[Mapping], examples: Iterable[Mapping]) -> Table:
    own = [test for test in tests if test.get("attached_node") == one]
    beside = [test for test in tests if not test.get("test_metadata") and one in test["depends_on"]["nodes"]]
    keys = next((_arguments(test)["columns"] for test in own if _kind(test) == "unique_key"), ())
    worked = [example["description"] or example["name"].replace("_", " ") for example in examples if one in example["depends_on"]["nodes"] and example["model"] == said["name"]]  # fmt: skip
    return Table(
        said["alias"],
        _words(said["description"]),
        tuple(keys),
        tuple(_column(column, own) for column in said["columns"].values()),
        tuple(_rules(own, beside, worked)),
        tuple(sorted(test["name"] for test in beside if "/edits/" in test["original_file_path"])),
    )


def _column(said: Mapping, tests: Iterable[Mapping]) -> Column:
    values = [
        _arguments(test)["values"] for test in tests if _kind(test) == "accepted_values" and test["column_name"] == said["name"]
    ]  # fmt: skip
    meta = (said.get("config") or {}).get("meta") or said.get("meta") or {}
    kept = {name: meta[name] for name in ("explain", "per_pupil") if name in meta}
    return Column(
        said["name"],
        said["data_type"],
        _words(said["description"]),
        tuple(map(str, values[0])) if values else (),
        kept,
    )


def _rules(own: Iterable[Mapping], beside: Iterable[Mapping], worked: Iterable[str]) -> list[str]:
    """What holds for every build: the table's own tests, identities with other tables, examples worked out by hand."""
    filled = sorted(test["column_name"] for test in own if _kind(test) == "not_null")
    found = [f"No two rows are the same in {_listed(_arguments(test)['columns'])}." for test in own if _kind(test) == "unique_key"]  # fmt: skip
    found += [f"Never empty: {_listed(filled)}."] if filled else []
    found += sorted(_row_rule(test) for test in own if _kind(test) == "row_satisfies")
    found += sorted({_opening(test["raw_code"]) for test in beside if "/identities/" in test["original_file_path"]})
    return found + sorted(f"Worked out by hand, and found the same: {_words(text).rstrip('.')}." for text in worked)


def _row_rule(test: Mapping) -> str:
    name = test["name"]
    said = test["description"] or ("" if name.startswith("row_satisfies") else name.replace("_", " ").capitalize())
    return f"{said.rstrip('.') or 'In every row'}: `{_arguments(test)['expression']}`."


def _opening(sql: str) -> str:
    """The rule in English with which a test's file opens."""
    lines = []
    for line in sql.strip().splitlines():
        if not line.startswith("--"):
            break
        lines.append(line.lstrip("- "))
    return _words(" ".join(lines))


def _kind(test: Mapping) -> str:
    return (test.get("test_metadata") or {}).get("name", "")


def _arguments(test: Mapping) -> Mapping:
    return test["test_metadata"]["kwargs"]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _words(text: str) -> str:
    return " ".join((text or "").split())
