"""Drawings of bars: amounts, figures of each year, the bridge, parts of a whole.

Belongs here: where a bar begins and ends, its fill and letter. Does not belong here: rows and their names (`marks`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from publish.pages.catalogue import Chart
from publish.pages.cells import OWN
from publish.pages.marks import FILLS, INK, Cells, Drawing, name_of, rows_drawing, short

LETTERED_SHARE = 0.07
"""Of the longest bar; a shorter part has no room for its letter."""
_OWN_FILL = {"field": "fill", "type": "nominal", "scale": None}


def _bar(**encoding: object) -> Drawing:
    across = {"type": "quantitative", "axis": None}
    return {
        "mark": {"type": "bar", "size": 15, "yOffset": 9, "stroke": INK, "strokeWidth": 0.75},
        "transform": [{"filter": "datum.start != datum.end"}],  # an outline alone would look like a small amount
        "encoding": {"x": {"field": "start", **across}, "x2": {"field": "end"}, **encoding},
    }


def bars(chart: Chart, rows: Sequence[Cells]) -> Drawing | None:
    """One bar a row; the district's own dark among its peers."""
    value, beside, own = (chart.draw.get(part) for part in ("value", "beside", "own"))
    values = [
        {
            "row": place,
            "name": name_of(chart, row) + (f" ({OWN})" if own and row[own].number == 0 else ""),
            "fill": FILLS[1 if own and row[own].number else 0],
            "start": 0,
            "end": row[value].number,
            "text": row[value].text + (f" ({row[beside].text})" if beside and row[beside].number else ""),
        }
        for place, row in enumerate(rows)
        if row[value].number is not None
    ]
    return rows_drawing(values, [_bar(color=_OWN_FILL)])


def pairs(chart: Chart, rows: Sequence[Cells]) -> Drawing | None:
    """Two or three figures of each year below each other, the first of them light."""
    values = []
    for place, row in enumerate(rows):
        for part, name in enumerate(chart.draw["series"]):
            said = {"row": f"{place}-{part}", "name": f"{name_of(chart, row)} {chart.column(name).label.lower()}"}
            number = row[name].number
            said |= {"start": 0, "end": number or 0, "text": short(row[name]), "fill": FILLS[0 if part else 1]}
            values.append(said)
    is_known = any(row[name].number is not None for row in rows for name in chart.draw["series"])
    return rows_drawing(values, [_bar(color=_OWN_FILL)]) if is_known else None


def bridge(chart: Chart, rows: Sequence[Cells]) -> Drawing | None:
    """From the first amount to the last, each step where the one before ended."""
    value, running = chart.draw["value"], chart.draw["running"]
    values = []
    for place, row in enumerate(rows):
        amount, left = row[value].number, row[running].number
        if amount is None or left is None:
            continue
        is_whole = place in (0, len(rows) - 1)
        start, end = (0, amount) if is_whole else (left, left - amount)
        values.append(
            {"row": place, "name": name_of(chart, row), "start": start, "end": end, "text": row[value].text}
            | {"fill": FILLS[0] if is_whole else FILLS[3]}
        )
    return rows_drawing(values, [_bar(color=_OWN_FILL)])


def stack(chart: Chart, rows: Sequence[Cells]) -> Drawing | None:
    """The parts of each row end to end, lettered; parts below zero to the other side."""
    series = [name for name in chart.draw["series"] if any(row[name].number for row in rows)]
    labels = {name: f"{chr(65 + place)}  {chart.column(name).label}" for place, name in enumerate(series)}
    total = chart.draw.get("total")
    values = []
    for place, row in enumerate(rows):
        known = [name for name in series if row[name].number is not None]
        head = short(row[total]) if total else ""
        ends = {True: 0.0, False: 0.0}
        for name in known:
            number = row[name].number
            start = ends[number >= 0]
            ends[number >= 0] = end = start + number
            values.append(
                {"row": place, "name": name_of(chart, row), "text": head, "series": labels[name]}
                | {"start": start, "end": end, "middle": (start + end) / 2, "letter": labels[name][0]}
            )
    widest = max((abs(value["end"]) for value in values), default=0)
    for value in values:
        if abs(value["end"] - value["start"]) < LETTERED_SHARE * widest:
            value["letter"] = ""
    fills = dict(zip(labels.values(), FILLS, strict=False))
    legend = {"orient": "top", "direction": "vertical", "title": None, "symbolType": "square"}
    color = {"field": "series", "type": "nominal", "legend": legend}
    color |= {"scale": {"domain": list(fills), "range": list(fills.values())}}
    letters = {
        "mark": {"type": "text", "yOffset": 9, "dy": 1, "baseline": "middle", "fontSize": 11},
        "encoding": {
            "x": {"field": "middle", "type": "quantitative"},
            "text": {"field": "letter"},
            "color": _on(fills),
        },
    }
    return rows_drawing(values, [_bar(color=color), letters])


def _on(fills: Mapping[str, str]) -> Drawing:
    """White letters on dark bars, dark ones on light bars."""
    dark = [label for place, label in enumerate(fills) if place % 2 == 0 and fills[label] != "#ffffff"]
    return {"value": INK, "condition": {"test": {"field": "series", "oneOf": dark}, "value": "#ffffff"}}
