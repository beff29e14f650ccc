"""Every edit of every contract: its bad file is found, in its row and column, and decides what its severity says.

Belongs here: bad_files/<collection>.yaml against the contracts; contracts with rules removed.
Does not belong here: structural edits (`tests/reader`), layouts (`tests/layouts`).
"""

import re

import pytest
from judging import COLLECTIONS, CONTRACTS, bad_files, judge, without

RULES = [(collection, rule) for collection in COLLECTIONS for rule in CONTRACTS[collection].rules]
IDS = [rule.edit_id for _, rule in RULES]


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_every_edit_has_its_bad_file(collection):
    _, bad = bad_files(collection)
    assert set(bad) == {rule.edit_id for rule in CONTRACTS[collection].rules}


@pytest.mark.parametrize(("collection", "rule"), RULES, ids=IDS)
def test_every_edit_says_what_why_how_and_by_which_check(collection, rule):
    assert rule.description.endswith(".") and rule.why.endswith(".") and rule.fix.endswith(".") and rule.example
    assert rule.catalogue_id is None or re.fullmatch(r"(SYN|DOM|REF|REC|PLA|LON|XSR|PRV)-[a-z0-9_]+", rule.catalogue_id)


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_clean_files_give_no_finding(judged, collection):
    for file in judged[collection].clean:
        answer = judged[collection].answers[file.name]
        assert answer.verdict.is_accepted and not answer.verdict.findings, answer.verdict.findings
        assert answer.verdict.row_count == answer.verdict.record_count > 0
        assert not answer.not_evaluated


@pytest.mark.parametrize(("collection", "rule"), RULES, ids=IDS)
def test_a_bad_file_is_found_where_it_is_bad(judged, collection, rule):
    file, entry = judged[collection].bad[rule.edit_id]
    verdict = judged[collection].answers[file.name].verdict
    found = [f for f in verdict.findings if f.edit_id == rule.edit_id]
    assert [(f.row_number, f.column_name) for f in found] == [tuple(place) for place in entry["found"]]
    assert {f.edit_id for f in verdict.findings} == {rule.edit_id, *entry.get("also", ())}
    assert all(
        f.severity == rule.severity and f.message.startswith(rule.description) and f.fix == rule.fix for f in found
    )
    fatal = [f for f in verdict.findings if f.severity == "fatal"]
    assert verdict.verdict == ("suspended" if fatal else "accepted")
    assert (rule.severity != "fatal") or fatal
    assert verdict.record_count == (verdict.suspended_count if fatal else verdict.row_count + verdict.excluded_count)


@pytest.mark.parametrize(("collection", "rule"), RULES, ids=IDS)
def test_a_finding_shows_the_value_unless_it_is_about_a_person(judged, collection, rule):
    file, entry = judged[collection].bad[rule.edit_id]
    spoiled = {(row, column): value for row, cells in entry.get("set", {}).items() for column, value in cells.items()}
    hidden = CONTRACTS[collection].masked_columns
    for finding in judged[collection].answers[file.name].verdict.findings:
        value = spoiled.get((finding.row_number, finding.column_name))
        if value and finding.column_name in hidden:
            assert finding.value is None or set(finding.value) <= set("Aa9-+.,$% /_")
            assert value not in f"{finding.value} {finding.message}" or value == finding.value
        elif value and finding.edit_id == rule.edit_id and collection != "staff":
            assert finding.value == value or float(finding.value) == float(value)


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_a_value_its_type_cannot_hold_is_found(judged, collection):
    for file, entry in judged[collection].untyped.values():
        verdict = judged[collection].answers[file.name].verdict
        assert verdict.verdict == "suspended"
        assert [(f.edit_id, f.row_number, f.column_name) for f in verdict.findings] == [
            (f"{collection}_type", *place) for place in entry["found"]
        ]  # fmt: skip


GROUPS = 2


@pytest.mark.parametrize("group", range(GROUPS))
@pytest.mark.parametrize("collection", COLLECTIONS)
def test_a_rule_taken_away_finds_nothing_and_all_others_find_what_they_did(judged, seeds, tmp_path, collection, group):
    contract = CONTRACTS[collection]
    removed = {rule.edit_id for rule in contract.rules[group::GROUPS]}
    mutant = without(contract, removed, tmp_path / f"{collection}.yml")
    assert len(mutant.rules) == len(contract.rules) - len(removed)
    bad = judged[collection].bad
    answers = judge(mutant, [file for file, _ in bad.values()], tmp_path / "files", seeds)
    for edit_id, (file, _) in bad.items():
        before, after = judged[collection].answers[file.name].verdict, answers[file.name].verdict
        kept = {(f.edit_id, f.row_number, f.column_name) for f in before.findings if f.edit_id not in removed}
        now = {(f.edit_id, f.row_number, f.column_name) for f in after.findings}
        # What followed from the edit taken away is now told itself, in the same rows: the type, a code, a comparison.
        rows = {f.row_number for f in before.findings if f.edit_id in removed and f.severity == "fatal"}
        assert all(row in rows or (row is None and rows) for _, row, _ in now - kept), edit_id
        assert kept <= now
        fatal = any(f.severity == "fatal" for f in after.findings)
        assert after.verdict == ("suspended" if fatal else "accepted")
        was_fatal = {f.edit_id for f in before.findings if f.severity == "fatal"}
        if was_fatal <= removed and now <= kept:
            assert after.verdict == "accepted"
            assert after.row_count == after.record_count
