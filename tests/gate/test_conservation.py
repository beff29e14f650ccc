"""Law 11 over generated ledgers: records and dollars in are accepted, excluded and suspended ones together.

Belongs here: generated files through reader and gate, with sums made here from the texts. Does not belong here: what an edit means (`test_edits`).
"""

import random
from collections import Counter
from decimal import Decimal

import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from judging import CONTRACTS, File, judge

from ingest.layouts import read_layouts
from ingest.reader import Task, read

LEDGER = CONTRACTS["ledger"]
LAYOUT = {
    "layout": "gl", "collection": "ledger", "header": ["Kind", "Fund", "Func", "Obj", "Budget", "Actual"],
    "columns": {"fund_code": {"from": "Fund", "pad": 3}, "account_class": {"value": "expenditure"}, "function_code": "Func",
                "object_code": "Obj", "location_type": {"value": "central"}},
    "amounts": [{"amount_type": "budget", "from": "Budget", "skip_zero": True}, {"amount_type": "actual", "from": "Actual"}],
    "number": {"thousands": ",", "currency": "$", "negative": ["minus", "parentheses"]},
    "exclude": [{"when": {"Kind": ["B"]}, "reason": "balance", "why": "no spending"},
                {"when": {"Fund": {"pattern": "9.."}}, "reason": "agency_fund", "why": "not the district's"}],
}  # fmt: skip
CENTS = st.integers(-(10**9), 10**9)


def written(cents: int, form: str) -> str:
    """An amount in one of the forms the layout declares."""
    sign, dollars, rest = "-" if cents < 0 else "", abs(cents) // 100, abs(cents) % 100
    if form == "parentheses":
        return f"({dollars:,}.{rest:02d})" if cents < 0 else f"{dollars:,}.{rest:02d}"
    return f"{sign}${dollars:,}.{rest:02d}" if form == "dollars" else f"{sign}{dollars}.{rest:02d}"


GOOD = st.builds(
    lambda cents, form: (written(cents, form), Decimal(cents) / 100),
    CENTS,
    st.sampled_from(["plain", "dollars", "parentheses"]),
)
BAD = st.sampled_from([("x", None), ("n/a", None), ("1,00", None), ("12.345", Decimal("12.345"))])
BUDGETS = st.one_of(GOOD, st.just(("", None)))


def record(actuals):
    return st.tuples(st.sampled_from("AAAB"), st.sampled_from(["10", "010", "999"]), BUDGETS, actuals)


CLEAN_FILES = st.lists(record(GOOD), min_size=1, max_size=12)
DIRTY_FILES = st.lists(record(st.one_of(GOOD, GOOD, BAD)), min_size=1, max_size=12)


def as_bytes(records: list) -> bytes:
    lines = [",".join(LAYOUT["header"])]
    lines += [f'{kind},{fund},110,1110,"{budget[0]}","{actual[0]}"' for kind, fund, budget, actual in records]
    return ("\n".join(lines) + "\n").encode()


def dollars(records: list) -> Decimal:
    """Every amount of the file that is one, kept or left out."""
    return sum(
        (money for _, _, budget, actual in records for _, money in (budget, actual) if money is not None), Decimal(0)
    )


def is_left_out(row) -> bool:
    return row[0] == "B" or row[1] == "999"


@pytest.fixture(scope="module")
def layouts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("layouts")
    (folder / "gl.yml").write_text(yaml.safe_dump(LAYOUT, sort_keys=False))
    return folder


@settings(max_examples=150, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(records=DIRTY_FILES)
def test_reading_loses_no_record_and_no_dollar(layouts, records):
    (reading,) = read(as_bytes(records), Task(LEDGER, read_layouts(layouts), "", "0101", 2024))
    assert not reading.faults
    left_out = sum(e.record_count for e in reading.excluded)
    kept = set(reading.table.column("row_number").to_pylist())
    assert reading.record_count == len(records) == left_out + len(kept)
    assert left_out == sum(map(is_left_out, records))
    assert reading.amount_sum + sum((e.amount for e in reading.excluded), Decimal(0)) == dollars(records)


def money_in(verdict) -> Decimal:
    return verdict.amounts.accepted + verdict.amounts.excluded + verdict.amounts.suspended


@settings(max_examples=3, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(files=st.lists(st.one_of(CLEAN_FILES, DIRTY_FILES), min_size=12, max_size=25))
def test_the_gate_loses_no_record_and_no_dollar(tmp_path_factory, seeds, layouts, files):
    batch = [File(f"{number}.csv", as_bytes(records), "actual_unaudited") for number, records in enumerate(files)]
    folder = tmp_path_factory.mktemp("batch")
    answers = judge(LEDGER, batch, folder, seeds, layouts, folder / "rows")
    for file, records in zip(batch, files, strict=True):
        verdict = answers[file.name].verdict
        is_bad = any(
            actual[0] in ("x", "n/a", "1,00", "12.345") and not is_left_out(row)
            for row in records
            for actual in [row[3]]
        )
        assert verdict.verdict == ("suspended" if is_bad else "accepted")
        assert money_in(verdict) == dollars(records)
        assert verdict.record_count == len(records)
        if is_bad:
            assert (verdict.suspended_count, verdict.row_count) == (len(records), 0)
            assert not (folder / "rows" / f"{file.name}.parquet").exists()
            continue
        rows = pq.read_table(folder / "rows" / f"{file.name}.parquet").to_pylist()
        assert len(rows) == verdict.row_count
        assert len({row["row_number"] for row in rows}) + verdict.excluded_count == len(records)
        assert sum((row["amount"] for row in rows), Decimal(0)) == verdict.amounts.accepted


def test_the_same_bytes_and_the_same_rows_in_another_order_are_judged_alike(tmp_path, seeds, layouts):
    shuffler = random.Random(1)
    records = [("A", "010", (f"{n}.50", None), (f"{n * 7}.25", None)) for n in range(1, 40)] + [
        ("B", "10", ("", None), ("5.00", None))
    ]
    bad = [*records, ("A", "010", ("", None), ("x", None))]
    batch = []
    for name, rows in (("good", records), ("bad", bad)):
        shuffled = shuffler.sample(rows, len(rows))
        for copy, listed in (("first", rows), ("again", rows), ("shuffled", shuffled)):
            batch.append(File(f"{name}_{copy}.csv", as_bytes(listed), "actual_unaudited"))
    answers = judge(LEDGER, batch, tmp_path, seeds, layouts, tmp_path / "rows")
    told, kept = {}, {}
    for file in batch:
        verdict = answers[file.name].verdict
        told[file.name] = (verdict.verdict, verdict.row_count, verdict.excluded_count, verdict.amounts,
                           Counter((f.edit_id, f.column_name, f.value, f.message) for f in verdict.findings))  # fmt: skip
        path = tmp_path / "rows" / f"{file.name}.parquet"
        kept[file.name] = pq.read_table(path).to_pylist() if path.exists() else None
    for name in ("good", "bad"):
        assert told[f"{name}_first.csv"] == told[f"{name}_again.csv"] == told[f"{name}_shuffled.csv"]
        assert kept[f"{name}_first.csv"] == kept[f"{name}_again.csv"]
    assert told["good_first.csv"][0] == "accepted" and told["bad_first.csv"][0] == "suspended"

    def content(rows):
        return Counter(tuple(value for key, value in row.items() if key != "row_number") for row in rows)

    assert content(kept["good_first.csv"]) == content(kept["good_shuffled.csv"])
