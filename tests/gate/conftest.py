"""The reference tables and the judged bad files, once a session.

Belongs here: what costs a validation and many tests read. Does not belong here: what must hold.
"""

from types import SimpleNamespace

import pytest
from judging import COLLECTIONS, CONTRACTS, bad_files, judge, pin_seeds, untyped_files


@pytest.fixture(scope="session")
def seeds(tmp_path_factory):
    return pin_seeds(tmp_path_factory.mktemp("gate_reference"))


@pytest.fixture(scope="session")
def judged(tmp_path_factory, seeds):
    """Every bad file of every collection, judged in one batch a collection."""
    result = {}
    for collection in COLLECTIONS:
        clean, bad = bad_files(collection)
        untyped = untyped_files(collection)
        files = [*clean, *(file for file, _ in [*bad.values(), *untyped.values()])]
        answers = judge(CONTRACTS[collection], files, tmp_path_factory.mktemp(collection), seeds)
        result[collection] = SimpleNamespace(clean=clean, bad=bad, untyped=untyped, answers=answers)
    return result
