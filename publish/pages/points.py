"""Drawings of points: lines over years, intervals around what is expected, a district among its peers.

Belongs here: shapes, dashes, scales that say where they begin. Does not belong here: rows and their names (`marks`).
"""

from __future__ import annotations

from collections.abc import Sequence

from publish.pages.catalogue import Chart
from publish.pages.marks import AXIS, FILLS, INK, PLAIN_AXIS, POINTS_AXIS, Cells, Drawing, name_of, rows_drawing

NEAR, CUT_SCALE = 0.6, 0.8
SIGNS = {"above": "triangle-up", "below": "triangle-down", "cannot be told from chance": "circle"}


def lines(chart: Chart, rows: Sequence[Cells]) -> Drawing | None:
    """A line for each series, broken where a year is not known."""
    series = [name for name in chart.draw["series"] if any(row[name].number is not None for row in rows)]
    if not series:
        return None
    values = [
        {"x": row[chart.draw["x"]].text, "series": chart.column(name).label, "value": row[name].number}
        for name in series
        for row in rows
    ]
    key = {"field": "series", "type": "nominal", "sort": None}
    legend = {"orient": "top", "direction": "vertical", "title": None, "symbolSize": 90, "symbolStrokeWidth": 0}
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


def interval(chart: Chart, rows: Sequence[Cells]) -> Drawing | None:
    """Each difference with its interval, its shape by the side of zero it lies on."""
    value, low, high = (chart.draw[part] for part in ("value", "low", "high"))
    values = [
        {
            "row": place,
            "name": name_of(chart, row, rows),
            "text": row[value].text,
            "value": row[value].number,
            "low": row[low].number,
            "high": row[high].number,
            "sign": side_of(row[low].number, row[high].number),
        }
        for place, row in enumerate(rows)
        if row[value].number is not None
    ]
    across = {"type": "quantitative", "axis": {"title": "Difference", "grid": True, "tickCount": 5}}
    is_share = any("points" in value["text"] for value in values)
    across["axis"]["labelExpr"] = POINTS_AXIS if is_share else AXIS.get(chart.column(value).format, PLAIN_AXIS)
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
    return rows_drawing(values, layers)


def side_of(low: float | None, high: float | None) -> str:
    """On which side of zero an interval lies, if on one."""
    if low is not None and low > 0:
        return "above"
    return "below" if high is not None and high < 0 else "cannot be told from chance"


def scatter(chart: Chart, rows: Sequence[Cells]) -> Drawing | None:
    """This district among its peers, outcome against spending."""
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
