"""A layout file says only what the layout language knows, and fits the contract it is used for.

Belongs here: what is refused in a layout file. Does not belong here: what its words do (`test_layout_forms`).
"""

import pytest
from exports import AMOUNTS, COLUMNS, CONTRACTS, HEADER

from ingest.layout_cells import meets
from ingest.layouts import LayoutError, check_layout, read_layouts
from ingest.settings import project_folder

LINES = (",".join(HEADER), "n,10,F,110,1.00")
WHEN = {"reason": "r", "why": "w"}


@pytest.mark.parametrize(
    ("entry", "key", "near"),
    [
        ({"colums": {}}, "colums", "columns"),
        ({"file": {"footer": "x"}}, "footer", "footer_pattern"),
        ({"lea": {"from": "Name", "paad": 2}}, "paad", "pad"),
        ({"lea": {"from": "Name", "add": 2}}, "add", "pad"),
        ({"fiscal_year": {"value": 2024, "adds": 2}}, "adds", "add"),
        ({"columns": COLUMNS | {"fund_code": {"from": "Fund", "empty": "0"}}}, "empty", "empty_as"),
        ({"columns": COLUMNS | {"fund_code": {"from": "Fund", "number": {"thousand": ","}}}}, "thousand", "thousands"),
        ({"amounts": [{"amount_type": "actual", "from": "Amount", "skip_zeros": True}]}, "skip_zeros", "skip_zero"),
        ({"rows": [{"amount": {"froms": "Amount"}}]}, "froms", "from"),
        ({"exclude": [{"when": {"Fund": ["1"]}, "reasons": "r"}]}, "reasons", "reason"),
        ({"exclude": [{"when": {"Fund": {"patern": "1"}}, **WHEN}]}, "patern", "pattern"),
        ({"exclude": [{"when": {"mapped": {"fund_code": {"nor": ["1"]}}}, **WHEN}]}, "nor", "not"),
        ({"derive": {"Line": {"count_in": ["Fund"]}}}, "count_in", "count_within"),
        ({"number": {"thousend": ","}}, "thousend", "thousands"),
        ({"number": {"negative": ["parenthesis"]}}, "parenthesis", "parentheses"),
        ({"sign": "debit_positiv"}, "debit_positiv", "debit_positive"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_unknown_key_names_file_key_and_the_nearest(through, entry, key, near):
    with pytest.raises(LayoutError, match=rf"one\.yml: .* knows no {key}; .* {near}\."):
        through(*LINES, **entry)


def test_two_files_of_one_name_are_refused(through, tmp_path):
    through(*LINES)
    (tmp_path / "other.yml").write_text((tmp_path / "one.yml").read_text())
    with pytest.raises(LayoutError, match=r"other\.yml: there is a layout one already"):
        read_layouts(tmp_path)


def test_counting_within_a_column_the_header_lacks_is_refused(through):
    with pytest.raises(LayoutError, match="function"):
        through(*LINES, derive={"Line": {"count_within": ["Function"]}})


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"columns": COLUMNS | {"fond_code": "Fund"}}, "no column fond_code; the nearest is fund_code"),
        ({"rows": [{"amout": {"from": "Amount"}}], "amounts": []}, "no column amout; the nearest is amount"),
        ({"rows": [{"amount": {"from": "Amount"}, "skip_empty": "amont"}], "amounts": []}, "no column amont"),
        ({"exclude": [{"when": {"mapped": {"account": ["asset"]}}, **WHEN}]}, "no column account"),
    ],
)
@pytest.mark.parametrize("named", [True, False])
def test_a_layout_that_does_not_fit_its_contract_is_no_layout(through, entry, said, named):
    (fault,) = through(*LINES, named=named, **entry).faults
    assert fault.edit == "file_layout" and said in fault.detail


def test_a_layout_is_used_for_its_own_collection_only(through, tmp_path):
    through(*LINES)
    with pytest.raises(LayoutError, match="is for ledger, not for membership"):
        check_layout(read_layouts(tmp_path)["one"], CONTRACTS["membership"])


def test_amounts_need_a_collection_with_money(through):
    (fault,) = through("School,Amount", "1,2", header=["School", "Amount"], columns={"school_id": "School"},
                       amounts=AMOUNTS, collection="membership").faults  # fmt: skip
    assert fault.edit == "file_layout" and "lists amounts" in fault.detail


def test_an_unknown_condition_is_no_condition():
    with pytest.raises(ValueError, match="patern"):
        meets("x", {"patern": "x"})


@pytest.mark.parametrize(
    "folder", sorted((project_folder() / "states").glob("*/layouts")), ids=lambda path: path.parent.name
)
def test_every_layout_of_the_states_fits_its_contract(folder):
    for layout in read_layouts(folder).values():
        check_layout(layout, CONTRACTS[layout.collection])
