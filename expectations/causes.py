"""Which findings only follow from others, so that a district mends the cause and is not told the rest.

A cell that has not the form it must have is no code either; a rule that compares a refused cell with another says nothing of that
other. What remains is told in the order of mending: form, codes, rows, groups of rows.

Belongs here: the step a rule belongs to, what it reads, dropping consequences. Does not belong here: verdicts, waivers, wording.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from expectations.findings import Finding
from expectations.rules import Rule


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
# The reader's own finding on a cell: it too sees that one code of a column has lost its zeros, but not which code was meant.
CELL_EDIT = "_file_cell"
_NULL_TEST = re.compile(r"\w+\s+is\s+(?:not\s+)?null\b", re.IGNORECASE)


def step_of(rule: Rule, columns: Collection[str]) -> Step:
    """The step a rule belongs to; `columns` are those of the collection."""
    if rule.kind in _FORM:
        return Step.FORM
    if rule.kind in _CODE or (rule.kind in _COMPARING and len(_read(rule, columns)) == 1):
        return Step.CODE
    return Step.ROW if rule.kind in (*_COMPARING, *_ACCOUNT) else Step.GROUP


def without_consequences(findings: Sequence[Finding], rules: Iterable[Rule], columns: Collection[str]) -> list[Finding]:
    """Leave out of one file's findings those that follow from a fatal, unwaived finding of the same row.

    What is left out is no mistake of its own: it could not be judged because of the one told, and is judged once that is mended.
    """
    by_id = {rule.edit_id: rule for rule in rules}
    found = {edit_id: by_id[edit_id] for edit_id in {one.edit_id for one in findings} & by_id.keys()}
    steps = {edit_id: step_of(rule, columns) for edit_id, rule in found.items()}
    refused = _Refused.of(findings, found, steps)
    return [
        one
        for one in findings
        if not (
            refused.follows(one, found[one.edit_id], steps[one.edit_id], columns)
            if one.edit_id in found
            else one.edit_id.endswith(CELL_EDIT) and (one.row_number, one.column_name) in refused.zeros_lost
        )
    ]


@dataclass(frozen=True)
class _Refused:
    """What fatal, unwaived findings refused in one file: cells of form and code with the earliest step, columns with a wrong row,
    cells whose zeros are lost, cells that an edit on their row names."""

    cells: Mapping[tuple[int | None, str | None], Step]
    columns: frozenset[str | None]
    zeros_lost: frozenset[tuple[int | None, str | None]]
    compared: frozenset[tuple[int | None, str | None]]

    @classmethod
    def of(cls, findings: Sequence[Finding], rules: Mapping[str, Rule], steps: Mapping[str, Step]) -> _Refused:
        fatal = [
            one for one in findings if one.severity == "fatal" and not one.is_waived and one.row_number is not None
        ]
        cells: dict[tuple[int | None, str | None], Step] = {}
        for one in fatal:
            if (step := steps.get(one.edit_id, Step.GROUP)) <= Step.CODE:
                cell = one.row_number, one.column_name
                cells[cell] = min(cells.get(cell, step), step)

        def cells_of(kind: str) -> frozenset[tuple[int | None, str | None]]:
            of_kind = {edit_id for edit_id, rule in rules.items() if rule.kind == kind}
            return frozenset((one.row_number, one.column_name) for one in fatal if one.edit_id in of_kind)

        columns = frozenset(one.column_name for one in fatal)
        return cls(cells, columns, cells_of("zeros_kept"), cells_of("row_satisfies"))

    def follows(self, one: Finding, rule: Rule, step: Step, columns: Collection[str]) -> bool:
        """Whether a finding is but what another one of its row leads to."""
        if rule.kind == "reference_is_covered":
            # What a refused cell was meant to name may be what no cell names.
            return one.column_name in self.columns
        if one.row_number is None or step not in (Step.CODE, Step.ROW):
            return False
        if self.cells.get((one.row_number, one.column_name)) is Step.FORM:
            return True
        if rule.kind == "account_is_mapped" and one.value is None:
            # The edit on what a class of account needs has named this empty cell.
            return (one.row_number, one.column_name) in self.compared
        if step is Step.CODE or rule.kind not in _COMPARING:
            return False
        # A cell without its form stands in the table as empty; a wrong code stands there, and is only compared in vain.
        return any(self.cells.get((one.row_number, name)) is Step.FORM for name in _read(rule, columns)) or any(
            (one.row_number, name) in self.cells for name in _read(rule, columns, only_values=True)
        )


def _read(rule: Rule, columns: Collection[str], only_values: bool = False) -> frozenset[str]:
    """The columns that a rule on one row reads, or those of which it reads more than whether they are filled."""
    if "match" in rule.arguments:
        words = set(map(str, rule.arguments["match"]))
    else:
        text = f"{rule.arguments.get('expression', '')} {rule.arguments.get('when', '')}"
        words = set(re.findall(r"\w+", _NULL_TEST.sub("", text) if only_values else text))
    return frozenset(name for name in columns if words & {name, f"{name}_text"})
