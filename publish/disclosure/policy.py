"""The state's rules of disclosure control: `states/<state>/disclosure_policy.csv`.

Belongs here: reading and checking them. Does not belong here: applying them (`hiding`, `protect`).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from ingest.refusals import Refusal

FILE = "disclosure_policy.csv"
RULES = {
    "minimum_pupils": "the smallest number of pupils that is shown",
    "protection_width": "how many numbers a hidden count must leave possible, less one",
    "minimum_persons": "the smallest number of employees whose pay together is shown",
    "placement_amount_minimum": "payments to other schools below it are taken to be for fewer pupils than minimum_pupils, dollars",
    "pay_amount_minimum": "salaries below it are taken to be of fewer persons than minimum_persons where nobody counts them, dollars",
    "dominance_rate": "the share of an amount from which on it tells the pay in it, between 0.5 and 1",
    "top_code_rate": "outcomes from this rate on are shown as the rate itself, above 0.5; 1 codes none",
    "bottom_code_rate": "outcomes up to this rate are shown as the rate itself, below 0.5; 0 codes none",
}
_RATES = {"dominance_rate": ("0.5", "1"), "top_code_rate": ("0.5", "1"), "bottom_code_rate": ("0", "0.5")}
_AMOUNTS = ("placement_amount_minimum", "pay_amount_minimum", *_RATES)


@dataclass(frozen=True)
class DisclosurePolicy:
    """Numbers of the policy; `sources` cites each."""

    minimum_pupils: int
    protection_width: int
    minimum_persons: int
    placement_amount_minimum: Decimal
    pay_amount_minimum: Decimal
    dominance_rate: Decimal
    top_code_rate: Decimal
    bottom_code_rate: Decimal
    sources: tuple[tuple[str, str], ...] = ()


def read_policy(seeds: Path) -> DisclosurePolicy:
    """Read the policy of a reference version.

    Raises:
        Refusal: there is none; a rule is missing, twice, unknown, without source, or no number that makes sense.
    """
    path = seeds / FILE
    rows = _rows(path)
    if not rows:
        raise Refusal(
            f"The state has no {FILE}: nothing can be released without its rules ({', '.join(RULES)}). states/_template/{FILE} has the header."
        )
    values = {}
    for number, row in enumerate(rows, 2):
        rule = (row.get("rule") or "").strip()
        if rule not in RULES:
            raise Refusal(f"{FILE}, row {number}: {rule or '(empty)'} is no rule; known are {', '.join(RULES)}.")
        if rule in values:
            raise Refusal(f"{FILE}, row {number}: {rule} stands there twice; one release has one policy.")
        if not (row.get("source") or "").strip():
            raise Refusal(f"{FILE}, row {number}: {rule} has no source; cite the law or policy it comes from.")
        values[rule] = _number(number, rule, (row.get("value") or "").strip())
    if missing := [rule for rule in RULES if rule not in values]:
        raise Refusal(f"{FILE} lacks {', '.join(missing)} ({RULES[missing[0]]}): add the row with its source.")
    return _checked(values, tuple((row["rule"].strip(), row["source"].strip()) for row in rows))


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def _number(number: int, rule: str, text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    is_whole = rule in _AMOUNTS or (value.is_finite() and value == value.to_integral_value())
    if not value.is_finite() or value < 0 or not is_whole:
        raise Refusal(f"{FILE}, row {number}: {rule} is {text or '(empty)'}; it must be a number, {RULES[rule]}.")
    low, high = (Decimal(one) for one in _RATES.get(rule, ("0", "Infinity")))
    if not low <= value <= high:
        raise Refusal(f"{FILE}, row {number}: {rule} is {text}; it must lie between {low} and {high}: {RULES[rule]}.")
    return value


def _checked(values: dict[str, Decimal], sources: tuple[tuple[str, str], ...]) -> DisclosurePolicy:
    minimum, width = int(values["minimum_pupils"]), int(values["protection_width"])
    if minimum < 3 or not 1 <= width <= minimum - 2:
        raise Refusal(
            f"{FILE}: minimum_pupils is {minimum} and protection_width {width}; a hidden count lies between 1 and {minimum - 1}, so the minimum "
            f"must be 3 at least and the width between 1 and {max(1, minimum - 2)}."
        )
    if values["minimum_persons"] < 3:
        raise Refusal(
            f"{FILE}: minimum_persons is {values['minimum_persons']}; of two persons each knows the other's pay, so it must be 3 at least."
        )
    for rule in ("pay_amount_minimum", "placement_amount_minimum"):
        if values[rule] == 0:
            raise Refusal(
                f"{FILE}: {rule} is 0, and nothing would be guarded by it: it must be above 0, {RULES[rule]}."
            )
    whole = {"minimum_pupils": minimum, "protection_width": width, "minimum_persons": int(values["minimum_persons"])}
    return DisclosurePolicy(**{**values, **whole}, sources=sources)
