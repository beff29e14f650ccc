"""A policy with a gap releases nothing, and says what it lacks.

Belongs here: reading `disclosure_policy.csv`. Does not belong here: what its numbers do (`test_attacked_releases`).
"""

import csv

import pytest
import yaml

from ingest.refusals import Refusal
from ingest.settings import project_folder
from publish.disclosure.policy import RULES, read_policy

GOOD = {"minimum_pupils": "10", "protection_width": "5", "minimum_persons": "3", "placement_amount_minimum": "250000", "pay_amount_minimum": "250000",
        "dominance_rate": "0.8", "top_code_rate": "0.95", "bottom_code_rate": "0.05"}  # fmt: skip


def _written(folder, rows) -> None:
    lines = ["rule,value,source", *(f"{rule},{value},{source}" for rule, value, source in rows)]
    (folder / "disclosure_policy.csv").write_text("\n".join(lines) + "\n")


def _rows(**changes):
    return [(rule, value, "State law 1, 2020") for rule, value in (GOOD | changes).items()]


def test_a_whole_policy_is_read_with_its_citations(tmp_path):
    _written(tmp_path, _rows())
    policy = read_policy(tmp_path)
    assert (policy.minimum_pupils, policy.protection_width, policy.minimum_persons) == (10, 5, 3)
    assert dict(policy.sources).keys() == RULES.keys()


WRONG = {
    "has no disclosure_policy.csv": None,
    "lacks minimum_persons": [row for row in _rows() if row[0] != "minimum_persons"],
    "row 10: minimum_pupils stands there twice": [*_rows(), ("minimum_pupils", "5", "x")],
    "row 2: minimum_pupils has no source": [("minimum_pupils", "10", ""), *_rows()[1:]],
    "row 2: smallest is no rule": [("smallest", "10", "x"), *_rows()],
    "row 2: minimum_pupils is ten": _rows(minimum_pupils="ten"),
    "row 2: minimum_pupils is 9.5": _rows(minimum_pupils="9.5"),
    "row 2: minimum_pupils is -1": _rows(minimum_pupils="-1"),
    "row 7: dominance_rate is 80; it must lie between 0.5 and 1": _rows(dominance_rate="80"),
    "row 8: top_code_rate is 0.2; it must lie between 0.5 and 1": _rows(top_code_rate="0.2"),
    "row 9: bottom_code_rate is 0.7; it must lie between 0 and 0.5": _rows(bottom_code_rate="0.7"),
    "minimum_persons is 2; of two persons": _rows(minimum_persons="2"),
    "pay_amount_minimum is 0, and nothing": _rows(pay_amount_minimum="0"),
    "placement_amount_minimum is 0, and nothing": _rows(placement_amount_minimum="0"),
    "the width between 1 and 8": _rows(protection_width="9"),
    "must be 3 at least": _rows(minimum_pupils="2", protection_width="1"),
}


@pytest.mark.parametrize("said", WRONG)
def test_a_gap_is_one_sentence(tmp_path, said):
    if WRONG[said] is not None:
        _written(tmp_path, WRONG[said])
    with pytest.raises(Refusal, match=said) as refused:
        read_policy(tmp_path)
    assert "\n" not in str(refused.value)


def _accepted(table: str, column: str) -> set[str]:
    seeds = yaml.safe_load((project_folder() / "dbt" / "models" / "sources" / "reference.yml").read_text())["seeds"]
    (found,) = (one for one in seeds if one["name"] == table)
    (said,) = (one for one in found["columns"] if one["name"] == column)
    tests = [one for one in said["data_tests"] if "accepted_values" in one]
    return set(tests[0]["accepted_values"]["arguments"]["values"])


def test_the_reference_contract_knows_every_rule_and_every_role():
    """Otherwise a night over the table is stopped, and nothing before it tells."""
    assert _accepted("disclosure_policy", "rule") == RULES.keys()
    with (project_folder() / "dbt" / "seeds" / "disclosure_column.csv").open(newline="") as stream:
        assert {row["role"] for row in csv.DictReader(stream)} <= _accepted("disclosure_column", "role")
