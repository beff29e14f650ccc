"""What all drawings share: names and numbers beside each row, fills, axes. Nothing is told by color alone.

Belongs here: rows that fit a phone, outlines, number formats of axes. Does not belong here: one form of drawing (`bars`, `points`),
colors and fonts of the page (`draw.js`). Rows carry their position as `row`, so that two schools of one name stay two.
Field names are ours, never the data's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from publish.pages.catalogue import Chart
from publish.pages.cells import Cell

Cells = Mapping[str, Cell]
Drawing = dict[str, object]
STEP = 42
INK = "#1b1b1b"
FILLS = ("#1f4e79", "#9cc3e6", "#a3470f", "#f5cf9f", "#474747", "#c9c9c9", "#ffffff")
"""Dark and light in turn, so that neighbors differ on paper too; each bar is outlined and lettered."""
DOLLARS = "abs(datum.value) < 1e5 ? format(datum.value, '$,.0f') : replace(format(datum.value, '$~s'), 'G', 'B')"
AXIS = {"dollars": DOLLARS, "percent": "format(datum.value, '~%')"}
POINTS_AXIS = "datum.value ? format(100 * datum.value, '+~f') + ' points' : '0'"
PLAIN_AXIS = "format(datum.value, ',~f')"


def _names(chart: Chart, rows: Sequence[Cells]) -> list[str]:
    """The columns that name a row; those that are the same everywhere tell nothing."""
    names = chart.draw["category"]
    if isinstance(names, str):
        return [names]
    return [name for name in names if len({row[name].text for row in rows}) > 1] or list(names[:1])


def name_of(chart: Chart, row: Cells, rows: Sequence[Cells] = ()) -> str:
    """The row as a reader knows it; `rows` are those it stands among."""
    names = _names(chart, rows)
    return ", ".join(row[name].text for name in names if row[name].value is not None)


def short(cell: Cell) -> str:
    """A value in words that fit a picture."""
    return cell.kind if cell.kind == "suppressed" else cell.text


def rows_drawing(values: list[Drawing], layers: list[Drawing]) -> Drawing | None:
    """Bars below each other, the name above each at the left and its number at the right: they fit a phone."""
    if not values:
        return None
    heads = list({value["row"]: value for value in values}.values())
    above = {"type": "text", "baseline": "middle", "dy": -9, "fontSize": 13, "color": INK}
    room = 14 + 8 * max(len(head["text"]) for head in heads)
    names = above | {"align": "left", "limit": {"expr": f"width - {room}"}}
    numbers = above | {"align": "right", "fontWeight": "bold"}
    named = [
        {"data": {"values": heads}, "mark": names, "encoding": _at({"value": 0}, "name")},
        {"data": {"values": heads}, "mark": numbers, "encoding": _at({"value": "width"}, "text")},
    ]
    order = {"domain": [head["row"] for head in heads]}
    y = {"field": "row", "type": "ordinal", "sort": None, "axis": None, "scale": order}
    return {
        "height": {"step": STEP},
        "data": {"values": values},
        "encoding": {"y": y},
        "layer": [*layers, *named],
    }


def _at(x: Drawing, text: str) -> Drawing:
    return {"x": x, "text": {"field": text}}
