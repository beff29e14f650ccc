"""A picture of one LEA: its rows chosen and put into words, its table, drawing, sentence and data.

Belongs here: which years and rows a picture shows, and what it says of those it does not.
Does not belong here: reading (`figures`), one cell (`cells`), marks (`drawings`), HTML (`page`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from publish.pages.catalogue import Chart, Column, catalogue
from publish.pages.cells import Cell, cell_of, number_text, suppressed_of
from publish.pages.downloads import csv_text, data_link, json_text
from publish.pages.drawings import drawing_of
from publish.pages.figures import Row
from publish.pages.marks import Drawing
from publish.pages.points import least_drawn
from publish.pages.sentences import sentence_of

Cells = Mapping[str, Cell]
Dated = tuple[int, Cells]


@dataclass(frozen=True)
class Picture:
    """What a page shows of one chart."""

    key: str
    chart: Chart
    title: str
    sentence: str
    notes: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[Cells, ...]
    drawing: Drawing | None
    csv_link: str
    json_link: str

    @property
    def is_known(self) -> bool:
        """Whether there is a number, or one that is withheld; else words say all, and a table would only repeat them."""
        named = [column.name for column in self.columns if column.is_number]
        return any(row[name].kind in ("reported", "zero", "suppressed") for row in self.rows for name in named)


def pictures_of(chart: Chart, lea_id: str, rows: Sequence[Row]) -> Iterator[Picture]:
    """The pictures of a chart: one, or where it is split one of each part."""
    parts: dict[tuple, list[Row]] = {}
    for row in rows:
        parts.setdefault(tuple(row[name] for name in chart.split), []).append(row)
    for place, (part, found) in enumerate(parts.items()):
        said = [catalogue().said(name, value) for name, value in zip(chart.split, part, strict=True) if value]
        key = f"{chart.chart}-{place + 1}" if chart.split else chart.chart
        yield _picture(chart, key, ": ".join([chart.title, ", ".join(said)]) if said else chart.title, lea_id, found)


def _picture(chart: Chart, key: str, title: str, lea_id: str, found: Sequence[Row]) -> Picture:
    dated = _with_shares(chart, [(row["fiscal_year"], _cells(chart, row)) for row in found])
    year = _newest(chart, dated)
    kept = _kept(chart, dated, year)
    columns, rows = _turned(chart, kept) if chart.turned else (_in_table(chart), tuple(cells for _, cells in kept))
    drawn = _most_drawn(chart, rows)
    notes = [*_left_out(chart, dated, kept, year), *_undrawn(chart, kept)]
    if len(drawn) < len(rows):
        notes.append(f"Drawn are the first and the last {len(drawn) // 2} of {len(rows)} rows; the table has all.")
    return Picture(
        key=key, chart=chart, title=title, sentence=sentence_of(chart, rows, year), notes=tuple(notes),
        columns=columns, rows=rows, drawing=drawing_of(chart, drawn),
        csv_link=data_link("text/csv", csv_text(chart, lea_id, kept)),
        json_link=data_link("application/json", json_text(chart, lea_id, kept)),
    )  # fmt: skip


def _in_table(chart: Chart) -> tuple[Column, ...]:
    return tuple(column for column in chart.columns if column.in_table)


def _cells(chart: Chart, row: Row) -> Cells:
    suppressed = suppressed_of(row["suppressed_columns"], chart.renamed)
    listed = (column for column in chart.columns if not column.share_of)
    status = {"status": chart.status}
    return {
        column.name: cell_of(
            column if column.status else column.model_copy(update=status), row, chart.empty, suppressed
        )
        for column in listed
    }


def _with_shares(chart: Chart, dated: Sequence[Dated]) -> list[Dated]:
    """Add each row's share of its year; where a part is withheld or not reported, nobody's share is known."""
    for column in (column for column in chart.columns if column.share_of):
        whole: dict[int, Decimal | None] = {}
        for year, cells in dated:
            part, sum_so_far = cells[column.share_of], whole.get(year, Decimal(0))
            is_unknown = sum_so_far is None or part.kind in ("missing", "suppressed")
            whole[year] = None if is_unknown else sum_so_far + Decimal(str(part.value or 0))
        dated = [(year, {**cells, column.name: _share(cells[column.share_of], whole[year])}) for year, cells in dated]
    return list(dated)


def _share(part: Cell, whole: Decimal | None) -> Cell:
    if part.value is None:
        return part
    if not whole:
        return Cell(None, "missing", "not computable (a part is not known)")
    share = Decimal(str(part.value)) / whole
    return Cell(float(share), "zero" if not share else "reported", number_text(share, "percent"))


def _newest(chart: Chart, dated: Sequence[Dated]) -> int | None:
    """The newest year of which a number can be drawn."""
    years = [year for year, cells in dated if any(cells[name].number is not None for name in chart.drawn)]
    return max(years, default=dated[-1][0] if dated else None)


def _kept(chart: Chart, dated: Sequence[Dated], newest: int | None) -> list[Dated]:
    if chart.years == "all":
        return list(dated)
    if chart.years == "latest":
        return [(year, cells) for year, cells in dated if year == newest]
    last = sorted({year for year, _ in dated})[-chart.years :]
    return [(year, cells) for year, cells in dated if year in last]


def _turned(chart: Chart, kept: Sequence[Dated]) -> tuple[tuple[Column, ...], tuple[Cells, ...]]:
    """The columns become rows, the years columns; `latest` is the newest year's cell that is drawn."""
    years = tuple(Column(name=f"fy{year}", label=f"FY{year}", format="hundredths") for year, _ in kept)
    item = Column(name="item", label=chart.turned, format="text")
    latest = dict(kept).get(_newest(chart, kept), {})
    rows = tuple(
        {"item": Cell(column.label, "reported", column.label)}
        | {f"fy{year}": cells[column.name] for year, cells in kept}
        | {"latest": latest.get(column.name)}
        for column in chart.columns
    )
    return (item, *years), rows


def _most_drawn(chart: Chart, rows: Sequence[Cells]) -> Sequence[Cells]:
    if len(rows) <= chart.most_drawn or chart.form in ("lines", "scatter"):
        return rows
    half = chart.most_drawn // 2
    return [*rows[:half], *rows[-half:]]


def _left_out(chart: Chart, dated: Sequence[Dated], kept: Sequence[Dated], newest: int | None) -> Iterator[str]:
    """Say which year is shown, where it is one of several."""
    last = dated[-1][0] if dated else None
    if not any(cells[name].number is not None for _, cells in dated for name in chart.drawn):
        return
    if chart.years == "latest" and last != newest:
        yield f"Shown is FY{newest}: of FY{last} nothing is known yet."
    elif chart.years == "latest":
        yield f"Shown is FY{newest}."
    elif chart.turned:
        yield f"Drawn is FY{newest}; the table has the years before."
    elif chart.years != "all" and len(kept) < len(dated):
        yield f"Shown are the last {len(kept)} of {len(dated)} years."


def _undrawn(chart: Chart, kept: Sequence[Dated]) -> Iterator[str]:
    """What lines and bars lack, by years and reason; and where their scale does not begin at zero."""
    if chart.years == "latest" or chart.turned:
        return
    lacking: dict[tuple[str, str], list[str]] = {}
    for name in chart.drawn:
        reasons: dict[str, list[str]] = {}
        for year, cells in kept:
            if cells[name].value is None:
                reasons.setdefault(cells[name].text, []).append(f"FY{year}")
        for reason, years in reasons.items():
            lacking.setdefault((reason, _listed(years)), []).append(chart.column(name).label)
    for (reason, years), labels in lacking.items():
        of = "" if len(labels) == len(chart.drawn) else f", of “{'”, “'.join(labels)}”"
        yield f"Not drawn for {years}{of}: {reason}."
    if chart.form == "lines" and least_drawn(chart, [cells for _, cells in kept]):
        yield "The scale does not begin at zero."


def _listed(years: Sequence[str]) -> str:
    return f"{years[0]} to {years[-1]} ({len(years)} years)" if len(years) > 4 else ", ".join(years)
