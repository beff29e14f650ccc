"""Edits that compare years and files: each finds its planted mistake and nothing else, and stays silent beside it.

Belongs here: what must be found. Does not belong here: what is planted (`planted`), edits on one file (`tests/gate`).
"""

import json
from collections import defaultdict
from decimal import Decimal

import pytest
from planted import NEAR, PLANTED
from plants_ledger import actual, money

pytestmark = [pytest.mark.slow, pytest.mark.soak]
OF_FILES = [edit_id for edit_id, one in PLANTED.items() if "lea" in one]
OF_STATE = [edit_id for edit_id, one in PLANTED.items() if "state" in one]


def _new(reviewed, slot) -> dict:
    return {key: one for key, one in reviewed.after[slot].items() if key not in reviewed.before.get(slot, {})}


def _slot(edit_id):
    return PLANTED[edit_id]["lea"], edit_id.split("_")[0]


@pytest.mark.parametrize("edit_id", OF_FILES)
def test_an_edit_finds_its_mistake_and_no_other_edit_does(reviewed, edit_id):
    found = _new(reviewed, _slot(edit_id))
    shared = {other for other in OF_FILES if _slot(other) == _slot(edit_id)}
    assert {one for one, _ in found} == shared | set(PLANTED[edit_id].get("also", ()))
    (told, *_) = [one for (found_id, _), one in found.items() if found_id == edit_id]
    assert ": found " in told.message and ", expected " in told.message and told.fix
    assert told.row_number is None


@pytest.mark.parametrize("edit_id", OF_STATE)
def test_an_edit_of_the_state_finds_what_was_planted(reviewed, edit_id):
    new = {(year, item) for one, year, item in reviewed.of_state - reviewed.of_state_before if one == edit_id}
    assert new
    for one in PLANTED[edit_id]["state"]:
        assert all(one in pair for pair in new)


def test_mistakes_too_small_for_an_edit_are_not_told(reviewed):
    for one in NEAR:
        found = {edit_id for edit_id, _ in _new(reviewed, (one["lea"], one["file"]))}
        assert found <= set(one.get("also", ())), one


def test_nobody_is_accused_in_place_of_another(reviewed):
    planted = {one["lea"] for one in [*PLANTED.values(), *NEAR] if "lea" in one}
    others = {slot for slot in reviewed.after if slot[0] not in planted}
    assert len(others) > 40
    assert not {slot: new for slot in others if (new := _new(reviewed, slot))}


def _one(reviewed, edit_id):
    (found,) = [one for (found_id, _), one in _new(reviewed, _slot(edit_id)).items() if found_id == edit_id]
    return found


def test_findings_tell_the_amounts_to_the_cent(reviewed):
    spent = sum(money(row) for row in actual(reviewed.state.rows("0259", "ledger")))
    factor = Decimal(PLANTED["ledger_108"]["size"])
    lea = reviewed.after["0259", "ledger"]
    (restated,) = [one for (edit_id, _), one in lea.items() if edit_id == "ledger_120"]
    assert Decimal(restated.value) == factor * spent
    assert f"within 1 percent of the version before, {spent}" in restated.message
    assert "500.00 dollars" in _one(reviewed, "ledger_101").message


def test_a_finding_on_a_national_account_names_the_districts_own_codes(reviewed):
    for edit_id in ("ledger_115", "ledger_116", "ledger_117", "ledger_118"):
        assert "; your codes: fund " in _one(reviewed, edit_id).message, edit_id


def test_findings_tell_the_limits_in_force(reviewed):
    assert "expected 0 to 12 months" in _one(reviewed, "ledger_112").message
    assert "expected at most 1 percent of " in _one(reviewed, "sections_101").message
    assert "4 to 45 pupils a teacher" in _one(reviewed, "staff_101").message


def test_these_findings_suspend_nothing_and_stand_in_the_marts(reviewed):
    rows = json.loads(reviewed.home.ok("status", "--format", "json", "--fiscal-year", "2025"))
    sent = [row for row in rows if (row["lea_id"], row["collection"]) in reviewed.sent]
    assert sent and {row["status"] for row in sent} <= {"accepted", "superseded"}
    query = "select edit_id, sum(finding_count) as n from edit_effectiveness where fiscal_year = 2025 group by all"
    counted = {row["edit_id"]: row["n"] for row in json.loads(reviewed.home.ok("sql", query, "--format", "json"))}
    listed = defaultdict(int)
    for found in reviewed.after.values():
        for edit_id, _ in found:
            listed[edit_id] += 1
    assert all(counted[edit_id] >= count for edit_id, count in listed.items())
    assert counted["ledger_121"] == 1 and counted["sections_101"] == 1
