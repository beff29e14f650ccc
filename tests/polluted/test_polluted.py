"""No polluted file is accepted with other rows than it has; no harmless variant of a clean file is refused.

Belongs here: the clean table and each pollution of it through `edfin check`. Does not belong here: single faults (`tests/reader`).
"""

import json
from collections import Counter

import pyarrow.parquet as pq
import pytest
from tables import HARMLESS, ROWS, contract, polluted

CLEAN = [[cell or None for cell in row] for row in ROWS]
COLUMNS = ["day", "fund_code", "object_code", "amount", "pieces", "payee", "note"]


@pytest.fixture(scope="module")
def judged(new_home, tmp_path_factory):
    """Every file through the public command: kind -> (verdict line, rows as text or None)."""
    folder = tmp_path_factory.mktemp("polluted")
    (folder / "contract.yml").write_text(contract())
    files = {**{f"harmless-{k}": v for k, v in HARMLESS.items()}, **dict(polluted())}
    for name, data in files.items():
        (folder / f"{name}.csv").write_bytes(data)
    home = new_home("polluted")
    done = home.run("check", *[folder / f"{name}.csv" for name in files], "--contract", folder / "contract.yml",
                    "--rows-into", folder / "rows", "--format", "json")  # fmt: skip
    assert done.returncode == 1, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return {
        name: (answer, _rows(folder / "rows" / f"{name}.csv.parquet"))
        for name, answer in zip(files, answers, strict=True)
    }


def _rows(path):
    if not path.exists():
        return None
    rows = pq.read_table(path).select(COLUMNS).to_pylist()
    return [[None if v is None else str(v) for v in row.values()] for row in rows]


def outcomes(judged):
    found = {}
    for name, (answer, rows) in judged.items():
        right = answer["verdict"] == "accepted" and sorted(rows, key=str) == sorted(CLEAN, key=str)
        found[name] = "right" if right else "refused" if answer["verdict"] == "suspended" else "WRONG"
    return found


def test_harmless_variants_are_taken(judged):
    kinds = outcomes(judged)
    taken = {name: kind for name, kind in kinds.items() if name.startswith("harmless-") and name != "harmless-cr"}
    assert set(taken.values()) == {"right"}, [
        (n, judged[n][0]["findings"][:1]) for n, k in taken.items() if k != "right"
    ]
    assert judged["harmless-cr"][0]["verdict"] == "accepted"


def test_no_polluted_file_is_silently_wrong(judged):
    kinds = outcomes(judged)
    print(Counter((name.split("-r")[0].split("-")[0], kind) for name, kind in kinds.items()))
    wrong = [name for name, kind in kinds.items() if kind == "WRONG" and name != "harmless-cr"]
    assert not wrong, (len(wrong), wrong[:40])


def test_each_refusal_says_what_to_do(judged):
    for name, (answer, _) in judged.items():
        for finding in answer["findings"]:
            assert finding["message"] and (finding["fix"] or finding["severity"] == "info"), name
