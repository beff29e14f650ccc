"""Every edit is proven: by a bad file, if one file decides it; by a planted mistake, if it looks at accepted data.

Belongs here: that none is missing. Does not belong here: that the proofs hold (`tests/gate`, `tests/review`).
"""

from pathlib import Path

import yaml

from ingest.contracts import contracts
from ingest.edit_list import accepted_edits
from ingest.settings import project_folder

TESTS = Path(__file__).parents[1]
PROJECT = project_folder()


def _bad_files() -> set[str]:
    found = set()
    for path in (TESTS / "gate" / "bad_files").glob("*.yaml"):
        found |= yaml.safe_load(path.read_text())["bad"].keys()
    return found


def test_every_edit_of_a_contract_has_a_bad_file():
    rules = {rule.edit_id for one in contracts(PROJECT / "dbt" / "models" / "sources").values() for rule in one.rules}
    assert rules <= _bad_files()


def test_every_edit_on_accepted_data_is_planted():
    planted = yaml.safe_load((TESTS / "review" / "planted.yaml").read_text()).keys() - {"near"}
    rules = {path.stem for path in (PROJECT / "dbt" / "tests" / "edits").glob("*.sql")}
    assert rules == planted


def test_every_edit_on_accepted_data_has_its_words():
    words = accepted_edits(PROJECT)
    rules = {path.stem for path in (PROJECT / "dbt" / "tests" / "edits").glob("*.sql")}
    assert rules == words.keys()
    assert all(edit.sentence and edit.why and edit.example and edit.fix for edit in words.values())
    # A state may have limits of its own: its number stands in the finding, not in the sentence.
    limits = {
        line.split(",")[0] for line in (PROJECT / "dbt" / "seeds" / "edit_threshold.csv").read_text().splitlines()
    }
    assert not [edit_id for edit_id in limits & words.keys() if any(sign.isdigit() for sign in words[edit_id].sentence)]
