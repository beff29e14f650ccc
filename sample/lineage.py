"""What becomes of districts over the years: mergers, splits, a transfer of pupils, names and codes that change, births and ends.

Belongs here: which events happen when, to whom, and what follows for a district's first and last year; the events' rows.
Does not belong here: sizes of districts (`agencies`), what events do to figures (`truth_panel`).

Districts come in groups of fifteen; of every other group eleven take part in events, if the years are at least three.
Places in a group: 1 and 2 merge into 3; 5 absorbs 4; 6 splits into 8 and 9; 10 gives pupils to 12; 13 is renamed; 14 has the code
of 15 from a year on; 12 absorbs 8 later.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

GROUP = 15
MOVED_PERCENT = 12
SOURCE = "edfin sample, register of district events"
_SPLIT_PERCENT = {8: 60, 9: 40}
# Event type, places it leads from and to with percent, and when: the share of the window that has passed.
_STORIES: tuple[tuple[str, tuple[tuple[int, int, int], ...], float], ...] = (
    ("merge", ((1, 3, 100), (2, 3, 100)), 0.5),
    ("absorb", ((4, 5, 100),), 0.75),
    ("split", ((6, 8, _SPLIT_PERCENT[8]), (6, 9, _SPLIT_PERCENT[9])), 0.5),
    ("transfer", ((10, 10, 100 - MOVED_PERCENT), (10, 12, MOVED_PERCENT)), 0.75),
    ("rename", ((13, 13, 100),), 0.5),
    ("recode", ((14, 15, 100),), 0.75),
    ("absorb", ((8, 12, 100),), 0.95),
)
_OPENS = {"merge", "split", "recode"}
_CLOSES = {"merge", "absorb", "split", "recode"}


@dataclass(frozen=True)
class Way:
    """Where a district's pupils and money go; percent is what is planted. None: from nowhere, to nowhere."""

    source: int | None
    target: int | None
    percent: int


@dataclass(frozen=True)
class Event:
    """One event; `fiscal_year` is the first after it. A split states no weights: they are its targets' first pupils."""

    event_type: str
    fiscal_year: int
    ways: tuple[Way, ...]

    @property
    def event_id(self) -> str:
        way = self.ways[0]
        return f"{self.event_type}-{lea_id(way.source or way.target or 0)}-{self.fiscal_year}"

    @property
    def is_estimated(self) -> bool:
        return self.event_type == "split"


@dataclass
class Fate:
    """What events do to one district: its years, and the ways that lead to it and away from it."""

    opens: int | None = None
    closes: int | None = None
    renamed: int | None = None
    is_split_off: bool = False
    recoded_from: int | None = None
    is_recoded: bool = False
    takes: tuple[tuple[int, int, int], ...] = ()
    gives: tuple[tuple[int, int], ...] = ()


def lea_id(index: int) -> str:
    """The state's code of a district."""
    return f"{index * 7:04d}"


def events(count: int, first_year: int, last_year: int) -> list[Event]:
    """The events of a state of `count` districts, in order of time."""
    years = last_year - first_year
    found = []
    for start in range(0, count - GROUP + 1, 2 * GROUP) if years >= 2 else ():
        shift = start // (2 * GROUP) % 3 if years >= 6 else 0
        for event_type, ways, share in _STORIES:
            year = first_year + max(1, round(years * share) - shift)
            found.append(Event(event_type, year, tuple(Way(start + a, start + b, percent) for a, b, percent in ways)))
    for index in range(11, count + 1, 30):
        if years >= 2:
            found.append(Event("open", first_year + 2, (Way(None, index, 100),)))
    for index in range(41, count + 1, 60):
        if years >= 4:
            found.append(Event("close", first_year + 4, (Way(index, None, 100),)))
    return sorted(found, key=lambda event: (event.fiscal_year, event.event_id))


def fates(planned: list[Event]) -> dict[int, Fate]:
    """What the events mean for each district that takes part in one."""
    told: dict[int, Fate] = {}
    for event in planned:
        for way in event.ways:
            source, target = (told.setdefault(index, Fate()) if index else Fate() for index in (way.source, way.target))
            if event.event_type in _CLOSES or way.target is None:
                source.closes = event.fiscal_year - 1
            if event.event_type in _OPENS or way.source is None:
                target.opens = event.fiscal_year
            target.is_split_off |= event.event_type == "split"
            if event.event_type == "rename":
                target.renamed = event.fiscal_year
            elif event.event_type == "recode":
                target.recoded_from, source.is_recoded = way.source, True
            elif way.source and way.source != way.target:
                target.takes += ((way.source, way.percent, event.fiscal_year),)
                if event.event_type == "transfer":
                    source.gives += ((way.percent, event.fiscal_year),)
    return told


def event_rows(planned: list[Event]) -> Iterator[tuple[object, ...]]:
    """Reference table `lea_events`."""
    for event in planned:
        for way in event.ways:
            weight: object = ""
            if way.source and way.target and not event.is_estimated:
                weight = way.percent / 100
            basis = {"split": "fall membership of the first year after", "transfer": "pupils moved"}
            yield (event.event_id, event.event_type, event.fiscal_year, lea_id(way.source) if way.source else "",
                   lea_id(way.target) if way.target else "", weight, basis.get(event.event_type, ""),
                   "Y" if event.is_estimated else "N", SOURCE)  # fmt: skip
