"""Which findings an explanation covers.

An explanation names an edit of one submission and, if it wants, one row or item. It covers what was found when it was given: a
finding whose number has changed since must be explained anew.

Belongs here: comparing findings with what `explained` events say. Pure functions: no database, no clock.
Does not belong here: recording an explanation (`lifecycle`), showing it (marts, reports).
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from expectations.findings import Finding
from ingest.audit import Event, canonical

EXPLAINED = "explained"


def digest(finding: Finding) -> str:
    """What a finding says, in 16 hexadecimal digits."""
    said = [finding.row_number, finding.item_key, finding.column_name, finding.value]
    return hashlib.sha256(canonical(said).encode()).hexdigest()[:16]


def digest_of_all(findings: Iterable[Finding]) -> str:
    """What several findings say together, whatever their order."""
    return hashlib.sha256("\n".join(sorted(map(digest, findings))).encode()).hexdigest()[:16]


def covers(findings: Sequence[Finding], is_whole: bool) -> dict[str, object]:
    """What the payload of an explanation keeps, so that it is known later what it covered."""
    return {"covers_all": digest_of_all(findings)} if is_whole else {"covers": sorted(map(digest, findings))}


def unexplained(findings: Iterable[Finding], explanations: Iterable[Mapping[str, object]]) -> list[Finding]:
    """The findings that no explanation covers, in their order; `explanations` are payloads of `explained` events."""
    by_edit: dict[str, list[Finding]] = defaultdict(list)
    listed = list(findings)
    for finding in listed:
        by_edit[finding.edit_id].append(finding)
    whole, single = set(), set()
    for said in explanations:
        edit_id = said["edit_id"]
        single |= {(edit_id, one) for one in said.get("covers", ())}
        if said.get("covers_all") == digest_of_all(by_edit[edit_id]):
            whole.add(edit_id)
    return [one for one in listed if one.edit_id not in whole and (one.edit_id, digest(one)) not in single]


def explained_counts(findings: Sequence[Finding], events: Iterable[Event]) -> Counter[str]:
    """How many findings of each edit are explained, and not waived."""
    standing = [one for one in findings if not one.is_waived]
    left = Counter(one.edit_id for one in unexplained(standing, [event.payload for event in events]))
    return Counter(one.edit_id for one in standing) - left
