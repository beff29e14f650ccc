"""What is said of a picture in one sentence, worked out from its rows.

Belongs here: the facts a sentence of the catalogue may name, and choosing the first sentence whose facts are all known.
Does not belong here: the sentences themselves (`charts.yml`).
"""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from decimal import Decimal

from publish.pages.catalogue import Chart, Column
from publish.pages.cells import Cell, number_text
from publish.pages.points import side_of

Cells = Mapping[str, Cell]
UNKNOWN = ("missing", "suppressed")
"""Among figures of which one is unknown nobody knows the largest: its facts are named `known_…`."""
WITHHELD = "These figures are suppressed, because they rest on small numbers."


def sentence_of(chart: Chart, rows: Sequence[Cells], year: int | None) -> str:
    """The first sentence of the chart that can be said whole."""
    known = facts(chart, rows, year)
    for sentence in chart.sentences[:-1]:
        if all(name in known for _, name, _, _ in string.Formatter().parse(sentence) if name):
            return sentence.format_map(known)
    is_withheld = any(cell.kind == "suppressed" for row in rows for cell in row.values())
    return WITHHELD if is_withheld else chart.sentences[-1].format_map(known)


def facts(chart: Chart, rows: Sequence[Cells], year: int | None) -> dict[str, str]:
    """Everything that can be said of the rows, by the names that sentences use."""
    if chart.form == "interval" and chart.years == "latest":
        return _sides(chart, rows) | {"year": f"FY{year}"}
    if chart.form == "pairs":
        return _over_all_years(chart, rows) | _paired(chart, rows)
    if chart.years == "all":
        return _over_all_years(chart, rows)
    value = chart.draw.get("total") or chart.draw.get("value") or chart.draw["y"]
    return _among(chart, rows, value) | {"year": f"FY{year}"}


def _over_all_years(chart: Chart, rows: Sequence[Cells]) -> dict[str, str]:
    said: dict[str, str] = {}
    for column in chart.columns:
        if column.is_number:
            said |= _over_years(column, rows)
    return said


def _paired(chart: Chart, rows: Sequence[Cells]) -> dict[str, str]:
    """The newest year in which both figures are known, and the second's share of the first."""
    first, second = chart.draw["series"]
    both = [row for row in rows if row[first].number and row[second].number is not None]
    if not both:
        return {}
    row = both[-1]
    share = Decimal(str(row[second].value)) / Decimal(str(row[first].value))
    said = {"both_year": row["fiscal_year"].text, f"{second}_share": number_text(share, "percent")}
    return said | {f"{name}_both": row[name].text for name in (first, second)}


def _over_years(column: Column, rows: Sequence[Cells]) -> dict[str, str]:
    """The newest figure of a column and its change since the first."""
    known = [row for row in rows if row[column.name].number is not None]
    if not known:
        return {}
    first, last = known[0], known[-1]
    name, newest = column.name, last[column.name]
    said = {name: newest.text, f"{name}_year": last["fiscal_year"].text}
    start = first[name].number
    if first is not last and start and start > 0:
        change = Decimal(str(newest.value)) / Decimal(str(first[name].value)) - 1
        said[f"{name}_change"] = _change(change, "fewer" if column.format == "count" else "less")
        said[f"{name}_first_year"] = first["fiscal_year"].text
    return said


def _change(change: Decimal, less: str) -> str:
    if not change:
        return f"no more and no {less}"
    size = number_text(abs(change), "percent")
    if size.startswith("between"):
        size = "less than 0.1%"
    return f"{size} {less if change < 0 else 'more'}"


def _among(chart: Chart, rows: Sequence[Cells], value: str) -> dict[str, str]:
    """The largest and smallest of the rows, the first and the last, and their sum."""
    known = [row for row in rows if row[value].number is not None]
    if not known:
        return {}
    label = chart.draw.get("category") or chart.draw["label"]
    said = _ends(sorted(known, key=lambda row: row[value].number), value, label)
    if any(row[value].kind in UNKNOWN for row in rows):
        said = {f"known_{name}": text for name, text in said.items()}
    said["count"] = str(len(known))
    if known[0] is rows[0]:
        said |= {"first": rows[0][value].text, "first_y": rows[0][value].text}
    if chart.form == "bridge":
        said |= _bridged(rows, value, label)
    shares = [column.name for column in chart.columns if column.share_of == value]
    if shares and known[0][shares[0]].number is not None:
        most = max(known, key=lambda row: row[value].number)
        said["total"] = number_text(sum(Decimal(str(row[value].value)) for row in known), chart.column(value).format)
        said["largest_share"] = most[shares[0]].text
    return said


def _ends(ranked: Sequence[Cells], value: str, label: str) -> dict[str, str]:
    least, most = ranked[0], ranked[-1]
    said = {"largest": most[label].text, "largest_value": most[value].text, "largest_lower": most[label].text.lower()}
    if least is not most:
        said |= {"smallest": least[label].text, "smallest_value": least[value].text}
    return said


def _bridged(rows: Sequence[Cells], value: str, label: str) -> dict[str, str]:
    first, last, between = rows[0][value], rows[-1][value], rows[1:-1]
    if first.number is None or last.number is None:
        return {}
    said = {"last": last.text}
    if first.number > 0:
        said["last_share"] = number_text(Decimal(str(last.value)) / Decimal(str(first.value)), "percent")
    if any(row[value].kind in UNKNOWN for row in between):
        return said
    taken = [row for row in between if row[value].number < 0]
    if taken:
        most = min(taken, key=lambda row: row[value].number)
        said["largest_between"] = most[label].text.lower()
        said["largest_between_value"] = number_text(-Decimal(str(most[value].value)), "dollars")
    elif not any(row[value].number for row in between):
        said["whole"] = last.text
    return said


def _sides(chart: Chart, rows: Sequence[Cells]) -> dict[str, str]:
    known = [row for row in rows if row[chart.draw["value"]].number is not None]
    if not known:
        return {}
    sides = [side_of(row[chart.draw["low"]].number, row[chart.draw["high"]].number) for row in known]
    counts = {"above": "above", "below": "below", "unclear": "cannot be told from chance"}
    return {"count": str(len(known))} | {name: str(sides.count(side)) for name, side in counts.items()}
