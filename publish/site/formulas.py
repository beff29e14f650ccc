"""How a column comes about, in words: from the same recipe that `edfin explain` follows.

A name in backticks is a column or a condition; the page makes links of those it knows.

Belongs here: sentences for recipes (`publish.recipes` lists what may stand in one). Does not belong here: following a recipe (`publish.explaining`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

NAMES = re.compile(r"[\w.]+( [+-] [\w.]+)*")
PRIVATE_FACTS = {"staff": "staff assignments", "sections": "course sections"}


def formula(meta: Mapping[str, Any]) -> list[str]:
    """What the column's documentation says of its making; nothing where it says nothing."""
    said = meta.get("explain") or {}
    found = [] if said.get("lines", said.get("pool")) is None else [_of_lines(said)]
    if parts := said.get("parts"):
        found.append(_sum(parts) + ".")
    if "numerator" in said:
        found.append(_ratio(said))
    if "pupils" in said:
        found.append(f"Pupils, counted as `{said['pupils']}`.")
    if "survey_item" in said:
        found.append(_of_item(str(said["survey_item"])))
    if "facts" in said:
        found.append(f"Of the LEA's {PRIVATE_FACTS.get(said['facts'], said['facts'])}: `{said['value']}`.")
    if "formula" in said:
        found.append(f"By the state's formula, worked out anew for the whole LEA ({_words(said['formula'])}).")
    if any("{" in sentence for sentence in found):
        found.append("In braces stands the row's own value.")
    return found + _pair(meta.get("per_pupil"))


def _of_lines(said: Mapping) -> str:
    lines, pool = said.get("lines"), said.get("pool")
    signed = " What is shown as taken away is negative." if "sign" in said else ""
    summed = f"Sum of the ledger lines of the LEA and year, in national codes, where `{lines}`.{signed}"
    shared = f"The row's share of the ledger lines of the LEA and year where `{pool}`; the shares add up to the pool."
    if lines and pool:
        return f"{summed} Where `{said['pool_when']}`: {shared[0].lower()}{shared[1:]}"
    return summed if lines else shared


def _sum(parts: Sequence[str]) -> str:
    words = [f"\u2212 `{part[1:]}`" if part.startswith("-") else f"+ `{part}`" for part in parts]
    return " ".join(words).removeprefix("+ ")


def _ratio(said: Mapping) -> str:
    top, bottom = _part(said["numerator"]), _part(said.get("denominator", ""))
    ratio = f"{top} ÷ {bottom}" if bottom else top
    if said.get("times", 1) != 1:
        ratio = f"{said['times']} × {ratio}"
    if said.get("among"):
        ratio += f", both added over the rows where `{said['among']}`"
    return f"Natural logarithm of {ratio}." if said.get("logarithm") else f"{ratio}, divided once, unrounded."


def _part(part: Any) -> str:
    if isinstance(part, Mapping):
        made = formula({"explain": part})
        how = f" ({made[0].rstrip('.')})" if made else ""
        return f"{part['words']}{how}"
    name = str(part)
    return f"`{name.removeprefix('before:')}` of the year before" if name.startswith("before:") else f"`{name}`"


def _of_item(item: str) -> str:
    return (
        f"The item that `{item.strip('{}')}` names, of the F-33." if item.startswith("{") else f"Item `{item}` of the F-33: see the definitions."
    )  # fmt: skip


def _pair(said: Mapping | None) -> list[str]:
    if not said:
        return []
    return [f"Numerator: {_named(said['numerator'])}. Denominator: {_named(said['denominator'])}."]


def _named(text: str) -> str:
    """Columns, or words."""
    return f"`{text}`" if NAMES.fullmatch(text) else text


def _words(name: str) -> str:
    return name.replace("_", " ")
