"""Every edit, explained: from the contracts, from what reading itself refuses, and from dbt's edits on accepted data.

Belongs here: what / why / example / how to fix of each edit, gathered from where it is written.
Does not belong here: a second copy of any sentence; judging; how the list looks (`expectations.reports`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import yaml

from expectations.causes import Step, step_of
from expectations.reports.report import Edit
from expectations.reports.wording import expected_of, needs_in_words, type_in_words, years_of
from expectations.rules import Rule
from ingest.contracts import Contract
from ingest.gate_table import own_rules
from ingest.reading import STRUCTURAL
from ingest.refusals import SystemFailure


def contract_edits(contract: Contract) -> dict[str, Edit]:
    """The edits that the gate judges a file of this collection by, structural ones included, by id."""
    structural = [
        Edit(
            f"{contract.collection}_{name}", contract.collection, "fatal", "text", one.sentence, one.fix, one.why, one.example,
            catalogue_id=one.catalogue_id,
        )
        for name, one in STRUCTURAL.items()
    ]  # fmt: skip
    layout = Edit(
        f"{contract.collection}_excluded", contract.collection, "info", "text",
        "Records that the layout leaves out are counted, with their reason and their amount.",
        "Nothing to do, if the layout is right about these records; its file says why.",
    )  # fmt: skip
    rules = [_of_rule(contract, rule) for rule in (*contract.rules, *own_rules(contract))]
    return {edit.edit_id: edit for edit in (*structural, layout, *rules)}


def accepted_edits(project: Path, collection: str = "") -> dict[str, Edit]:
    """The edits on accepted data, read from `dbt/tests/edits/*.yml`, by id; of one collection, if one is named.

    Raises:
        SystemFailure: a properties file that cannot be read.
    """
    found = {}
    for path in sorted((project / "dbt" / "tests" / "edits").glob("*.yml")):
        try:
            document = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
            edits = [_of_test(test) for test in document.get("data_tests") or []]
        except (yaml.YAMLError, AttributeError, KeyError, TypeError) as problem:
            raise SystemFailure(f"{path}: cannot be read as properties of edits ({problem}).") from problem
        found |= {edit.edit_id: edit for edit in edits if collection in ("", edit.collection)}
    return found


def all_edits(project: Path, contracts: Iterable[Contract]) -> list[Edit]:
    """Every edit of these collections, by collection and id; edits on accepted data after the gate's."""
    found: list[Edit] = []
    for contract in contracts:
        for edits in (contract_edits(contract), accepted_edits(project, contract.collection)):
            found += sorted(edits.values(), key=lambda edit: edit.edit_id)
    return found


def _of_test(test: dict) -> Edit:
    meta = (test.get("config") or {}).get("meta") or {}
    return Edit(
        edit_id=test["name"],
        collection=meta.get("collection", ""),
        severity=meta.get("severity", "warning"),
        stage=meta.get("stage", "accepted"),
        sentence=" ".join(str(test.get("description", "")).split()),
        fix=meta.get("fix", ""),
        why=meta.get("why", ""),
        example=meta.get("example", ""),
        needs=tuple(meta.get("needs") or ()),
        beside=needs_in_words(meta.get("collection", ""), meta.get("needs") or [], meta.get("scope", "state")),
        catalogue_id=meta.get("catalogue_id") or "",
        scope=meta.get("scope", "state"),
        step=Step.GROUP,
    )


def _of_rule(contract: Contract, rule: Rule) -> Edit:
    column = next((one for one in contract.columns if one.name == rule.column), None)
    expected = expected_of(rule)
    if not expected and rule.kind == "matches_pattern" and column and not column.is_text:
        expected = type_in_words(column.data_type)
    return Edit(
        edit_id=rule.edit_id,
        collection=contract.collection,
        severity=rule.severity,
        stage=rule.stage,
        sentence=rule.description,
        fix=rule.fix,
        why=rule.why,
        example=rule.example,
        expected=expected,
        header=column.header if column else "",
        compared=_compared(contract, rule),
        catalogue_id=rule.catalogue_id or "",
        years=years_of(rule.first_fiscal_year, rule.last_fiscal_year),
        step=step_of(rule, contract.column_names),
    )


def _compared(contract: Contract, rule: Rule) -> str:
    """The columns that a rule looks at together: where it points to one, the mistake may stand in another."""
    if rule.kind not in ("row_satisfies", "exists_in_reference", "account_is_mapped"):
        return ""
    words = set(re.findall(r"\w+", str(rule.arguments))) | {rule.column}
    named = [one.header for one in contract.columns if words & {one.name, f"{one.name}_text"}]
    return ", ".join(named) if len(named) > 1 else ""
