"""Findings grouped for reading: by edit, then by value, then by ranges of rows.

Belongs here: what is counted together, in which order, and how much a page shows.
Does not belong here: how it looks (`page`, `text`, `workbook`).
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from expectations.causes import Step
from expectations.findings import Finding
from expectations.reports.report import Code, Edit, EditGroup, ValueGroup
from expectations.reports.visible import visible
from expectations.reports.wording import SEVERITY_ORDER, not_of_a_number

MOST_VALUES = 200
MOST_RANGES = 40
BRIEF_VALUES, BRIEF_RANGES = 10, 8
MOST_DETAILS = 3
OFTEN = 10
"""A value that stands in so many rows is told before values that stand in few."""

Codes = Callable[[str, str], Sequence[Code]]


def grouped(
    findings: Iterable[Finding],
    edits: Mapping[str, Edit],
    headers: Mapping[str, str],
    codes: Codes = lambda edit_id, column: (),
    is_brief: bool = False,
) -> tuple[EditGroup, ...]:
    """Group findings: fatal edits first, within a severity causes before what may follow from them, then by id.

    Args:
        findings: all findings of one file.
        edits: what is known of each edit, by id; an unknown one is told by its message.
        headers: the district's own name of each column.
        codes: the codes that a column may hold where an edit found it wrong, or none.
        is_brief: list as few values and rows as a terminal takes, in place of a page.
    """
    by_edit: dict[str, list[Finding]] = {}
    for finding in findings:
        by_edit.setdefault(finding.edit_id, []).append(finding)
    groups = [
        _edit_group(edits.get(edit_id) or _unknown(found[0]), found, headers, codes, is_brief)
        for edit_id, found in by_edit.items()
    ]
    has_causes = any(
        g.edit.severity == "fatal" and g.edit.step < Step.GROUP and g.count > g.waived_count for g in groups
    )
    told = [replace(g, may_follow=True) if has_causes and g.edit.step is Step.GROUP else g for g in groups]
    return tuple(sorted(told, key=lambda g: (SEVERITY_ORDER.index(g.edit.severity), g.edit.step, g.edit.edit_id)))


def _unknown(finding: Finding) -> Edit:
    return Edit(finding.edit_id, "", finding.severity, "", finding.message, finding.fix)


def _edit_group(edit: Edit, found: list[Finding], headers, codes: Codes, is_brief: bool) -> EditGroup:
    lists = {
        column: codes(edit.edit_id, column) for column in dict.fromkeys(one.column_name for one in found) if column
    }
    by_value: dict[tuple, list[Finding]] = {}
    for finding in found:
        by_value.setdefault((finding.column_name, finding.value, finding.item_key), []).append(finding)
    groups = sorted(
        (
            (_value_group(edit, same, headers, BRIEF_RANGES if is_brief else MOST_RANGES), lists.get(key[0], ()))
            for key, same in by_value.items()
        ),
        key=lambda pair: (-pair[0].count if pair[0].count >= OFTEN else 0, pair[0].first_row),
    )
    # Likeness is looked for only among what is shown: it is slow.
    shown = tuple(
        replace(group, near=nearest(group.value, listed)) if listed else group
        for group, listed in groups[: BRIEF_VALUES if is_brief else MOST_VALUES]
    )
    return EditGroup(
        edit=edit,
        count=len(found),
        waived_count=sum(finding.is_waived for finding in found),
        groups=shown,
        unshown=len(found) - sum(group.count for group in shown),
        lists=tuple((headers.get(column, column), tuple(listed)) for column, listed in lists.items() if listed),
    )


def _value_group(edit: Edit, same: list[Finding], headers: Mapping[str, str], most_ranges: int) -> ValueGroup:
    column, value = same[0].column_name, same[0].value
    header = headers.get(column, column) if column else ""
    numbers = sorted({finding.row_number for finding in same if finding.row_number is not None})
    return ValueGroup(
        header=header,
        # Where no cell is meant, nothing is not an empty cell.
        value="" if value is None and (column is None or not numbers) else visible(value),
        detail=_details(edit, same, header),
        count=len(same),
        rows=row_ranges(numbers, most_ranges),
        about=_about(same[0].item_key, headers) if same[0].item_key else "",
        first_row=numbers[0] if numbers else 0,
    )


def _about(item_key: str, headers: Mapping[str, str]) -> str:
    """Which group of rows is meant, in the district's own names: `Fund Code 010, School ID 001` for `fund_code/school_id=010/001`."""
    names, _, values = item_key.partition("=")
    pairs = zip(names.split("/"), values.split("/"), strict=False)
    return ", ".join(f"{headers.get(name, name)} {visible(value)}" for name, value in pairs)


def _details(edit: Edit, same: list[Finding], header: str) -> str:
    """What the messages say beyond the sentence; where rows differ, the first few, and how many more there are."""
    said = dict.fromkeys(finding.message.removeprefix(edit.sentence).strip() for finding in same)
    bare = [_bare(detail).removeprefix(f"{header}: ") for detail in said]
    told = [visible(detail, 600) for detail in bare if detail not in ("", header)]
    if edit.expected.startswith(("a number", "a whole number")) and not told:
        told = [strange] if (strange := not_of_a_number(same[0].value or "")) else []
    left = f"; and {len(told) - MOST_DETAILS:,} more" if len(told) > MOST_DETAILS else ""
    return "; ".join(told[:MOST_DETAILS]) + left


def _bare(detail: str) -> str:
    return detail[1:-1] if detail.startswith("(") and detail.endswith(")") else detail


def row_ranges(rows: Sequence[int], most: int = MOST_RANGES) -> str:
    """Write sorted row numbers as ranges: `3, 7-12`; what is left out is counted."""
    ranges: list[list[int]] = []
    for row in rows:
        if ranges and row == ranges[-1][1] + 1:
            ranges[-1][1] = row
        else:
            ranges.append([row, row])
    shown = ", ".join(f"{a}" if a == b else f"{a}-{b}" for a, b in ranges[:most])
    left = sum(b - a + 1 for a, b in ranges[most:])
    return f"{shown} and {left:,} more rows" if left else shown


def nearest(value: str, codes: Sequence[Code], most: int = 3) -> tuple[Code, ...]:
    """Codes that look most like a value: the same but for zeros in front or letters that look like digits, the same in name, then by likeness."""
    if any(code.code == value for code in codes):
        return ()  # the value is a code; what is wrong stands in another column
    bare = value.strip().lstrip("0").casefold()
    same = [
        code for code in codes if code.code.lstrip("0").casefold() == bare or code.code == value.translate(_LOOK_ALIKE)
    ]
    alike = difflib.get_close_matches(value, [code.code for code in codes], most, 0.75)
    named = [code for code in codes if code.name.casefold() == value.strip().casefold()]
    begun = [code for code in codes if len(bare) >= BEGUN and code.code.casefold().startswith(bare[:BEGUN])]
    by_code = {code.code: code for code in codes}
    found = dict.fromkeys(same or [*named, *(by_code[code] for code in alike)] or begun)
    return tuple(found)[:most]


_LOOK_ALIKE = str.maketrans("lIOoSBZ", "1100582")
BEGUN = 4
"""Letters that a word and a code begin with alike, for one to be meant by the other: expense, expenditure."""
