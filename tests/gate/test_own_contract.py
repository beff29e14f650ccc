"""`edfin check --contract` with a stranger's contract: what a dbt source file may say is judged; what cannot be is refused in one line.

Belongs here: contracts of unknown collections, written here. Does not belong here: the five collections (`test_edits`).
"""

import json

import pyarrow.parquet as pq
import pytest
import yaml

TABLE = """
version: 2
sources:
  - name: raw
    tables:
      - name: order
        columns:
          - {name: group, data_type: varchar, config: {meta: {header: Group, pattern: "[A-Z]{2}"}}}
          - {name: select, data_type: integer}
          - {name: order, data_type: "numeric(9, 2)"}
          - {name: size, data_type: double}
          - {name: since, data_type: date}
          - {name: at, data_type: timestamp}
          - {name: is_open, data_type: boolean}
          - {name: note, data_type: text}
"""
GOOD = "Group,select,order,size,since,at,is_open,note\nAA,1,10.50,1.5,2024-01-31,2024-01-31 10:00:00,true,ab:c\nBB,2,20,2e3,2024-02-29,2024-02-29 11:00:00,N,\n"
RULES = {
    "group": [("not_null", {}), ("unique", {})],
    "select": [("accepted_values", {"values": [1, 2, 3]})],
    "order": [("value_between", {"min_value": 0})],
    "size": [("value_between", {"min_value": 1.5, "max_value": 2000})],
    "since": [("value_between", {"min_value": "2024-01-01", "max_value": "2024-12-31"})],
    "at": [("matches_pattern", {"pattern": "[0-9-]{10} [0-9:]{8}"})],
    "note": [("matches_pattern", {"pattern": "(?:a|b)+:c", "when": '"select" = 1'})],
}  # fmt: skip
BAD = {  # cells of the first record, and the rule or type that finds them
    "group": ("", "t_group_not_null"),
    "select": ("9", "t_select_accepted_values"),
    "order": ("-1", "t_order_value_between"),
    "size": ("0.5", "t_size_value_between"),
    "since": ("2023-12-31", "t_since_value_between"),
    "at": ("2024-01-31", "t_at_matches_pattern"),
    "is_open": ("perhaps", "order_type"),
    "note": ("ab;c", "t_note_matches_pattern"),
}


def contract(rules: dict = RULES) -> dict:
    document = yaml.safe_load(TABLE)
    for column in document["sources"][0]["tables"][0]["columns"]:
        column["data_tests"] = [
            {kind: {"name": f"t_{column['name']}_{kind}", "arguments": arguments}}
            for kind, arguments in rules.get(column["name"], [])
        ]
    return document


@pytest.fixture(scope="module")
def desk(new_home):
    return new_home("own_contract")


def answers(desk, document: dict, files: dict[str, str]) -> dict[str, dict]:
    (desk.path / "own.yml").write_text(yaml.safe_dump(document, sort_keys=False))
    for name, text in files.items():
        (desk.path / name).write_text(text)
    done = desk.run("check", *files, "--contract", "own.yml", "--rows-into", "rows", "--format", "json")
    assert done.returncode in (0, 1), done.stderr
    return {one["file"]: one for one in map(json.loads, done.stdout.splitlines())}


def test_every_kind_of_column_and_rule_is_judged(desk):
    header, first, second = GOOD.splitlines()
    names, files = header.lower().split(","), {"good.csv": GOOD}
    for name, (value, _) in BAD.items():
        cells = first.split(",")
        cells[names.index(name)] = value
        files[f"{name}.csv"] = "\n".join([header, ",".join(cells), second]) + "\n"
    files["twice.csv"] = "\n".join([header, first, first]) + "\n"
    files["form.csv"] = GOOD.replace("AA,", "Aa,")
    told = answers(desk, contract(), files)
    assert told["good.csv"]["verdict"] == "accepted" and not told["good.csv"]["findings"]
    rows = pq.read_table(desk.path / "rows" / "good.csv.parquet").to_pylist()
    assert [(row["group"], row["select"], row["is_open"]) for row in rows] == [("AA", 1, True), ("BB", 2, False)]
    for name, (_, edit_id) in BAD.items():
        found = [(f["edit_id"], f["row_number"], f["column_name"]) for f in told[f"{name}.csv"]["findings"]]
        assert found == [(edit_id, 2, name)], name
    assert [(f["edit_id"], f["row_number"]) for f in told["twice.csv"]["findings"]] == [("t_group_unique", 3)]
    assert [(f["edit_id"], f["row_number"]) for f in told["form.csv"]["findings"]] == [("order_form_of_group", 2)]


def test_a_contract_of_columns_only_is_judged_by_their_types(desk):
    told = answers(desk, contract({}), {"good.csv": GOOD, "bad.csv": GOOD.replace("2024-02-29,", "2024-02-30,")})
    assert told["good.csv"]["verdict"] == "accepted"
    assert [(f["edit_id"], f["row_number"], f["column_name"]) for f in told["bad.csv"]["findings"]] == [
        ("order_type", 3, "since")
    ]


def edited(change) -> str:
    document = contract()
    change(document["sources"][0]["tables"][0])
    return yaml.safe_dump(document, sort_keys=False)


def rule(kind: str = "not_null", **body) -> dict:
    return {kind: {"name": "own_001", "description": "It is so.", **body}}


BROKEN = {
    "not yaml": ("a: [", "is not YAML"),
    "empty": ("", "sources"),
    "no tables": ("sources: [{name: raw}]", "tables"),
    "a list": ("- 1\n- 2\n", "sources"),
    "no columns": (edited(lambda t: t.pop("columns")), "columns"),
    "column without type": (edited(lambda t: t["columns"][0].pop("data_type")), "column group has no key data_type"),
    "type unknown": (edited(lambda t: t["columns"][0].update(data_type="money")), "data_type money is not known"),
    "column without name": (edited(lambda t: t["columns"][1].pop("name")), "column 2 has no key name"),
    "column twice": (edited(lambda t: t["columns"][1].update(name="group")), "there already"),
    "column of the gate": (edited(lambda t: t["columns"][1].update(name="row_number")), "choose another name"),
    "kind unknown": (edited(lambda t: t["columns"][0].update(data_tests=[rule("not_nul")])), "did you mean not_null"),
    "rule without name": (edited(lambda t: t["columns"][0].update(data_tests=["not_null"])), "has no name"),
    "argument missing": (edited(lambda t: t["columns"][0].update(data_tests=[rule("accepted_values")])), "needs arguments: values"),
    "argument unknown": (edited(lambda t: t["columns"][0].update(data_tests=[rule(arguments={"vaules": [1]})])), "no argument vaules"),
    "argument no list": (edited(lambda t: t["columns"][0].update(data_tests=[rule("accepted_values", arguments={"values": "AA"})])), "must be a list"),
    "severity unknown": (edited(lambda t: t["columns"][0].update(data_tests=[rule(config={"meta": {"severity": "bad"}})])), "meta.severity"),
    "column unknown": (edited(lambda t: t.update(data_tests=[rule("unique_key", arguments={"columns": ["gruop"]})])), "did you mean group"),
    "two of one name": (edited(lambda t: t["columns"][0].update(data_tests=[rule(), rule()])), "Two rules are named own_001"),
    "year no year": (edited(lambda t: t["columns"][0].update(config={"meta": {"first_fiscal_year": "soon"}})), "first_fiscal_year"),
}  # fmt: skip


def test_a_contract_that_cannot_be_used_is_refused_in_one_line(desk):
    from ingest.contracts import ContractError, read_contract

    for name, (text, said) in BROKEN.items():
        path = desk.path / "broken.yml"
        path.write_text(text)
        with pytest.raises(ContractError) as refusal:
            read_contract(path)
        assert str(path) in str(refusal.value) and said in str(refusal.value), (name, str(refusal.value))
        assert "\n" not in str(refusal.value)
    (desk.path / "good.csv").write_text(GOOD)
    done = desk.run("check", "good.csv", "--contract", "broken.yml")
    assert done.returncode == 2 and not done.stdout
    (line,) = done.stderr.strip().splitlines()
    assert "broken.yml" in line and "first_fiscal_year" in line
