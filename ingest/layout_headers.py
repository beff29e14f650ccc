"""Which layout a file has, by its header.

Belongs here: choosing a layout, naming what differs. Does not belong here: mapping records (`layout_mapping`).
"""

from __future__ import annotations

from collections import Counter

from ingest.contracts import Contract
from ingest.layouts import Layout, LayoutError, check_layout, folded, standard_layout
from ingest.reading import RawRecords, Unreadable


def choose_layout(
    raw: RawRecords, contract: Contract, layouts: dict[str, Layout], name: str, fiscal_year: int | None
) -> Layout:
    """Find the layout of a file: the named one, else the one whose header is the file's.

    Raises:
        Unreadable: unknown name, wrong year, no layout or several with this header.
    """
    if name and name != "standard":
        if name not in layouts:
            raise Unreadable(
                "file_layout", f"There is no layout {name}; known are {', '.join(sorted(layouts)) or 'none'}."
            )
        layout = _checked(layouts[name], contract)
        if not _holds(layout, fiscal_year):
            raise Unreadable("file_layout", f"Layout {name} does not hold in fiscal year {fiscal_year}.")
        return layout
    standard = standard_layout(contract)
    if _difference(raw.header, standard, contract, fiscal_year) is None:
        return standard
    usable = [x for x in layouts.values() if x.collection == contract.collection and _holds(x, fiscal_year)]
    fitting = [x for x in usable if _difference(raw.header, x, contract, fiscal_year) is None]
    if len(fitting) == 1:
        return _checked(fitting[0], contract)
    if fitting:
        names = ", ".join(sorted(x.name for x in fitting))
        raise Unreadable("file_layout", f"Several layouts have this header ({names}): name one with --layout.")
    nearest = min([standard, *usable], key=lambda x: len(_missing(raw.header, x, contract, fiscal_year)))
    raise Unreadable(
        "file_header",
        f"Nearest is layout {nearest.name}: {_difference(raw.header, nearest, contract, fiscal_year)}.",
        1,
    )


def check_header(raw: RawRecords, layout: Layout, contract: Contract, fiscal_year: int | None) -> None:
    """Refuse a header with missing, unknown or repeated columns."""
    difference = _difference(raw.header, layout, contract, fiscal_year)
    if difference:
        raise Unreadable("file_header", f"Layout {layout.name}: {difference}.", layout.file.get("preamble_rows", 0) + 1)


def _checked(layout: Layout, contract: Contract) -> Layout:
    try:
        check_layout(layout, contract)
    except LayoutError as problem:
        raise Unreadable("file_layout", str(problem)) from problem
    return layout


def _holds(layout: Layout, fiscal_year: int | None) -> bool:
    if fiscal_year is None:
        return True
    return (layout.first_fiscal_year or 0) <= fiscal_year <= (layout.last_fiscal_year or 9999)


def _wanted(layout: Layout, contract: Contract, fiscal_year: int | None) -> tuple[dict[str, str], dict[str, str]]:
    if not layout.is_standard:
        return {folded(h): h for h in layout.header}, {}
    columns = contract.columns_in(fiscal_year)
    needed = {folded(c.header): c.header for c in columns if not c.is_optional}
    return needed, {folded(c.header): c.header for c in columns if c.is_optional}


def _missing(header: list[str], layout: Layout, contract: Contract, fiscal_year: int | None) -> set[str]:
    return set(_wanted(layout, contract, fiscal_year)[0]) ^ {folded(h) for h in header}


def _difference(header: list[str], layout: Layout, contract: Contract, fiscal_year: int | None) -> str | None:
    needed, optional = _wanted(layout, contract, fiscal_year)
    counts = Counter(folded(h) for h in header)
    wanted_counts = Counter(folded(h) for h in layout.header) if not layout.is_standard else Counter(counts.keys())
    found = {folded(h): h for h in header}
    if needed and not needed.keys() & counts.keys():
        if mark := _other_delimiter(header, needed):
            return mark
        # A file without a header: its first record, perhaps a person's, is not repeated.
        return f"none of its {len(needed)} columns is named; the first row seems to be no header: delete the lines above it, if a report prints some"
    parts = []
    if missing := [_told(needed[k]) for k in needed if k not in counts]:
        parts.append("missing " + ", ".join(missing))
    extra = (
        []
        if layout.ignores_other_columns
        else [_told(found[k]) or _NAMELESS for k in counts if k not in needed and k not in optional]
    )
    if extra:
        parts.append("unknown " + ", ".join(extra) + " (rename or delete what the layout does not have)")
    if repeated := [
        _told(found[k]) or "(no name)"
        for k, n in counts.items()
        if n > wanted_counts.get(k, 1) and not (layout.ignores_other_columns and k not in needed)
    ]:
        parts.append("repeated " + ", ".join(repeated))
    if "" in header and any(header[header.index("") :]) and (extra or repeated):
        parts.append("what stands right of the column without a name seems to be another table: send one table a file")
    return "; ".join(parts) or None


_NAMELESS = "(a column without a name: delete it, or the separators that end every line)"


def _told(name: str) -> str:
    """A column's name where names are listed: one that holds a comma or semicolon itself is quoted."""
    return f"\u201c{name}\u201d" if "," in name or ";" in name else name


def _other_delimiter(header: list[str], needed: dict[str, str]) -> str | None:
    """Say by what a file is separated, where its header would be right with another delimiter."""
    line = ",".join(header)
    if line.casefold().startswith("sep="):
        return "the first line is a hint for spreadsheets; take it out"
    for mark, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars"), (",", "commas")):
        if len({folded(part.strip("\"' ")) for part in line.split(mark)} & needed.keys()) * 2 > len(needed):
            return f"the fields seem to be separated by {name}, or quoted in another way: save the file as CSV with commas and double quotes"
    return None
