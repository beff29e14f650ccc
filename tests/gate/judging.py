"""Judging files in this process, as `edfin check` does.

Belongs here: the small directory that tests name, one call that judges a batch. Does not belong here: any bad file.
"""

import csv
import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import yaml

from ingest.check import Answer, Checked, check_files
from ingest.check_rows import target_names
from ingest.contracts import COLLECTIONS, Contract, contracts, read_contract
from ingest.reference import gather
from ingest.settings import Settings, project_folder

SOURCES = project_folder() / "dbt" / "models" / "sources"
CONTRACTS = contracts(SOURCES)
LEA, FISCAL_YEAR = "0101", 2024
FOLDER = Path(__file__).parent / "bad_files"
DIRECTORY = {
    "leas": "lea_id,nces_lea_id,lea_name,lea_type_code,is_charter,locale_code,region_name,lineage_id,first_fiscal_year,last_fiscal_year,source\n"
    "0101,9900101,Alder,1,N,41,Hills,L1,2015,,test\n0102,9900102,Birch,1,N,41,Hills,L2,2015,,test\n",
    "schools": "school_id,lea_id,nces_school_id,school_name,school_level,designation_code,is_title_i,first_fiscal_year,last_fiscal_year,source\n"
    "001,0101,990010100001,Alder Elementary,elementary,none,Y,2015,,test\n002,0101,990010100002,Alder Middle,middle,none,N,2015,,test\n"
    "003,0101,990010100003,Old Alder,middle,none,N,2015,2020,test\n009,0102,990010200009,Birch School,combined,none,N,2015,,test\n",
    "lea_alias": "alias,lea_id,source\nAlder City Schools,0101,test\nBirch Area,0102,test\n",
}


# Accounts that state `sample` does not have: they are national summary codes, or stand where its chart lets nothing stand.
ACCOUNTS = {
    "account_codes": "object,4500,,Construction services,,,test\nobject,5000,,Purchased services,,,test\n",
    "xwalk_account": "object,4500,,,,,450,1,,,test\nobject,5000,,,,,500,1,,,test\n",
}


@dataclass(frozen=True)
class File:
    """A file as a district would hand it in."""

    name: str
    data: bytes
    reporting_period: str
    lea_id: str = LEA
    fiscal_year: int | None = FISCAL_YEAR
    layout: str = ""


def pin_seeds(folder: Path) -> Path:
    """The reference tables of state `sample` with two districts; gives the folder of the tables."""
    directory = folder / "sample" / "reference"
    directory.mkdir(parents=True)
    for name, text in DIRECTORY.items():
        (directory / f"{name}.csv").write_text(text)
    for path, data in gather(Settings(home=folder, state="sample")).items():
        target = folder / "pinned" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data + ACCOUNTS.get(target.stem, "").encode())
    return folder / "pinned" / "seeds"


def judge(
    contract: Contract,
    files: list[File],
    folder: Path,
    seeds: Path,
    layouts: Path | None = None,
    rows_into: Path | None = None,
) -> dict[str, Answer]:
    """Judge a batch; answers by file name."""
    folder.mkdir(parents=True, exist_ok=True)
    checked = []
    for number, file in enumerate(files):
        path = folder / file.name
        path.write_bytes(file.data)
        sha256 = hashlib.sha256(file.data).hexdigest()
        checked.append(
            Checked(path, f"{number:06d}", sha256, file.lea_id, file.fiscal_year, file.reporting_period, file.layout)
        )
    targets = target_names(checked, rows_into)
    return {answer.path.name: answer for answer in check_files(contract, checked, seeds, layouts, targets)}


def edits(answer: Answer) -> set[str]:
    """The ids of what was found in a file."""
    return {finding.edit_id for finding in answer.verdict.findings}


def bad_files(collection: str) -> tuple[list[File], dict[str, tuple[File, dict]]]:
    """A collection's clean files, and by edit id its spoiled file and what must be found."""
    document = _document(collection)
    clean = [
        File(f"clean_{name}.csv", base["file"].encode(), base["reporting_period"])
        for name, base in document["bases"].items()
    ]
    return clean, _spoiled_files(document, "bad")


def bad_entries(collection: str) -> list[tuple[dict, int, dict[str, str], str]]:
    """The spoiled files that spoil cells of one row: base, row, its cells, and the edit's id."""
    document = _document(collection)
    bases = document["bases"]
    return [
        (bases[entry.get("base", next(iter(bases)))], *next(iter(entry["set"].items())), edit_id)
        for edit_id, entry in document["bad"].items()
        if len(entry.get("set", {})) == 1 and "repeat" not in entry
    ]


def untyped_files(collection: str) -> dict[str, tuple[File, dict]]:
    """Files with a value of the right form that its column's type cannot hold."""
    return _spoiled_files(_document(collection), "untyped")


def _document(collection: str) -> dict:
    return yaml.safe_load((FOLDER / f"{collection}.yaml").read_text(encoding="utf-8"))


def _spoiled_files(document: dict, section: str) -> dict[str, tuple[File, dict]]:
    bases, files = document["bases"], {}
    for name, entry in document.get(section, {}).items():
        base = bases[entry.get("base", next(iter(bases)))]
        files[name] = File(f"{name}.csv", spoiled(base["file"], entry), base["reporting_period"]), entry
    return files


def spoiled(text: str, entry: dict) -> bytes:
    """Spoil cells, named by spreadsheet row and column, and repeat a row (once, or `times`)."""
    rows = list(csv.reader(io.StringIO(text)))
    columns = [header.lower().replace(" ", "_") for header in rows[0]]
    for row_number, cells in entry.get("set", {}).items():
        for column, value in cells.items():
            rows[row_number - 1][columns.index(column)] = value
    if "repeat" in entry:
        rows += [rows[entry["repeat"] - 1]] * entry.get("times", 1)
    if entry.get("double"):
        rows += rows[1:]
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def without(contract: Contract, edit_ids: set[str], target: Path) -> Contract:
    """The contract less some of its rules, written as a file of its own."""
    document = yaml.safe_load(contract.source_file.read_text(encoding="utf-8"))
    table = document["sources"][0]["tables"][0]
    for owner in [table, *table["columns"]]:
        owner["data_tests"] = [t for t in owner.get("data_tests", []) if next(iter(t.values()))["name"] not in edit_ids]
    target.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return read_contract(target)


__all__ = ["COLLECTIONS", "CONTRACTS", "File", "bad_files", "edits", "judge", "pin_seeds", "untyped_files", "without"]
