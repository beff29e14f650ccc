"""A scenario as somebody writes it: one YAML file, one or several formulas to compare.

Belongs here: what may be written, and saying what is wrong with it. Does not belong here: computing (`budgeting`).
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ingest.refusals import Refusal

Amount = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=6)]
Weight = Annotated[Decimal, Field(ge=0, le=100, decimal_places=9)]
Share = Annotated[Decimal, Field(ge=0, le=1, decimal_places=9)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Concentration(_Strict):
    """More for schools with many pupils in need: `rate` × max(0, (p - threshold) ÷ (1 - threshold)), for each pupil or each needy one."""

    group: str
    threshold: Annotated[Decimal, Field(ge=0, lt=1, decimal_places=9)]
    rate: Weight
    counts: Literal["pupils", "needy"] = "pupils"


class SmallSchool(_Strict):
    """Dollars for every pupil a school lacks to a size."""

    below: Annotated[int, Field(gt=0, le=1_000_000)]
    amount_per_missing_pupil: Amount


class Scenario(_Strict):
    """One formula. `pool`: dollars to give out, or `current`: what the schools had; or `base`: dollars of a weighted pupil.
    `missing_is_zero`: a school without a count of a group has nobody of it, where a file leaves such rows out."""

    name: str
    pool: Amount | Literal["current"] | None = None
    base: Amount | None = None
    weights: dict[str, Weight] = Field(default_factory=dict)
    foundation_per_school: Amount = Decimal(0)
    small_school: SmallSchool | None = None
    concentration: Concentration | None = None
    hold_harmless: Share | None = None
    missing_is_zero: bool = False

    @model_validator(mode="after")
    def _has_one_source_of_money(self) -> Scenario:
        if (self.pool is None) == (self.base is None):
            raise ValueError("say either pool (dollars, or current) or base (dollars of a weighted pupil)")
        if self.hold_harmless is not None and self.pool is None:
            raise ValueError("hold_harmless needs a pool: without one there is nothing to take from")
        return self

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups of pupils the formula counts."""
        named = [*self.weights, *([self.concentration.group] if self.concentration else [])]
        return tuple(dict.fromkeys(named))


class Comparison(_Strict):
    """What a file asks for: the schools, and the scenarios to compare."""

    schools: str | None = None
    lea_id: str | None = None
    fiscal_year: Annotated[int, Field(ge=1990, le=2100)] | None = None
    scenarios: tuple[Scenario, ...]

    @model_validator(mode="after")
    def _names_its_schools(self) -> Comparison:
        if (self.schools is None) == (self.lea_id is None or self.fiscal_year is None):
            raise ValueError("say either schools (a CSV beside this file) or lea_id and fiscal_year")
        if not self.scenarios:
            raise ValueError("scenarios names none")
        names = [one.name for one in self.scenarios]
        if len(set(names)) < len(names):
            raise ValueError("two scenarios have one name")
        return self


def read_comparison(path: Path) -> Comparison:
    """Read a scenario file.

    Raises:
        Refusal: it cannot be read, or says what no scenario may; each place is named.
    """
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), _Exact)
    except (OSError, UnicodeDecodeError) as problem:
        raise Refusal(f"{path}: cannot be read ({problem}).") from problem
    except yaml.YAMLError as problem:
        where = getattr(problem, "problem_mark", None)
        line = f", line {where.line + 1}" if where else ""
        raise Refusal(f"{path}{line}: this is no YAML ({getattr(problem, 'problem', None) or problem}).") from problem
    if not isinstance(document, dict):
        raise Refusal(f"{path}: names no scenarios; begin with lea_id, fiscal_year and scenarios.")
    try:
        return Comparison.model_validate(document)
    except ValidationError as problem:
        said = dict.fromkeys(_said(one) for one in problem.errors(include_url=False))
        raise Refusal(f"{path}: {'; '.join(said)}.") from problem


def _said(error) -> str:
    """One thing that is wrong, with its place: scenarios, 1, pool."""
    named = [str(part + 1) if isinstance(part, int) else part for part in error["loc"] if part not in _KINDS]
    words = {
        "missing": "is missing",
        "extra_forbidden": "is no key here",
        "literal_error": "must be current, or dollars",
    }
    said = words.get(error["type"], error["msg"].removeprefix("Value error, "))
    return f"{', '.join(named)}: {said}" if named else said


# How pydantic tells apart what a value might have been; no place in the file.
_KINDS = ("decimal", "literal['current']")


class _Exact(yaml.SafeLoader):
    """Numbers stay as they are written: 0.1 is a tenth, and the LEA 0014 keeps its zeros."""


_Exact.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in forms if tag not in ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")]
    for first, forms in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
