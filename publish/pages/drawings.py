"""A picture as a Vega-Lite drawing: names and numbers are written beside each bar, and nothing is told by color alone.

Belongs here: marks, scales, order of bars. Does not belong here: colors and fonts all share (`draw.js`), rows (`pictures`).
Rows carry their position as `row`, so that two schools of one name stay two. Field names are ours, never the data's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from publish.pages.catalogue import Chart
from publish.pages.cells import OWN, Cell

Cells = Mapping[str, Cell]
Drawing = dict[str, object]
STEP = 42
INK = "#1b1b1b"
FILLS = ("#1f4e79", "#9cc3e6", "#a3470f", "#f5cf9f", "#474747", "#c9c9c9", "#ffffff")
"""Dark and light in turn, so that neighbors differ on paper too; each bar is outlined and lettered."""
LETTERED_SHARE = 0.07
DOLLARS = "abs(datum.value) < 1e5 ? format(datum.value, '$,.0f') : replace(format(datum.value, '$~s'), 'G', 'B')"
AXIS = {"dollars": DOLLARS, "percent": "format(datum.value, '~%')"}
POINTS_AXIS = "format(100 * datum.value, '+~f') + ' points'"
PLAIN_AXIS = "format(datum.value, ',~f')"


_OWN_FILL = {"field": "fill", "type": "nominal", "scale": None}


def drawing_of(chart: Chart, rows: Sequence[Cells]) -> Drawing | None:
    """The drawing of a picture's rows, or nothing where no number is known."""
    drawn = FORMS[chart.form](chart, rows)
    if drawn is None:
        return None
    return {"width": "container", "autosize": {"type": "fit-x", "contains": "padding"}, **drawn}


def _names(chart: Chart, rows: Sequence[Cells]) -> list[str]:
    """The columns that name a row; those that are the same everywhere tell nothing."""
    names = chart.draw["category"]
    if isinstance(names, str):
        return [names]
    return [name for name in names if len({row[name].text for row in rows}) > 1] or list(names[:1])


def _name(chart: Chart, row: Cells, rows: Sequence[Cells] = ()) -> str:
    names = _names(chart, rows)
    return ", ".join(row[name].text for name in names if row[name].value is not None)


def _short(cell: Cell) -> str:
    return cell.kind if cell.kind == "suppressed" else cell.text


def _rows_drawing(values: list[Drawing], layers: list[Drawing]) -> Drawing | None:
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


def _bar(**encoding: object) -> Drawing:
    across = {"type": "quantitative", "axis": None}
    return {
        "mark": {"type": "bar", "size": 15, "yOffset": 9, "stroke": INK, "strokeWidth": 0.75},
        "transform": [{"filter": "datum.start != datum.end"}],  # an outline alone would look like a small amount
        "encoding": {"x": {"field": "start", **across}, "x2": {"field": "end"}, **encoding},
    }


def _bars(chart: Chart, rows: Sequence[Cells]) -> Drawing | None:
    value, beside, own = (chart.draw.get(part) for part in ("value", "beside", "own"))
    values = [
        {
            "row": place,
            "name": _name(chart, row) + (f" ({OWN})" if own and row[own].number == 0 else ""),
            "fill": FILLS[1 if own and row[own].number else 0],
            "start": 0,
            "end": row[value].number,
            "text": row[value].text + (f" ({row[beside].text})" if beside and row[beside].number else ""),
        }
        for place, row in enumerate(rows)
        if row[value].number is not None
    ]
    return _rows_drawing(values, [_bar(color=_OWN_FILL)])


def _pairs(chart: Chart, rows: Sequence[Cells]) -> Drawing | None:
    """Two or three figures of each year below each other, the first of them light."""
    values = []
    for place, row in enumerate(rows):
        for part, name in enumerate(chart.draw["series"]):
            said = {"row": f"{place}-{part}", "name": f"{_name(chart, row)} {chart.column(name).label.lower()}"}
            number = row[name].number
            said |= {"start": 0, "end": number or 0, "text": _short(row[name]), "fill": FILLS[0 if part else 1]}
            values.append(said)
    is_known = any(row[name].number is not None for row in rows for name in chart.draw["series"])
    return _rows_drawing(values, [_bar(color=_OWN_FILL)]) if is_known else None


def _bridge(chart: Chart, rows: Sequence[Cells]) -> Drawing | None:
    value, running = chart.draw["value"], chart.draw["running"]
    values = []
    for place, row in enumerate(rows):
        amount, left = row[value].number, row[running].number
        if amount is None or left is None:
            continue
        is_whole = place in (0, len(rows) - 1)
        start, end = (0, amount) if is_whole else (left, left - amount)
        values.append(
            {"row": place, "name": _name(chart, row), "start": start, "end": end, "text": row[value].text}
            | {"fill": FILLS[0] if is_whole else FILLS[3]}
        )
    return _rows_drawing(values, [_bar(color=_OWN_FILL)])


def _stack(chart: Chart, rows: Sequence[Cells]) -> Drawing | None:
    series = [name for name in chart.draw["series"] if any(row[name].number for row in rows)]
    labels = {name: f"{chr(65 + place)}  {chart.column(name).label}" for place, name in enumerate(series)}
    total = chart.draw.get("total")
    values = []
    for place, row in enumerate(rows):
        known = [name for name in series if row[name].number is not None]
        head = _short(row[total]) if total else ""
        ends = {True: 0.0, False: 0.0}
        for name in known:
            number = row[name].number
            start = ends[number >= 0]
            ends[number >= 0] = end = start + number
            values.append(
                {"row": place, "name": _name(chart, row), "text": head, "series": labels[name]}
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
    return _rows_drawing(values, [_bar(color=color), letters])


def _on(fills: Mapping[str, str]) -> Drawing:
    """White letters on dark bars, dark ones on light bars."""
    dark = [label for place, label in enumerate(fills) if place % 2 == 0 and fills[label] != "#ffffff"]
    return {"value": INK, "condition": {"test": {"field": "series", "oneOf": dark}, "value": "#ffffff"}}


def _lines(chart: Chart, rows: Sequence[Cells]) -> Drawing | None:
    series = [name for name in chart.draw["series"] if any(row[name].number is not None for row in rows)]
    if not series:
        return None
    values = [
        {"x": row[chart.draw["x"]].text, "series": chart.column(name).label, "value": row[name].number}
        for name in series
        for row in rows
    ]
    key = {"field": "series", "type": "nominal", "sort": None}
    legend = {"orient": "top", "direction": "vertical", "title": None, "symbolSize": 90, "symbolStrokeWidth": 2}
    expression = AXIS.get(chart.column(series[0]).format, PLAIN_AXIS)
    y = {"field": "value", "type": "quantitative", "title": None, "scale": {"zero": True}}
    if least := least_drawn(chart, rows):
        y["scale"] = {"zero": False, "domainMin": least, "nice": True}
    return {
        "height": 240,
        "data": {"values": values},
        "mark": {"type": "line", "strokeWidth": 2.5, "point": {"filled": True, "size": 90}},
        "encoding": {
            "x": {"field": "x", "type": "ordinal", "sort": None, "title": None, "axis": {"labelAngle": 0}},
            "y": y | {"axis": {"labelExpr": expression, "tickCount": 5}},
            "color": key | {"legend": legend, "scale": {"range": [FILLS[0], FILLS[2], FILLS[4]]}},
            "shape": key | {"legend": legend, "scale": {"range": ["circle", "square", "triangle-up"]}},
            "strokeDash": key | {"legend": None, "scale": {"range": [[1, 0], [7, 4], [2, 3]]}},
        },
    }


def least_drawn(chart: Chart, rows: Sequence[Cells]) -> float | None:
    """Where the scale of lines begins that lie close together far above zero; nothing where it begins at zero."""
    known = [row[name].number for name in chart.draw["series"] for row in rows if row[name].number is not None]
    least, most = min(known, default=0), max(known, default=0)
    return least * CUT_SCALE if least > NEAR * most > 0 else None


NEAR, CUT_SCALE = 0.6, 0.8
SIGNS = {"above expected": "triangle-up", "below expected": "triangle-down", "cannot be told from chance": "circle"}


def _interval(chart: Chart, rows: Sequence[Cells]) -> Drawing | None:
    value, low, high = (chart.draw[part] for part in ("value", "low", "high"))
    values = [
        {
            "row": place,
            "name": _name(chart, row, rows),
            "text": row[value].text,
            "value": row[value].number,
            "low": row[low].number,
            "high": row[high].number,
            "sign": side_of(row[low].number, row[high].number),
        }
        for place, row in enumerate(rows)
        if row[value].number is not None
    ]
    across = {"type": "quantitative", "axis": {"title": "Difference from expected", "grid": True, "tickCount": 5}}
    is_share = any("points" in value["text"] for value in values)
    across["axis"]["labelExpr"] = POINTS_AXIS if is_share else PLAIN_AXIS
    sign = {
        "field": "sign",
        "type": "nominal",
        "title": None,
        "scale": {"domain": list(SIGNS), "range": [*SIGNS.values()]},
    }
    sign["legend"] = {"orient": "top", "direction": "vertical", "symbolSize": 90}
    layers = [
        {"mark": {"type": "rule", "strokeDash": [4, 3], "color": INK}, "encoding": {"x": {"datum": 0}, "y": None}},
        {"mark": {"type": "rule", "strokeWidth": 3, "yOffset": 9, "y2Offset": 9, "color": FILLS[0]}}
        | {"encoding": {"x": {"field": "low", **across}, "x2": {"field": "high"}}},
        {"mark": {"type": "point", "filled": True, "size": 130, "yOffset": 9, "color": FILLS[2], "opacity": 1}}
        | {"encoding": {"x": {"field": "value", "type": "quantitative"}, "shape": sign}},
    ]
    return _rows_drawing(values, layers)


def side_of(low: float | None, high: float | None) -> str:
    """On which side of what is expected an interval lies, if on one."""
    if low is not None and low > 0:
        return "above expected"
    return "below expected" if high is not None and high < 0 else "cannot be told from chance"


def _scatter(chart: Chart, rows: Sequence[Cells]) -> Drawing | None:
    x, y, low, high, own = (chart.draw[part] for part in ("x", "y", "low", "high", "own"))
    values = [
        {"x": row[x].number, "y": row[y].number, "low": row[low].number, "high": row[high].number}
        | {"who": "A peer, by its nearness" if row[own].number else "This district"}
        | {"text": row[own].text if row[own].number else row[chart.draw["label"]].text}
        for row in rows
        if row[x].number is not None and row[y].number is not None
    ]
    if not values:
        return None
    is_share = any("%" in row[y].text for row in rows)
    who = {"field": "who", "type": "nominal", "title": None, "legend": {"orient": "top", "direction": "vertical"}}
    domain = ["This district", "A peer, by its nearness"]
    across = {
        "field": "x",
        "type": "quantitative",
        "title": chart.column(x).label,
        "scale": {"zero": False, "padding": 24},
    }
    upward = {"type": "quantitative", "title": None, "scale": {"zero": False, "padding": 24}}
    upward["axis"] = {"labelExpr": AXIS["percent"] if is_share else PLAIN_AXIS, "tickCount": 5}
    point = {"field": "y", **upward}
    return {
        "height": 300,
        "data": {"values": values},
        "encoding": {"x": across | {"axis": {"labelExpr": AXIS["dollars"], "tickCount": 4}}},
        "layer": [
            {"mark": {"type": "rule", "color": INK}}
            | {"encoding": {"y": {"field": "low", **upward}, "y2": {"field": "high"}}},
            {"mark": {"type": "point", "size": 130, "filled": True, "opacity": 1, "stroke": INK}}
            | {"encoding": {"y": point, "shape": who | {"scale": {"domain": domain, "range": ["diamond", "circle"]}},
                            "color": who | {"scale": {"domain": domain, "range": [FILLS[2], FILLS[1]]}}}},
            {"mark": {"type": "text", "align": "left", "dx": 9, "dy": -7, "fontSize": 12, "color": INK}}
            | {"encoding": {"y": point, "text": {"field": "text"}}},
        ],
    }  # fmt: skip


FORMS = {
    "bars": _bars,
    "bridge": _bridge,
    "pairs": _pairs,
    "stack": _stack,
    "lines": _lines,
    "interval": _interval,
    "scatter": _scatter,
}
