"""The pictures of a page, as `charts.yml` lists them.

Belongs here: reading and checking that file. Does not belong here: SQL's making (`figures`), drawing (`drawings`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

Format = Literal[
    "text", "words", "year", "count", "tenths", "hundredths", "dollars", "percent", "outcome", "difference", "rank"
]
Form = Literal["bridge", "bars", "pairs", "stack", "lines", "interval", "scatter"]
Audience = Literal["restricted", "public"]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(_Entry):
    """A column of a picture's table. `source` (in the file `from`) is its SQL where it is not the table's own; `share_of` makes it a share of another's sum;
    what is not `in_table` stands in the data to take away alone."""

    name: str
    label: str
    format: Format
    source: str = ""
    status: str = ""
    empty: str = ""
    share_of: str = ""
    in_table: bool = True

    @model_validator(mode="before")
    @classmethod
    def _spelled_from(cls, entry: Mapping) -> Mapping:
        return {("source" if name == "from" else name): value for name, value in entry.items()}

    @property
    def is_number(self) -> bool:
        """Whether it can be drawn and has a rounded form."""
        return self.format not in ("text", "words", "year")


class KeyFigure(_Entry):
    """A figure at the top of the page: the newest one known."""

    label: str
    table: str
    column: str
    format: Format


class Chart(_Entry):
    """One picture: where its rows come from, how it is drawn, what is said of it."""

    chart: str
    title: str
    question: str
    form: Form
    table: str
    columns: tuple[Column, ...]
    draw: Mapping[str, str | Sequence[str]]
    unit: str
    definition: str
    sentences: tuple[str, ...]
    order: str
    years: Literal["all", "latest"] | int
    audiences: tuple[Audience, ...] = ("restricted", "public")
    relation: str = ""
    beside: str = ""
    needs: Mapping[str, tuple[str, ...]] = {}
    where: str = ""
    status: str = ""
    empty: str = "not reported"
    turned: str = ""
    split: tuple[str, ...] = ()
    most_drawn: int = 60
    suppressed: str = "main.suppressed_columns"
    suppressed_from: str = ""
    suppressed_in_relation: str = ""
    renamed: Mapping[str, tuple[str, ...]] = {}

    def column(self, name: str) -> Column:
        """The column of that name."""
        return next(column for column in self.columns if column.name == name)

    @property
    def drawn(self) -> tuple[str, ...]:
        """The columns whose numbers the picture shows; of a turned table all."""
        if self.turned:
            return tuple(column.name for column in self.columns)
        series = self.draw.get("series") or [self.draw[part] for part in ("value", "y") if part in self.draw]
        return tuple(series)


class Section(_Entry):
    """Pictures under one heading."""

    heading: str
    charts: tuple[Chart, ...]


class Catalogue(_Entry):
    """Everything a page may show, and the words for codes."""

    key_figures: tuple[KeyFigure, ...]
    sections: tuple[Section, ...]
    words: Mapping[str, Mapping[str, str]]

    @property
    def charts(self) -> tuple[Chart, ...]:
        """The pictures in order."""
        return tuple(chart for section in self.sections for chart in section.charts)

    def said(self, column: str, code: object) -> str:
        """A code in words: those of the file, else the code itself with spaces for underscores."""
        text = str(code)
        known = self.words.get(column) or self.words.get(column.replace("_period", "")) or {}
        if column.endswith("_period"):
            known = self.words["reporting_period"]
        return known.get(text, text.replace("_", " "))


@cache
def catalogue() -> Catalogue:
    """The catalogue of `charts.yml`."""
    text = Path(__file__).with_name("charts.yml").read_text("utf-8")
    return Catalogue.model_validate(yaml.safe_load(text))
