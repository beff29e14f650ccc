"""The true peers: who is most like whom, by the generator's own reading of the planted pupils, places and wages.

Belongs here: units that can be compared, their features, distances in exact fractions, the rows of `peers` and `school_peers`.
Does not belong here: outcomes and what is said of them (`truth_productivity`); anything read from the warehouse's rules.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from sample.truth import Row

# The sample's wishes: ten peers, no median of fewer than five.
WANTED, FEWEST = 10, 5
BILLION = 10**9
BANDS = {
    "primary": ("PK", "KG", "01", "02", "03", "04", "05"),
    "middle": ("06", "07", "08"),
    "high": ("09", "10", "11", "12"),
}
_GROUPS = {"low_income_rate": "econ_dis", "english_learner_rate": "el", "disability_rate": "swd"}


@dataclass
class Unit:
    """A district or a school (with a school id) of one year; `numbers` in billionths, so that sums are exact."""

    lea_id: str
    school_id: str
    fiscal_year: int
    group: str
    numbers: dict[str, int] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    spending: float | None = None
    spending_error: float | None = None
    per_pupil: float | None = None
    readings: dict[str, float] = field(default_factory=dict)
    peers: list[Unit] = field(default_factory=list)
    distances: list[float] = field(default_factory=list)
    eligible: int = 0
    scores: dict[str, float] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str, int]:
        return self.lea_id, self.school_id, self.fiscal_year

    @property
    def has_pupils(self) -> bool:
        return bool(self.numbers)


def describe(unit: Unit, count: int, wage: float, locale: str, rows: Iterable[tuple[str, ...]]) -> None:
    """Fill a unit's features from the rows of the fall file that are its own or its schools'."""
    pupils: dict[str, int] = defaultdict(int)
    grades = set()
    for row in rows:
        pupils[row[4]] += int(row[5])
        if row[4] == "all" and int(row[5]):
            grades.add(row[3])
    unit.numbers = {"ln_membership": round(math.log(count) * BILLION), "cwift": round(wage * BILLION)}
    for name, group in _GROUPS.items():
        unit.numbers[name] = round(Fraction(pupils[group] * BILLION, pupils["all"]))
    unit.kinds = {"locale_group": locale[0]}
    set_span(unit, grades)


def set_span(unit: Unit, grades: set[str]) -> None:
    """The bands of grades in which a unit has pupils."""
    unit.kinds["grade_span"] = "-".join(band for band, members in BANDS.items() if grades & set(members))


def choose_peers(units: Iterable[Unit]) -> None:
    """Give every unit its peers: the nearest of its group and year whose spending is known."""
    groups: dict[tuple[bool, str, int], list[Unit]] = defaultdict(list)
    for unit in units:
        if unit.has_pupils:
            groups[bool(unit.school_id), unit.group, unit.fiscal_year].append(unit)
    for members in groups.values():
        _score(members)
        for unit in members:
            near = sorted(
                (round(math.sqrt(sum(gap**2 for gap in gaps(unit, other).values()) / len(gaps(unit, other))), 6), other.lea_id, other.school_id, n)
                for n, other in enumerate(members)
                if other is not unit and other.spending
            )[:WANTED]  # fmt: skip
            unit.peers, unit.distances = [members[n] for *_, n in near], [distance for distance, *_ in near]


def _score(members: list[Unit]) -> None:
    """How many standard deviations of the group each is from its mean; what all share says nothing."""
    for name in members[0].numbers:
        values = [unit.numbers[name] for unit in members]
        mean = Fraction(sum(values), len(values))
        variance = sum((value - mean) ** 2 for value in values) / len(values)
        for unit in members:
            unit.eligible = len(members)
            if variance:
                unit.scores[name] = float(unit.numbers[name] - mean) / math.sqrt(variance)


def gaps(unit: Unit, other: Unit) -> dict[str, float]:
    """In each feature, how far the other is from the unit; another kind is one away."""
    found = {name: other.scores[name] - score for name, score in unit.scores.items()}
    return found | {name: float(other.kinds[name] != kind) for name, kind in unit.kinds.items()}


def peer_rows(unit: Unit) -> Iterator[Row]:
    """The rows of `peers`, or of `school_peers`."""
    count = len(unit.peers)
    status = "complete" if count >= WANTED else "fewer_than_wanted" if count >= FEWEST else "too_few"
    for rank, (peer, distance) in enumerate(zip(unit.peers, unit.distances, strict=True), 1):
        found = gaps(unit, peer)
        row: Row = {
            "lea_id": unit.lea_id, "school_id": unit.school_id, "fiscal_year": unit.fiscal_year, "peer_rank": rank,
            "peer_lea_id": peer.lea_id, "peer_school_id": peer.school_id, "distance": distance, "feature_count": len(found),
            "feature_names": ", ".join(sorted(found)), "peer_count": count, "peer_status": status,
            "lea_type_code": unit.group, "school_level": unit.group,
            "eligible_lea_count": unit.eligible, "eligible_school_count": unit.eligible,
        }  # fmt: skip
        largest = sorted(found, key=lambda name: (-round(found[name] ** 2, 9), name))
        for word, name in zip(("largest", "second", "third"), largest, strict=False):
            row |= {f"{word}_difference_name": name, f"{word}_difference_value": found[name]}
        yield row
