"""The verb that hands out standard extracts.

Belongs here: options, the folder asked for. Does not belong here: what is in an extract (`publish.extracts`).
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import click


@click.command(epilog="Example: edfin extract --lea 0014 --into extracts")
@click.option("--lea", "lea_id", help="The LEA, as the state assigns it.")
@click.option("--school", "school_id", help="Only this school of the LEA.")
@click.option("--state", "whole_state", is_flag=True, help="All LEAs.")
@click.option("--into", "folder", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder for the extract's own folder.")  # fmt: skip
@click.option("--public", is_flag=True, help="From the released data, small numbers suppressed.")
def extract(lea_id: str | None, school_id: str | None, whole_state: bool, folder: Path, public: bool) -> None:
    """Write the standard extract of an LEA, a school or the state: a Data Package of CSV and Parquet, a workbook, what changed.

    Without --public it is restricted and unsuppressed: for the district itself and the agency.
    """
    from dagster_project.reading import read_of
    from ingest.settings import Settings
    from publish.extracts.making import Work, folder_name, make_extracts
    from publish.extracts.single import check_lea, school_extract, state_extract
    from publish.sql_door import generation_folder

    if (lea_id is None) == (not whole_state) or (school_id and not lea_id):
        raise click.UsageError("Say --lea ID (and --school ID for one of its schools), or --state.")
    settings = Settings.read()
    generation = generation_folder(settings.home, None, public)
    if not public:
        read_of(settings, "extract", lea_id, generation_id=generation.name, school_id=school_id)
    work = Work(settings.home, settings.project, generation.name, public)
    if lea_id is None:
        _tell(_put(folder / "state", state_extract(work)))
        return
    check_lea(work, lea_id)
    if school_id:
        _tell(_put(folder / folder_name(f"{lea_id}-{school_id}"), school_extract(work, lea_id, school_id)))
        return
    make_extracts(work, only=lea_id)
    _tell(_copy(work.place / folder_name(lea_id), folder / folder_name(lea_id)))


def _copy(source: Path, target: Path) -> Path:
    files = {
        str(path.relative_to(source)): path.read_bytes()
        for path in sorted(source.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }
    return _put(target, files)


def _put(target: Path, files: dict[str, bytes]) -> Path:
    """Write the files as one folder; an extract of the same name that stands there is replaced, anything else is left alone."""
    from ingest.refusals import Refusal
    from publish.shelves import draft_of

    if target.exists() and not _is_extract(target):
        raise Refusal(f"{target} exists and is no extract: nothing was written. Name another folder with --into.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with draft_of(target) as draft:
            for path, data in files.items():
                (draft / path).parent.mkdir(parents=True, exist_ok=True)
                (draft / path).write_bytes(data)
            if target.exists():
                shutil.rmtree(target)
            draft.rename(target)
    except OSError as problem:
        raise Refusal(f"{target}: cannot be written ({problem.strerror}).") from problem
    return target


def _is_extract(target: Path) -> bool:
    try:
        return "edfin" in json.loads((target / "datapackage.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False


def _tell(target: Path) -> None:
    package = json.loads((target / "datapackage.json").read_text(encoding="utf-8"))
    tables = [one for one in package["resources"] if "schema" in one]
    click.echo(target)
    click.echo(
        f"{package['title']}: {len(tables)} tables, {sum(one['rows'] for one in tables):,} rows, generation {package['version']}"
    )
