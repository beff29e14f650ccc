"""No figure per pupil without its two definitions, and none whose pupils are not those of its dollars.

Belongs here: what the marts say of their columns. Does not belong here: the figures (`tests/night/test_denominators`).
"""

import csv
import re
from pathlib import Path

import pytest
import yaml

PROJECT = Path(__file__).parents[2]
MARTS = {
    path.stem: yaml.safe_load(path.read_text("utf-8"))["models"][0]
    for path in (PROJECT / "dbt" / "models" / "marts").glob("*.yml")
}
PER_PUPIL = re.compile(r"(.*_)?per_(pupil|adm|ada)(_se)?")
COLUMNS = [
    (table, column)
    for table, mart in sorted(MARTS.items())
    for column in mart["columns"]
    if PER_PUPIL.fullmatch(column["name"])
]


def _seed(name: str, key: str) -> dict[str, str]:
    with (PROJECT / "dbt" / "seeds" / f"{name}.csv").open(newline="") as stream:
        return {row[key]: row["population"] for row in csv.DictReader(stream)}


NUMERATORS = _seed("per_pupil_numerator", "numerator_def_id")
DENOMINATORS = _seed("per_pupil_denominator", "denominator_def_id")


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=[f"{table}.{column['name']}" for table, column in COLUMNS])
def test_it_names_numerator_and_denominator_of_the_same_pupils(table, column):
    said = column.get("config", {}).get("meta", {}).get("per_pupil", {})
    assert set(said) == {"numerator", "denominator"}, "config.meta.per_pupil says neither"
    names = {one["name"] for one in MARTS[table]["columns"]}
    numerator, denominator = said["numerator"], said["denominator"]
    assert denominator in DENOMINATORS or denominator in names, denominator
    if numerator in NUMERATORS and denominator in DENOMINATORS:
        assert NUMERATORS[numerator] == DENOMINATORS[denominator]
    if numerator not in NUMERATORS | dict.fromkeys(names, ""):
        assert " " in numerator, f"{numerator} is neither a definition, a column nor words"


def test_there_are_such_columns():
    assert len(COLUMNS) > 20


def test_no_measure_is_named_just_per_pupil_expenditure():
    wrong = [
        f"{table}.{one['name']}"
        for table, mart in MARTS.items()
        for one in mart["columns"]
        if one["name"] in ("ppe", "ppx", "spending")
    ]
    assert not wrong


def test_state_aid_is_no_measure_of_its_own():
    # State aid falls as wealth rises: its share read alone praises the poor and blames the rich.
    wrong = [
        f"{table}.{one['name']}" for table, mart in MARTS.items() for one in mart["columns"]
        if re.search(r"state_(aid|revenue)_.*(share|rate|rank|per_pupil)", one["name"])
    ]  # fmt: skip
    assert not wrong
