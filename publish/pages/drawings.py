"""A picture as a Vega-Lite drawing.

Belongs here: choosing the form, and what every drawing has. Does not belong here: the forms (`bars`, `points`).
"""

from __future__ import annotations

from collections.abc import Sequence

from publish.pages import bars, points
from publish.pages.catalogue import Chart
from publish.pages.marks import Cells, Drawing

FORMS = {
    "bars": bars.bars,
    "pairs": bars.pairs,
    "bridge": bars.bridge,
    "stack": bars.stack,
    "lines": points.lines,
    "interval": points.interval,
    "scatter": points.scatter,
}


def drawing_of(chart: Chart, rows: Sequence[Cells]) -> Drawing | None:
    """The drawing of a picture's rows, or nothing where no number is known."""
    drawn = FORMS[chart.form](chart, rows)
    if drawn is None:
        return None
    return {"width": "container", "autosize": {"type": "fit-x", "contains": "padding"}, **drawn}
