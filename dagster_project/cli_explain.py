"""The verb that follows one number back to the lines it comes from.

Belongs here: options, opening generation and landing, words on the screen. Does not belong here: computing (`publish.explaining`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

import click

MOST = 15
MOST_LINES = 200


@click.command(
    epilog="Example: edfin explain district_spending current_expenditure_per_pupil lea_id=0014 fiscal_year=2024 --lines"
)
@click.argument("table")
@click.argument("column")
@click.argument("key", nargs=-1, required=True)
@click.option("--lines", "with_lines", is_flag=True, help="Also every source line: file, row, what stood there.")
@click.option("--generation", help="Explain the number of this generation, not the current one.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def explain(table: str, column: str, key: tuple[str, ...], with_lines: bool, generation: str | None, form: str) -> None:
    """Explain a published number: what it adds, what stays out, crosswalk rows, submissions; worked out anew from the lines.

    KEY: column=value pairs that name one row.
    """
    from allocation.published import recount
    from dagster_project.reading import read_of
    from ingest.gate_table import load_reference
    from ingest.reference import open_version
    from ingest.refusals import Refusal
    from ingest.settings import Settings
    from publish.explaining import Explainer
    from publish.manifests import Manifest
    from publish.recipes import read_mart
    from publish.sql_door import generation_folder, open_generation

    given = {}
    for pair in key:
        name, equals, value = pair.partition("=")
        if not equals:
            raise click.UsageError(f"{pair}: write column=value, as in lea_id=0014.")
        given[name] = value
    settings = Settings.read()
    folder = generation_folder(settings.home, generation)
    read_of(
        settings, "explain", given.get("lea_id"), generation_id=folder.name, cell=f"{table}.{column} {' '.join(key)}"
    )
    manifest = Manifest.read(folder)
    seeds = open_version(settings, manifest.reference_version).seeds
    marts = settings.project / "dbt" / "models" / "marts"
    with open_generation(settings.home, folder.name) as con:
        con.execute("use memory")
        load_reference(con, seeds)
        con.execute("use warehouse.marts")
        formulas = {"student_based_budget": recount}
        said = Explainer(con, lambda name: read_mart(marts, name), with_lines, formulas).explain(table, column, given)
    if with_lines:
        _tell_lines(settings, said)
    if form == "json":
        click.echo(json.dumps(_as_json(said), indent=1, ensure_ascii=False))
    else:
        click.echo(f"Generation {folder.name}, reference version {manifest.reference_version}")
        for line in _text(said):
            click.echo(line)
    if any(one.is_equal is False for one in _all(said)):
        raise Refusal("The lines do not give this number. It must be looked into before anybody relies on it.")


def _tell_lines(settings, said) -> None:
    """Put beside each line what stood in the file, as far as it can be read as rows."""
    from dagster_project.submission_report import rows_of
    from ingest.layouts import read_layouts
    from ingest.registry import Registry

    registry = Registry.open(settings)
    layouts = read_layouts(settings.state_folder / "layouts") if (settings.state_folder / "layouts").exists() else {}
    texts: dict[str, dict[int, list[str]]] = {}
    for one in _all(said):
        for line in one.lines:
            submission_id = line["submission_id"]
            if submission_id not in texts:
                row = registry.submission(submission_id)
                cells = rows_of(settings, row, layouts.get(row.layout))
                texts[submission_id] = dict(cells.rows) if cells else {}
            line["source_line"] = ",".join(texts[submission_id].get(line["row_number"], ["(not readable as rows)"]))


def _all(said):
    yield said
    for part in said.parts:
        yield from _all(part)


def _as_json(said) -> dict:
    found = {name: value for name, value in vars(said).items() if name != "parts"}
    found |= {"is_equal": said.is_equal, "parts": [_as_json(part) for part in said.parts]}
    return json.loads(json.dumps(found, default=_plain))


def _plain(value: object) -> object:
    return (
        float(value) if isinstance(value, Decimal) else value.isoformat() if isinstance(value, datetime) else str(value)
    )


def _text(said, depth: int = 0) -> Iterator[str]:
    pad = "  " * depth
    key = ", ".join(f"{name} {value if value is not None else '(empty)'}" for name, value in said.key.items())
    yield f"{pad}{said.table}.{said.column} of {key}: {_shown(said.value)}"
    yield f"{pad}  {said.words}"
    yield f"{pad}  = {said.formula}"
    equal = {True: "the same", False: "NOT the same", None: "not asked: a share, or a part is missing"}[said.is_equal]
    yield f"{pad}  worked out anew: {_shown(said.recomputed)} ({equal})"
    yield from _rows(
        pad, "What it adds, by account (the LEA's own codes; national codes; F-33 item)", said.accounts, _account
    )
    yield from _rows(pad, "Of the same kind, and not in it", said.left_out, _left_out)
    yield from _rows(pad, "Crosswalk rows", said.crosswalk, _crosswalk)
    yield from _rows(pad, "Submissions", said.submissions, _submission, None)
    yield from _rows(pad, "Source lines", said.lines, _line, MOST_LINES)
    for part in said.parts:
        yield from _text(part, depth + 1)


def _rows(pad: str, title: str, rows: list[dict], words, most: int | None = MOST) -> Iterator[str]:
    if not rows:
        return
    yield f"{pad}  {title}:"
    for row in rows[:most]:
        yield f"{pad}    {words(row)}"
    if most and len(rows) > most:
        yield f"{pad}    and {len(rows) - most:,} more (--format json lists all)"


def _shown(value: object) -> str:
    if value is None:
        return "(empty)"
    return (
        f"{value:,.2f}"
        if isinstance(value, Decimal)
        else f"{value:,}"
        if isinstance(value, int | float)
        else str(value)
    )


def _account(row: dict) -> str:
    own = " ".join(
        f"{name} {row[f'own_{name}_code']}"
        for name in ("fund", "function", "object", "source")
        if row[f"own_{name}_code"]
    )
    national = "/".join(row[f"{name}_code"] for name in ("fund", "function", "object", "source") if row[f"{name}_code"])
    return f"{row['amount']:>16,.2f}  {own}; {national}; {row['f33_item'] or row['account_class']}; {row['funding_stream']}; {row['line_count']:,} line(s)"


def _left_out(row: dict) -> str:
    why = ", ".join(str(row[name]) for name in ("kind", "operating_step", "location_type") if row[name])
    return (
        f"{row['amount']:>16,.2f}  {why}{', private money' if row['is_private'] else ''}; {row['line_count']:,} line(s)"
    )


def _crosswalk(row: dict) -> str:
    code = f"{row['code']} to {row['code_to']}" if row["code_to"] else row["code"]
    when = f" where {row['when_dimension']} is {row['when_code']}" if row["when_dimension"] else ""
    return f"{row['dimension']} {code}{when} -> {row['nces_code']}, weight {row['weight'] or 1} ({row['source']})"


def _submission(row: dict) -> str:
    accepted = f", accepted {row['accepted_at']:%Y-%m-%d %H:%M}" if row["accepted_at"] else ""
    return f"{row['submission_id']}: {row['file_name']}, {row['reporting_period']}, version {row['version']}{accepted}, sha256 {row['sha256']}"


def _line(row: dict) -> str:
    split = f" part {row['split_number']} (weight {row['weight'].normalize():f})" if row["weight"] != 1 else ""
    return f"{row['amount']:>16,.2f}  {row['submission_id'][:12]} row {row['row_number']}{split}: {row.get('source_line', '')}"
