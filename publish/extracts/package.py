"""An extract as a folder of files: a Data Package (version 2) of CSV, with Parquet and a workbook beside it.

Belongs here: `datapackage.json`, README and the files' bytes. Does not belong here: when an extract is made (`making`), cells (`rows`, `workbook`).
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from publish.extracts import changes as changed
from publish.extracts.catalogue import Table
from publish.extracts.rows import as_csv
from publish.extracts.workbook import MOST_ROWS, as_workbook
from publish.manifests import Manifest

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
DESCRIPTOR, WORKBOOK, PAGE, CHANGES = "datapackage.json", "extract.xlsx", "index.html", "what_changed"
TYPES = {"VARCHAR": "string", "BOOLEAN": "boolean", "DATE": "date"}


@dataclass(frozen=True)
class About:
    """What an extract is of. `name`: letters, digits and hyphens; `title`: in words; `lea_id` and `school_id` where it is of one."""

    name: str
    title: str
    audience: str
    lea_id: str | None = None
    school_id: str | None = None


def files_of(
    about: About,
    manifest: Manifest,
    tables: Sequence[tuple[Table, pa.Table]],
    changes: pa.Table,
    page: bytes | None = None,
) -> dict[str, bytes]:
    """Every file of the extract by its path in it; the descriptor, which has the others' hashes, last. `page`: pictures, of an LEA."""
    files: dict[str, bytes] = {}
    resources = []
    for table, rows in tables:
        files[f"csv/{table.name}.csv"] = as_csv(rows)
        files[f"parquet/{table.name}.parquet"] = _parquet(rows)
        resources.append(_resource(table.name, table.description, _fields(table), table.keys, rows, files))
        resources.append(
            _file(
                f"{_slug(table.name)}-parquet", f"parquet/{table.name}.parquet", "application/vnd.apache.parquet", files
            )
        )
    files[f"csv/{CHANGES}.csv"] = as_csv(changes)
    words = [{"name": name, "type": "string", "description": text} for name, text in changed.WORDS.items()]
    resources.append(
        _resource(CHANGES, "What changed since the extract before this one, cell by cell.", words, (), changes, files)
    )
    files[WORKBOOK] = as_workbook(
        _title(about, manifest, tables), tables, changes, datetime.fromisoformat(manifest.as_of)
    )
    resources.append(
        _file("workbook", WORKBOOK, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", files)
    )
    if page is not None:
        files[PAGE] = page
        resources.append(_file("page", PAGE, "text/html", files))
    files["README.md"] = _readme(about, manifest, tables).encode()
    files[DESCRIPTOR] = _json(_descriptor(about, manifest, resources))
    return files


def _descriptor(about: About, manifest: Manifest, resources: list[dict]) -> dict[str, Any]:
    return {
        "$schema": PROFILE,
        "name": about.name,
        "title": about.title,
        "description": f"Standard extract of edfin. {AUDIENCES[about.audience]} Figures are rounded half up. {EMPTY}.",
        "version": manifest.generation_id,
        "created": _utc(manifest.as_of),
        "sources": [{"title": f"Generation {manifest.generation_id}, reference version {manifest.reference_version}"}],
        "resources": resources,
        "edfin": {
            key: value for key, value in asdict(about).items() if value is not None and key not in ("name", "title")
        }
        | {
            name: getattr(manifest, name)
            for name in ("generation_id", "as_of", "cut", "reference_version", "code_version")
        },
    }


def _resource(
    name: str, description: str, fields: list[dict], keys: Sequence[str], rows: pa.Table, files: Mapping[str, bytes]
) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    if keys:
        schema["primaryKey"] = list(keys)
    return {
        **_file(_slug(name), f"csv/{name}.csv", "text/csv", files),
        "type": "table",
        "format": "csv",
        "encoding": "utf-8",
        "description": description,
        "rows": rows.num_rows,
        "totals": _totals(rows),
        "schema": schema,
    }


def _file(name: str, path: str, media: str, files: Mapping[str, bytes]) -> dict[str, Any]:
    """A file with its size and hash. Its format is told as a media type: as `format` readers would take it for the table itself."""
    data = files[path]
    return {
        "name": name,
        "path": path,
        "format": "bin",
        "mediatype": media,
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
    }


def _fields(table: Table) -> list[dict[str, str]]:
    return [
        {"name": column.name, "type": _type(column.data_type), "description": column.description}
        | ({"unit": column.unit} if column.unit else {})
        | {"source": _source(table, column.description)}
        for column in table.columns
    ]


def _type(data_type: str) -> str:
    if data_type.startswith("TIMESTAMP"):
        return "datetime"
    if data_type in TYPES:
        return TYPES[data_type]
    return "integer" if data_type.endswith(("INT", "INTEGER", ",0)")) else "number"


def _source(table: Table, description: str) -> str:
    """The collection or reference a description names, and the table the column is published in."""
    said = description.rpartition("Source: ")[2].rstrip(".") if "Source: " in description else ""
    return f"{said}; " * bool(said) + f"marts.{table.name}"


def _totals(rows: pa.Table) -> dict[str, str]:
    """Control totals: what the reader's own sum of each amount must be."""
    found = {}
    for field in rows.schema:
        if pa.types.is_decimal(field.type) and field.name.endswith("amount"):
            whole = pc.sum(rows.column(field.name)).as_py()
            found[field.name] = "" if whole is None else f"{whole}"
    return found


def _parquet(rows: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(rows, out, compression="zstd")
    return out.getvalue()


def _title(about: About, manifest: Manifest, tables: Sequence[tuple[Table, pa.Table]]) -> list[str]:
    shown = [
        f"Sheet {table.name} shows {MOST_ROWS:,} of {rows.num_rows:,} rows; csv/{table.name}.csv has all."
        for table, rows in tables
        if rows.num_rows > MOST_ROWS
    ]
    return [
        about.title,
        f"Generation {manifest.generation_id}, data as of {_utc(manifest.as_of)}, cut: {manifest.cut}.",
        AUDIENCES[about.audience],
        f"Figures are rounded half up. {EMPTY}{', or is withheld' * (about.audience == 'public')}; the status column beside it says which.",
        "Sheet Dictionary tells what each column is, its unit and its source; sheet What changed compares with the extract before.",
        *shown,
    ]


AUDIENCES = {
    "restricted": "Restricted: for the district and the state agency. Small numbers are not suppressed; do not pass it on.",
    "public": "Public: small numbers are suppressed. An empty cell that the row's suppressed_columns names is known and withheld: it is neither "
    "zero nor missing, and sums over a column leave it out.",
}
EMPTY = "An empty cell is not reported or cannot be computed"


def _readme(about: About, manifest: Manifest, tables: Sequence[tuple[Table, pa.Table]]) -> str:
    listed = "\n".join(f"| `{table.name}` | {rows.num_rows:,} | {table.description} |" for table, rows in tables)
    example = tables[0][0].name if tables else CHANGES
    return f"""# {about.title}

{AUDIENCES[about.audience]}
Generation {manifest.generation_id}, data as of {_utc(manifest.as_of)}, cut: {manifest.cut}.

{f"- In pictures, each with its table: `{PAGE}`, with any browser; no network is needed." + chr(10) if about.lea_id and not about.school_id else ""}- Excel, LibreOffice: `{WORKBOOK}`. Text that would run as a formula is text there; in the CSV files it begins with an apostrophe.
- pandas: `pandas.read_parquet("parquet/{example}.parquet")`
- R: `read.csv("csv/{example}.csv", colClasses = c(lea_id = "character"))`
- DuckDB: `select * from 'parquet/{example}.parquet'`

`{DESCRIPTOR}` describes every column (type, unit, source), with the size, SHA-256, rows and control totals of each file; `frictionless validate {DESCRIPTOR}` checks them.
Codes are text with their zeros. An empty cell is not reported or cannot be computed; the status column beside it says which.

| table | rows | what it is |
|---|---|---|
{listed}
"""


def _slug(name: str) -> str:
    return name.replace("_", "-")


def _utc(text: str) -> str:
    return datetime.fromisoformat(text).strftime("%Y-%m-%dT%H:%M:%SZ")


def _json(content: dict) -> bytes:
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()
