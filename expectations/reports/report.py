"""The report as data: what every form of it shows.

Belongs here: the shapes, frozen. Does not belong here: filling them (`grouping`, `ingest.report_facts`), writing them (`page`, `text`, `workbook`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from expectations.causes import Step
from expectations.findings import Finding
from expectations.reports.visible import visible

NOT_READ = "not read"
"""In place of a number of records, where a file could not be read as records."""
Rows = Sequence[tuple[int, list[str]]]
"""A district's file as bare cells: row number, texts."""


@dataclass(frozen=True)
class Code:
    """A code that a column may hold; `code_to` ends a range."""

    code: str
    name: str = ""
    code_to: str = ""

    @property
    def shown(self) -> str:
        return f"{self.code} to {self.code_to}" if self.code_to else self.code


@dataclass(frozen=True)
class Edit:
    """An edit as it is explained: what, why, an example, how to fix. `expected` says what a cell must hold,
    `compared` names the columns an edit looks at together, `needs` the collections it looks at, `beside` what of them
    stands beside the file, in words, `step` when it is to be mended."""

    edit_id: str
    collection: str
    severity: str
    stage: str
    sentence: str
    fix: str = ""
    why: str = ""
    example: str = ""
    expected: str = ""
    header: str = ""
    compared: str = ""
    needs: tuple[str, ...] = ()
    beside: str = ""
    scope: str = ""
    catalogue_id: str = ""
    years: str = ""
    step: Step = Step.FORM


@dataclass(frozen=True)
class ValueGroup:
    """All findings of an edit with one column, value and detail. `rows` is the text of row ranges, "" where no row is meant;
    `about` then says what is (`fund_code=01`), or the file is."""

    header: str
    value: str
    detail: str
    count: int
    rows: str
    first_row: int
    about: str = ""
    near: tuple[Code, ...] = ()


@dataclass(frozen=True)
class EditGroup:
    """An edit and everything it found. `unshown` counts findings that stand in no value group shown."""

    edit: Edit
    count: int
    waived_count: int
    groups: tuple[ValueGroup, ...]
    unshown: int
    lists: tuple[tuple[str, tuple[Code, ...]], ...] = ()
    """What columns may hold, by the district's name of the column."""
    may_follow: bool = False
    """Whether it is about sums of a file in which single rows are wrong too: it may be nothing but their consequence."""


@dataclass(frozen=True)
class Flow:
    """Records or dollars in = accepted + excluded + suspended."""

    of: str
    into: str
    accepted: str
    excluded: str
    suspended: str


@dataclass(frozen=True)
class Report:
    """Everything said of one file. `findings` are all of them; `groups` those of the page, fatal first."""

    file_name: str
    verdict: str
    facts: tuple[tuple[str, str], ...]
    flows: tuple[Flow, ...]
    next_steps: tuple[str, ...]
    groups: tuple[EditGroup, ...]
    findings: tuple[Finding, ...]
    headers: Mapping[str, str] = field(default_factory=dict)
    not_evaluated: tuple[Edit, ...] = ()
    excluded: tuple[tuple[str, str, str], ...] = ()
    note: str = ""
    """How values are written, where not as they are."""
    unread: int = 0
    """Amounts that are no numbers and stand in no sum."""

    @property
    def is_accepted(self) -> bool:
        return self.verdict == "accepted"

    def count(self, severity: str) -> int:
        """Findings of a severity that no waiver covers."""
        return sum(group.count - group.waived_count for group in self.of(severity))

    def of(self, severity: str) -> tuple[EditGroup, ...]:
        """The edits of a severity that found something."""
        return tuple(group for group in self.groups if group.edit.severity == severity)

    @property
    def by_row(self) -> tuple[tuple[int, tuple[Finding, ...]], ...]:
        """Findings to be mended by the row they stand in, in the order of the file: one mistake is often several findings."""
        rows: dict[int, list[Finding]] = {}
        for one in self.findings:
            if one.row_number is not None and not one.is_waived and one.severity != "info":
                rows.setdefault(one.row_number, []).append(one)
        return tuple((number, tuple(rows[number])) for number in sorted(rows))

    def cells_of(self, findings: tuple[Finding, ...]) -> tuple[tuple[str, str | None], ...]:
        """The cells that findings of a row point to, by the district's header, each once."""
        named = [(self.headers.get(one.column_name, one.column_name), one.value) for one in findings if one.column_name]
        return tuple(dict.fromkeys(named))

    def beside(self, findings: tuple[Finding, ...]) -> tuple[str, ...]:
        """Of edits that look at several columns together, what else they saw in the row: the mistake may stand there."""
        sentences = {group.edit.edit_id: group.edit.sentence for group in self.groups if group.edit.compared}
        said = (
            one.message.removeprefix(sentences[one.edit_id]).strip() for one in findings if one.edit_id in sentences
        )
        return tuple(dict.fromkeys(text.removeprefix("(").removesuffix(")") for text in said if text))

    def wanted(self, findings: tuple[Finding, ...]) -> tuple[str, ...]:
        """What the cells of a row must hold, as far as their edits say: the nearest codes, else what is expected."""
        said = []
        for one in findings:
            group = next((group for group in self.groups if group.edit.edit_id == one.edit_id), None)
            shown = (self.headers.get(one.column_name or "", one.column_name), visible(one.value))
            near = next((v.near for v in group.groups if (v.header, v.value) == shown and v.near), ()) if group else ()
            said.append(" or ".join(code.shown for code in near) or (group.edit.expected if group else ""))
        return tuple(dict.fromkeys(text for text in said if text))
