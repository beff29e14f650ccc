"""The report in a terminal: counts, then each edit once, its values grouped.

Belongs here: lines of text. Does not belong here: colours, paging.
"""

from __future__ import annotations

from collections.abc import Iterable

from expectations.reports.report import NOT_READ, Edit, EditGroup, Report, ValueGroup
from expectations.reports.wording import MAY_FOLLOW, unread


def as_text(report: Report) -> str:
    """Write a report as lines; made brief, an edit shows ten of its values and says how many more there are."""
    counts = ", ".join(f"{report.count(name):,} {name}" for name in ("fatal", "warning", "info") if report.of(name))
    lines = [f"{report.file_name}: {report.verdict}, {_records(report)}, {len(report.findings):,} findings"]
    lines[0] += f" ({counts})" if counts else ""
    if report.unread:
        lines.append(f"  {unread(report.unread)}")
    if report.note:
        lines.append(f"  {report.note}")
    for group in report.groups:
        lines += _edit(group)
    if report.not_evaluated:
        lines.append("  not evaluated here: " + ", ".join(edit.edit_id for edit in report.not_evaluated))
    return "\n".join(lines)


def _records(report: Report) -> str:
    """How many records count; of a suspended file how many it has, for none of them does."""
    if not report.flows:
        return "0 rows"
    whole = report.flows[0]
    if report.is_accepted:
        return f"{whole.accepted} rows"
    return NOT_READ if whole.into == NOT_READ else f"none of {whole.into} records counts"


def _edit(group: EditGroup) -> list[str]:
    times = "once" if group.count == 1 else f"{group.count:,} times"
    waived = f", {group.waived_count:,} waived" if group.waived_count else ""
    lines = [f"  {group.edit.severity:<7} {group.edit.edit_id} ({times}{waived}): {group.edit.sentence}"]
    if group.edit.expected:
        lines.append(f"          expected: {group.edit.expected}")
    if group.may_follow:
        lines.append(f"          {MAY_FOLLOW}")
    if group.edit.compared:
        lines.append(f"          compares: {group.edit.compared}")
    lines += [f"          {_value(value)}" for value in group.groups]
    if group.unshown:
        lines.append(f"          and {group.unshown:,} more; --format json or --report lists every one")
    return [*lines, f"          to fix: {group.edit.fix}"] if group.edit.fix else lines


def _value(value: ValueGroup) -> str:
    where = f"row {value.rows}" if value.rows else value.about or "the whole file"
    if value.count > 1 and value.rows:
        where = f"{value.count:,} rows: {value.rows}"
    what = f"{value.header} = {value.value}" if value.header else value.value
    if not value.rows and (not value.value or value.about.endswith(value.value)):
        what = ""  # no cell is meant, or the group is the value
    near = "; nearest: " + ", ".join(f"{c.shown} {c.name}".strip() for c in value.near) if value.near else ""
    detail = f" ({value.detail})" if value.detail else ""
    return f"{where}: {what}{detail}{near}" if what else f"{where}{detail}{near}"


def edits_as_text(edits: Iterable[Edit]) -> str:
    """All edits, a paragraph each."""
    return "\n\n".join(_explained(edit) for edit in edits)


def _explained(edit: Edit) -> str:
    parts = (
        ("why", edit.why),
        ("example", edit.example),
        ("expected", edit.expected),
        ("to fix", edit.fix),
        ("needs", edit.beside),
    )
    return "\n".join(
        [f"{edit.edit_id} {edit.severity}: {edit.sentence}", *(f"  {name}: {said}" for name, said in parts if said)]
    )
