"""Every edit is explained from where it is written.

Belongs here: the page and the list of edits. Does not belong here: what the edits find (`tests/gate`).
"""

import json

import pytest
import yaml

from ingest.contracts import contracts
from ingest.settings import project_folder


@pytest.fixture(scope="module")
def listed(home):
    return {edit["edit_id"]: edit for edit in json.loads(home.ok("edits", "--format", "json"))}


def test_every_rule_of_every_contract_is_explained(listed):
    for contract in contracts(project_folder() / "dbt" / "models" / "sources").values():
        for rule in contract.rules:
            edit = listed[rule.edit_id]
            assert (edit["sentence"], edit["fix"], edit["why"]) == (rule.description, rule.fix, rule.why)
            assert edit["fix"] and edit["example"], rule.edit_id


def test_every_edit_on_accepted_data_is_explained(listed):
    for path in (project_folder() / "dbt" / "tests" / "edits").glob("*.yml"):
        for test in yaml.safe_load(path.read_text("utf-8"))["data_tests"]:
            assert listed[test["name"]]["stage"] == "accepted", test["name"]


def test_the_page_names_every_edit_once_and_loads_nothing(home, listed):
    page = home.ok("edits", "--format", "html")
    assert all(
        page.count(f'<article class="edit {edit["severity"]}" id="{name}"') == 1 for name, edit in listed.items()
    )
    assert "http" not in page.replace("http-equiv", "") and "<script" not in page
