"""Which findings only follow from others, so that a district mends the cause and is not told the rest.

A cell that has not the form it must have is no code either; a rule that compares a refused cell with another says nothing of that
other. What remains is told in the order of mending: form, codes, rows, groups of rows.

Belongs here: the step a rule belongs to, what it reads, dropping consequences. Does not belong here: verdicts, waivers, wording.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from expectations.findings import Finding
from expectations.rules import Rule

Cell = tuple[int | None, str | None]
"""Row number and column."""


class Step(IntEnum):
    """When a finding is to be mended: what stands on a step may follow from what stands on an earlier one."""

    FORM = 0
    CODE = 1
    ROW = 2
    GROUP = 3


_FORM = ("not_null", "required_columns", "matches_pattern", "exactly_typed", "zeros_kept")
_CODE = ("in_code_list", "accepted_values", "value_between", "date_in_fiscal_year")
_COMPARING = ("row_satisfies", "exists_in_reference", "in_force")
_ACCOUNT = ("account_is_mapped", "account_combination", "f33_item_found")
# The reader's own finding: it too sees that one code of a column has lost its zeros, but not which code was meant.
SHORTENED = "_lost_zeros"
# The reader's finding of a mark in place of a value: nothing else need be said of the cell.
MARKED = "_file_cell"
# Findings of the reader that say of a row that it is no record.
NO_RECORD = ("_file_total_row", "_file_repeated_header")
_NULL_TEST = re.compile(r"\w+\s+is\s+(?:not\s+)?null\b", re.IGNORECASE)
_WANTED = re.compile(r"(\w+)\s+is\s+not\s+null\b", re.IGNORECASE)


def step_of(rule: Rule, columns: Iterable[str]) -> Step:
    """The step a rule belongs to; `columns` are those of the collection."""
    if rule.kind in _FORM:
        return Step.FORM
    if rule.kind in _CODE or (rule.kind in _COMPARING and len(frozenset.union(*_read(rule, columns))) == 1):
        return Step.CODE
    return Step.ROW if rule.kind in (*_COMPARING, *_ACCOUNT) else Step.GROUP


def without_consequences(
    findings: Sequence[Finding], rules: Iterable[Rule], columns: Mapping[str, bool]
) -> list[Finding]:
    """Leave out of one file's findings those that only follow from a fatal, unwaived finding of the same row.

    A wrong code says nothing of what it is compared with; a typed cell that has not its form stands in the table as empty, and what
    asks for a value there fails because of it alone. A row that is a total or a header is no record at all.

    Args:
        findings: what was found in one file.
        rules: the edits that were judged.
        columns: the collection's columns, and whether each is text.
    """
    by_id = {rule.edit_id: rule for rule in rules}
    found = {edit_id: by_id[edit_id] for edit_id in {one.edit_id for one in findings} & by_id.keys()}
    # Findings are many, edits few: what an edit reads is found out once.
    judged = {edit_id: _Judged(rule, step_of(rule, columns), *_read(rule, columns)) for edit_id, rule in found.items()}
    refused = _Refused.of(findings, judged)
    kept = [one for one in findings if not refused.makes(one, judged.get(one.edit_id), columns)]
    # Of an empty code the crosswalk need not speak where an edit on its row has named it.
    named = {(one.row_number, one.column_name) for one in kept if _kind(found, one) == "row_satisfies"}
    return [
        one
        for one in kept
        if not (
            _kind(found, one) == "account_is_mapped"
            and one.value is None
            and (one.row_number, one.column_name) in named
        )
    ]


def _kind(rules: Mapping[str, Rule], one: Finding) -> str:
    return rules[one.edit_id].kind if one.edit_id in rules else ""


def _says_all(judged: Mapping[str, _Judged], one: Finding) -> bool:
    """A mark is no value; and an id that no directory has is not asked whether it is that of the slot."""
    edit = judged.get(one.edit_id)
    return one.edit_id.endswith(MARKED) or (
        edit is not None and edit.step is Step.CODE and edit.rule.kind == "exists_in_reference"
    )


class _Judged(NamedTuple):
    """An edit with its step, the columns it compares and those it wants filled."""

    rule: Rule
    step: Step
    compared: frozenset[str]
    needed: frozenset[str]


@dataclass(frozen=True)
class _Refused:
    """What fatal, unwaived findings refused in one file: cells with the earliest step, cells of which one finding says all, cells
    whose zeros are lost, rows that are no records, and of each column the values refused; and of each column how many entries of the
    directory nobody names."""

    cells: Mapping[Cell, Step]
    decided: Mapping[Cell, str]
    zeros_lost: frozenset[Cell]
    no_records: frozenset[int]
    values: Mapping[str | None, frozenset[str | None]]
    uncovered: Counter[str | None]

    @classmethod
    def of(cls, findings: Sequence[Finding], judged: Mapping[str, _Judged]) -> _Refused:
        rules = {edit_id: one.rule for edit_id, one in judged.items()}
        fatal = [
            one for one in findings if one.severity == "fatal" and not one.is_waived and one.row_number is not None
        ]
        cells: dict[Cell, Step] = {}
        values: dict[str | None, set[str | None]] = {}
        for one in fatal:
            values.setdefault(one.column_name, set()).add(one.value)
            step = (
                Step.FORM
                if one.edit_id.endswith(MARKED)
                else judged[one.edit_id].step
                if one.edit_id in judged
                else None
            )
            if step is not None and step <= Step.CODE:
                cell = one.row_number, one.column_name
                cells[cell] = min(cells.get(cell, step), step)
        return cls(
            cells,
            # Of a mark nothing else is said, whatever an edit finds the value to be: it is entered last.
            {
                (one.row_number, one.column_name): one.edit_id
                for one in sorted(fatal, key=lambda one: one.edit_id.endswith(MARKED))
                if _says_all(judged, one)
            },
            frozenset((one.row_number, one.column_name) for one in fatal if _kind(rules, one) == "zeros_kept"),
            frozenset(one.row_number for one in fatal if one.row_number and one.edit_id.endswith(NO_RECORD)),
            {column: frozenset(said) for column, said in values.items()},
            Counter(one.column_name for one in findings if _kind(rules, one) == "reference_is_covered"),
        )

    def makes(self, one: Finding, edit: _Judged | None, columns: Mapping[str, bool]) -> bool:
        """Whether a finding is but what another one leads to."""
        cell = one.row_number, one.column_name
        if one.row_number in self.no_records:
            return not one.edit_id.endswith(NO_RECORD)
        if edit is None:
            return one.edit_id.endswith(SHORTENED) and cell in self.zeros_lost
        if edit.rule.kind == "reference_is_covered":
            # So many refused values may have been meant for so many entries that no cell names.
            return self.uncovered[one.column_name] <= len(self.values.get(one.column_name, ()))
        if edit.step is Step.FORM:
            return self.decided.get(cell, "").endswith(MARKED)
        if one.row_number is None or edit.step is Step.GROUP:
            return False
        if edit.rule.kind not in _COMPARING or edit.step is Step.CODE:
            return self.cells.get(cell) is Step.FORM or self.decided.get(cell, one.edit_id) != one.edit_id
        return any((one.row_number, name) in self.cells for name in edit.compared) or any(
            self.cells.get((one.row_number, name)) is Step.FORM and not columns[name] for name in edit.needed
        )


def _read(rule: Rule, columns: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The columns whose values a rule on one row reads, and those it wants filled."""
    if "match" in rule.arguments:
        return frozenset(name for name in columns if name in rule.arguments["match"]), frozenset()
    text = f"{rule.arguments.get('expression', '')} {rule.arguments.get('when', '')}"
    words, wanted = set(re.findall(r"\w+", _NULL_TEST.sub("", text))), set(_WANTED.findall(text))
    return _named(columns, words), _named(columns, wanted)


def _named(columns: Iterable[str], words: Collection[str]) -> frozenset[str]:
    return frozenset(name for name in columns if name in words or f"{name}_text" in words)
