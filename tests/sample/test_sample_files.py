"""The files themselves: the same bytes for the same seed, every form, and defects where the findings say."""

from __future__ import annotations

import csv
import hashlib
import io
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
from sample_read_back import manifest

from sample import make
from sample.defect_table import BROKEN_FILES, CELLS


def digest(folder: Path) -> dict[str, str]:
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


def test_the_same_seed_gives_the_same_bytes(states, tmp_path: Path) -> None:
    make(tmp_path / "sample", tmp_path / "sample" / "reference", tmp_path / "truth", 16, 2022, 2024, 3, errors=True)
    assert digest(tmp_path) == digest(states["spoiled"])


def test_another_seed_gives_another_state(states, tmp_path: Path) -> None:
    make(tmp_path / "sample", tmp_path / "sample" / "reference", tmp_path / "truth", 2, 2022, 2022, 4)
    assert not set(digest(tmp_path / "truth").values()) & set(
        digest(states["clean"] / "truth").values()
    ) - empty_tables(tmp_path)


def empty_tables(home: Path) -> set[str]:
    return {
        hashlib.sha256(p.read_bytes()).hexdigest()
        for p in (home / "truth").glob("*.parquet")
        if not pq.read_metadata(p).num_rows
    }


def test_all_four_forms_are_sent(states) -> None:
    forms = {row["file"].partition(".")[2] for row in manifest(states["clean"])}
    assert forms == {"csv", "csv.gz", "xlsx", "parquet"}


def test_versions_stand_in_the_manifest_in_the_order_they_are_sent(states) -> None:
    seen: dict[tuple[str, ...], str] = {}
    for row in manifest(states["spoiled"]):
        slot = row["lea_id"], row["collection"], row["fiscal_year"], row["reporting_period"]
        assert seen.get(slot, "") < row["received_at"]
        seen[slot] = row["received_at"]


def test_planted_findings_point_at_the_spoiled_cell(states) -> None:
    home = states["spoiled"]
    by_hash = {
        hashlib.sha256((home / "sample" / m["file"]).read_bytes()).hexdigest(): home / "sample" / m["file"]
        for m in manifest(home)
    }
    values = {d.name: d for d in CELLS if not d.value.startswith("<") and d.column == d.spoils and d.found_at == "row"}
    findings = pq.read_table(home / "truth" / "findings.parquet").to_pylist()
    checked = 0
    for finding in findings:
        assert finding["sha256"] in by_hash
        defect = values.get(finding["defect"])
        if finding["is_consequence"] or defect is None:
            continue
        lines = list(csv.reader(io.StringIO(by_hash[finding["sha256"]].read_text(encoding="utf-8"))))
        header = [name.lower().replace(" ", "_") for name in lines[0]]
        assert lines[finding["row_number"] - 1][header.index(finding["column_name"])] in {
            d.value for d in CELLS if d.name == defect.name
        }
        checked += 1
    assert checked > 10


def test_a_suspended_slot_is_missing_in_the_truth(states) -> None:
    quality = pq.read_table(states["spoiled"] / "truth" / "submission_quality.parquet").to_pylist()
    spending = pq.read_table(states["spoiled"] / "truth" / "district_spending.parquet").to_pylist()
    statuses = {
        (q["lea_id"], q["fiscal_year"], q["reporting_period"]): q["status"]
        for q in quality
        if q["collection"] == "ledger"
    }
    assert "suspended" in {q["status"] for q in quality}
    for row in spending:
        stand = [statuses.get((row["lea_id"], row["fiscal_year"], p)) for p in ("actual_unaudited", "actual_audited")]
        assert (row["current_expenditure_amount"] is None) == ("accepted" not in stand)


def test_defect_names_are_unique_within_a_collection() -> None:
    names = [(d.collection, d.name) for d in (*CELLS, *BROKEN_FILES)]
    assert len(names) == len(set(names))


def test_memory_does_not_grow_with_the_state(tmp_path: Path) -> None:
    program = (
        "import resource, sys; from pathlib import Path; from sample import make; p = Path(sys.argv[1]); "
        "make(p / 's', p / 'r', p / 't', int(sys.argv[2]), 2024, 2024, 1); "
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    peak = {}
    for leas in (8, 40):
        done = subprocess.run(
            [sys.executable, "-c", program, str(tmp_path / str(leas)), str(leas)],
            capture_output=True,
            text=True,
            check=True,
        )
        peak[leas] = int(done.stdout)
    assert peak[40] < peak[8] + 60_000  # kilobytes; 32 more LEAs would need more if lines were kept
