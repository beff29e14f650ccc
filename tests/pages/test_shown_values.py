"""One value at a time: rounding half up, the words for what is not there, and what is in the folder of a page.

Belongs here: cells, files. Does not belong here: whole pages (`test_page_content`).
"""

import hashlib
import re
from contextlib import contextmanager
from decimal import Decimal

import pytest
from small_marts import small_marts

from dagster_project.cli import main
from publish import sql_door
from publish.pages.catalogue import Column
from publish.pages.cells import cell_of, number_text, suppressed_of
from publish.pages.page import FOLDER, SCRIPTS, for_script
from publish.pages.page_files import page_name, script_files


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (Decimal("2.50"), "dollars", "$3"),
        (Decimal("-2.50"), "dollars", "\u2212$3"),
        (2.675, "hundredths", "2.68"),  # as it is printed; the binary number lies a little below
        (0.00125, "percent", "0.1%"),
        (0.1225, "percent", "12.3%"),
        (Decimal("0.00"), "dollars", "zero"),
        (Decimal("0.40"), "dollars", "between zero and $1"),
        (-0.0001, "percent", "between zero and \u22120.1%"),
        (1234567, "count", "1,234,567"),
        (1e15, "dollars", "$1,000,000,000,000,000"),
        (0, "rank", "this district"),
    ],
)
def test_numbers_are_rounded_half_up_and_zero_is_a_word(value, form, text):
    assert number_text(value, form) == text


def test_outcomes_are_written_by_their_measure():
    assert number_text(0.515, "outcome", "proficiency_rate") == "51.5%"
    assert number_text(0.9, "outcome", "graduation_rate_4yr") == "90.0%"
    assert number_text(48.25, "outcome", "growth_mean") == "48.3"
    assert number_text(-0.05, "difference", "proficiency_rate") == "\u22125.0 points"
    assert number_text(2.0, "difference", "growth_mean") == "+2.0"


AMOUNT = Column(name="amount", label="Amount", format="dollars", status="amount_status", empty="not computable")


@pytest.mark.parametrize(
    ("row", "withheld", "kind", "text"),
    [
        ({"amount": 0, "amount_status": "zero"}, (), "zero", "zero"),
        ({"amount": None, "amount_status": "missing"}, (), "missing", "not reported"),
        ({"amount": None, "amount_status": "not_applicable"}, (), "not_applicable", "not applicable"),
        ({"amount": None, "amount_status": "suppressed"}, (), "suppressed", "suppressed (small number)"),
        ({"amount": None, "amount_status": "reported"}, ("amount",), "suppressed", "suppressed (small number)"),
        ({"amount": None, "amount_status": "reported"}, (), "missing", "not computable"),
        ({"amount": Decimal("7.50"), "amount_status": "estimated"}, (), "reported", "$8 (estimated)"),
        ({"amount": float("nan"), "amount_status": None}, (), "missing", "not computable"),
    ],
)
def test_what_is_not_there_is_told_in_words(row, withheld, kind, text):
    cell = cell_of(AMOUNT, row, "not reported", frozenset(withheld))
    assert (cell.kind, cell.text) == (kind, text)
    assert (cell.number is None) == (row["amount"] is None or row["amount"] != row["amount"])


def test_suppressed_columns_also_hide_what_is_worked_out_from_them():
    assert suppressed_of("a:small;b:complementary;", {"a": ("total",)}) == {"a", "b", "total"}
    assert suppressed_of(None, {}) == frozenset()


def test_json_cannot_end_its_script():
    text = for_script({"name": "</script><!--&\u2028\u2029"})
    assert not set("<>&\u2028\u2029") & set(text)


@pytest.mark.parametrize(
    ("lea_id", "name"), [("0014", "lea-0014.html"), ("../x", "lea-.._2Fx.html"), ("a b", "lea-a_20b.html")]
)
def test_an_id_cannot_choose_another_folder(lea_id, name):
    assert page_name(lea_id) == name


def test_scripts_of_others_are_what_their_provenance_says():
    files = script_files()
    said = files["PROVENANCE.md"].decode()
    hashes = dict(re.findall(r"\| `([\w.-]+)` \|.*`([0-9a-f]{64})` \|", said))
    assert set(hashes) == set(SCRIPTS) - {"draw.js"}
    for name, sha256 in hashes.items():
        assert hashlib.sha256(files[name]).hexdigest() == sha256
        assert files[f"LICENSE.{name.removesuffix('.min.js')}"].startswith(b"Copyright")


def test_our_own_parts_name_no_host():
    for path in (FOLDER / "draw.js", FOLDER / "charts.yml", *(FOLDER / "templates").iterdir()):
        assert "//" not in re.sub(r"^ *//.*$", "", path.read_text("utf-8"), flags=re.MULTILINE), path


@pytest.fixture
def edfin(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("EDFIN_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)

    @contextmanager
    def opened(_home, _generation=None, _public=False):
        yield small_marts(is_public=_public)

    monkeypatch.setattr(sql_door, "open_generation", opened)

    def run(*words):
        with pytest.raises(SystemExit) as ended:
            main(words)
        return ended.value.code, *capsys.readouterr()

    return run


def test_the_verb_writes_the_page_and_what_draws_it(edfin, tmp_path):
    code, out, err = edfin("page", "--lea", "0002", "--into", "pages", "--public")
    assert (code, err) == (0, "") and out == "pages/lea-0002.html\n"
    assert {path.name for path in (tmp_path / "pages").iterdir()} >= {"lea-0002.html", *SCRIPTS}
    assert "Public page" in (tmp_path / "pages" / "lea-0002.html").read_text("utf-8")


def test_the_verb_refuses_an_unknown_district_in_one_line_and_writes_nothing(edfin, tmp_path):
    code, out, err = edfin("page", "--lea", "9999", "--into", "pages")
    assert (code, out) == (2, "")
    assert err.count("\n") == 1 and "no LEA 9999" in err and "Nearest:" in err
    assert not (tmp_path / "pages").exists()
