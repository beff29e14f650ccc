"""Reference versions: every code list, crosswalk, directory and layout at one moment, pinned.

A version is the sha256 over the sorted (name, bytes) of its files. Its files are the national tables (`dbt/seeds/*.csv`), the state's
(`states/<state>/*.csv`, header-only from `states/_template/` where the state has none), the sample's directory
(`$EDFIN_HOME/sample/reference/*.csv`, for state `sample`), the waivers recorded as events, and the state's layouts. A CSV whose
name is no table's (a submission manifest) is none of them.

Belongs here: which files make a version, naming it, copying it to `$EDFIN_HOME/reference/<version>/{seeds,layouts}`.
Does not belong here: what a table means (`dbt/models/sources/reference.yml`), reading layouts (`layouts`).
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ingest import atomic_files
from ingest.audit import now
from ingest.refusals import Refusal, SystemFailure
from ingest.registry import Registry
from ingest.registry_tables import utc_text
from ingest.settings import Settings

PINNED = "reference_pinned"
WAIVERS = "seeds/waivers.csv"


@dataclass(frozen=True)
class ReferenceVersion:
    """A pinned version. `files` are sha256 by name, `is_new` whether this call pinned it."""

    version: str
    folder: Path
    effective_at: str
    by: str
    files: dict[str, str]
    is_new: bool = False

    @property
    def seeds(self) -> Path:
        return self.folder / "seeds"

    @property
    def layouts(self) -> Path:
        return self.folder / "layouts"


def pin(settings: Settings, registry: Registry, by: str = "edfin") -> ReferenceVersion:
    """Pin the reference as it is now, and record the change if there is one.

    Raises:
        Refusal: a table of the state whose columns are not the template's.
    """
    files = gather(settings, registry.waiver_rows())
    version = name_of(files)
    folder = settings.home / "reference" / version
    if not folder.exists():
        _copy(files, version, folder, by)
    pinned = open_version(settings, version)
    payload = {"reference_version": version, "effective_at": utc_text(now()), "files": pinned.files}
    is_new = registry.append_if_new(PINNED, by, payload, key="reference_version")
    return ReferenceVersion(**(vars(pinned) | {"is_new": is_new}))


def current_version(settings: Settings, registry: Registry) -> str:
    """The name of the reference as it is now, pinned or not."""
    return name_of(gather(settings, registry.waiver_rows()))


def open_version(settings: Settings, version: str) -> ReferenceVersion:
    """A pinned version, its files proven against its manifest.

    Raises:
        Refusal: never pinned here.
        SystemFailure: a file is missing, added or changed.
    """
    folder = settings.home / "reference" / version
    try:
        manifest = json.loads((folder / "manifest.json").read_bytes())
    except FileNotFoundError:
        raise Refusal(f"Reference version {version} was never pinned in {settings.home}.") from None
    found = {
        str(path.relative_to(folder)): path.read_bytes() for path in folder.glob("*/*") if not path.name.startswith(".")
    }
    if name_of(found) != version:
        hashes = {name: _sha256(data) for name, data in found.items()}
        differing = sorted(
            name for name in hashes.keys() | manifest["files"].keys() if hashes.get(name) != manifest["files"].get(name)
        )
        raise SystemFailure(
            f"{folder} was changed after it was pinned ({', '.join(differing)}): restore it from the backup, "
            "or remove the folder if this version is the current one; it is then pinned again."
        )
    return ReferenceVersion(version, folder, manifest["effective_at"], manifest["by"], manifest["files"])


def gather(settings: Settings, waivers: Iterable[Mapping[str, object]] = ()) -> dict[str, bytes]:
    """The files of a version by name; a later source replaces an earlier one's file of the same name."""
    templates = _tables(settings.template_folder)
    national = _tables(settings.national_folder)
    if not settings.state_folder.is_dir():
        known = sorted(path.name for path in settings.state_folder.parent.glob("[a-z]*") if path.is_dir())
        raise Refusal(f"There is no state '{settings.state}': EDFIN_STATE may be {', '.join(known)}.")
    tables = templates | national
    for folder in [settings.state_folder, *_sample_folder(settings)]:
        found = {name: data for name, data in _tables(folder).items() if name in templates or name in national}
        for name, data in found.items():
            _check_columns(folder / Path(name).name, data, tables[name])
        tables |= found
    tables[WAIVERS] = _in_force(_with_waivers(tables.get(WAIVERS, b""), waivers))
    layouts = {f"layouts/{path.name}": path.read_bytes() for path in settings.state_folder.glob("layouts/*.yml")}
    return tables | layouts


def due_dates(settings: Settings) -> dict[tuple[str, int, str], date]:
    """The state's calendar as it is now: the last day on time, by collection, fiscal year and reporting period."""
    data = gather(settings).get("seeds/calendar.csv", b"").decode("utf-8-sig")
    return {
        (row["collection"], int(row["fiscal_year"]), row["reporting_period"]): date.fromisoformat(row["due_on"])
        for row in csv.DictReader(io.StringIO(data, newline=""))
        if row["due_on"]
    }


def name_of(files: Mapping[str, bytes]) -> str:
    """sha256 over names, sizes and bytes in the order of names."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\n{len(files[name])}\n".encode() + files[name])
    return digest.hexdigest()


def _sample_folder(settings: Settings) -> list[Path]:
    return [settings.home / "sample" / "reference"] if settings.state == "sample" else []


def _tables(folder: Path) -> dict[str, bytes]:
    return {f"seeds/{path.name}": path.read_bytes() for path in folder.glob("*.csv")}


def _header(data: bytes) -> list[str]:
    first_line = data.split(b"\n", 1)[0].decode("utf-8-sig", "replace").strip()
    return next(csv.reader([first_line]), [])


def _check_columns(path: Path, data: bytes, template: bytes) -> None:
    """A table that lacks a column would fail far from here, in SQL."""
    found, wanted = _header(data), _header(template)
    if sorted(found) != sorted(wanted):
        missing, extra = sorted(set(wanted) - set(found)), sorted(set(found) - set(wanted))
        wrong = [f"lacks {', '.join(missing)}"] * bool(missing) + [f"has {', '.join(extra)} too many"] * bool(extra)
        raise Refusal(
            f"{path}, line 1: {' and '.join(wrong) or 'names a column twice'}. Its columns are {','.join(wanted)}."
        )


def _with_waivers(data: bytes, waivers: Iterable[Mapping[str, object]]) -> bytes:
    """The state's waivers, then those recorded by `edfin waive`, in the order of their events."""
    rows = [waiver for waiver in waivers if "sha256" in waiver]
    if not rows:
        return data
    text = io.StringIO()
    writer = csv.DictWriter(text, _header(data), extrasaction="ignore", lineterminator="\n")
    writer.writerows({name: "" if row.get(name) is None else row[name] for name in _header(data)} for row in rows)
    return data.rstrip(b"\r\n") + b"\n" + text.getvalue().encode()


def _in_force(data: bytes) -> bytes:
    """Waivers that have not ended: one that ends makes a new version, so that a verdict still names all it rests on."""
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    if len(rows) < 2 or "until" not in rows[0]:
        return data
    until, today = rows[0].index("until"), now().date().isoformat()
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(
        [rows[0], *(r for r in rows[1:] if r and (not r[until] or r[until] >= today))]
    )
    return text.getvalue().encode()


def _copy(files: Mapping[str, bytes], version: str, folder: Path, by: str) -> None:
    draft = atomic_files.unfinished(folder)
    for name in ("seeds", "layouts"):
        (draft / name).mkdir(parents=True)
    for name, data in files.items():
        atomic_files.write_bytes(draft / name, data, durable=False)
    manifest = {
        "reference_version": version,
        "effective_at": utc_text(now()),
        "by": by,
        "files": {name: _sha256(files[name]) for name in sorted(files)},
    }
    atomic_files.write_bytes(draft / "manifest.json", json.dumps(manifest, indent=1).encode())
    atomic_files.put_folder(draft, folder)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
