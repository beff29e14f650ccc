"""When things are due, and who sends what when.

Belongs here: the sample's calendar and expected submissions, and each LEA-year's story: missing, late, resubmitted.
Does not belong here: defects (`defects`), the content of files.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sample.agencies import Lea

SOURCE = "edfin sample calendar, 2021"


@dataclass(frozen=True)
class Window:
    """A collection window: years after the start of the fiscal year's calendar year of its end, months and days."""

    collection: str
    period: str
    opens: tuple[int, int, int]
    due: tuple[int, int, int]
    closes: tuple[int, int, int]
    skip_rate: float
    is_expected: bool = True


WINDOWS = (
    Window("ledger", "adopted_budget", (-1, 7, 1), (-1, 9, 15), (-1, 12, 31), 0.04),
    Window("ledger", "revised_budget", (0, 1, 1), (0, 3, 31), (0, 6, 30), 0.85, is_expected=False),
    Window("ledger", "actual_unaudited", (0, 7, 1), (0, 10, 15), (1, 1, 31), 0.0),
    Window("ledger", "actual_audited", (0, 10, 1), (1, 1, 31), (1, 6, 30), 0.06),
    Window("membership", "fall", (-1, 10, 1), (-1, 11, 15), (0, 2, 28), 0.03),
    Window("membership", "year_end", (0, 6, 1), (0, 7, 31), (0, 10, 31), 0.03),
    Window("staff", "fall", (-1, 10, 1), (-1, 12, 1), (0, 2, 28), 0.03),
    Window("sections", "fall", (-1, 10, 1), (-1, 12, 1), (0, 2, 28), 0.04),
    Window("outcomes", "final", (0, 7, 1), (0, 9, 30), (0, 12, 31), 0.05),
)
NO_LEDGER_RATE = 0.03
LATE_RATE = 0.08
RESUBMIT_RATE = {"ledger": 0.05, "membership": 0.03, "staff": 0.03, "sections": 0.02, "outcomes": 0.02}
RESTATED = ("actual_unaudited", "actual_audited", "fall", "final")


def day(fiscal_year: int, when: tuple[int, int, int]) -> date:
    """A window's day in a fiscal year."""
    return date(fiscal_year + when[0], when[1], when[2])


def windows(fiscal_year: int, last_year: int) -> Iterator[Window]:
    """The windows of a year; the last year's audits are not due yet."""
    return (w for w in WINDOWS if w.period != "actual_audited" or fiscal_year < last_year)


def calendar_rows(first_year: int, last_year: int) -> Iterator[tuple[object, ...]]:
    """Reference table `calendar`."""
    for fiscal_year in range(first_year, last_year + 1):
        for w in WINDOWS:
            days = (day(fiscal_year, when) for when in (w.opens, w.due, w.closes))
            yield (w.collection, fiscal_year, w.period, *days, SOURCE)


def expected_rows(first_year: int, last_year: int) -> Iterator[tuple[object, ...]]:
    """Reference table `expected_submissions`."""
    for fiscal_year in range(first_year, last_year + 1):
        for w in windows(fiscal_year, last_year):
            if w.is_expected:
                yield (w.collection, fiscal_year, w.period, "", SOURCE)


@dataclass(frozen=True)
class Turn:
    """One slot's story: what is sent, in order (`clean`, `outdated`), and when."""

    window: Window
    versions: tuple[str, ...]
    received_on: date


def story(lea: Lea, fiscal_year: int, last_year: int, seed: int) -> list[Turn]:
    """What an LEA sends in a year. A slot that is never sent has no versions."""
    rng = Random(f"{seed}/story/{lea.lea_id}/{fiscal_year}")
    has_ledger = rng.random() >= NO_LEDGER_RATE
    turns = []
    for w in windows(fiscal_year, last_year):
        skips, late, again = rng.random() < w.skip_rate, rng.random() < LATE_RATE, rng.random()
        due = day(fiscal_year, w.due)
        received = due + timedelta(days=rng.randint(1, 40)) if late else due - timedelta(days=rng.randint(0, 30))
        if is_needed(lea, fiscal_year, w):
            turns.append(Turn(w, ("clean",), received))
        elif skips or (w.period.startswith("actual") and not has_ledger):
            turns.append(Turn(w, (), received))
        elif again < RESUBMIT_RATE[w.collection] and w.period in RESTATED:
            turns.append(Turn(w, ("outdated", "clean"), received))
        else:
            turns.append(Turn(w, ("clean",), received))
    return turns


def is_needed(lea: Lea, fiscal_year: int, window: Window) -> bool:
    """Whether a split's shares rest on this slot: it is sent once, and right."""
    return (
        lea.is_split_off
        and fiscal_year == lea.first_year
        and (window.collection, window.period) == ("membership", "fall")
    )


def received_at(received_on: date, version: int) -> str:
    """The time a version arrived: later versions a month apart."""
    return f"{received_on + timedelta(days=30 * version)}T15:{10 + version:02d}:00Z"
