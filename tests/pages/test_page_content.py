"""What a page says: figures, sentences, words for what is not there, the data it carries, and that no name can break it.

Belongs here: the HTML as text. Does not belong here: what a browser makes of it (`test_pages_in_a_browser`).
"""

import base64
import csv
import io
import json
import random
import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from small_marts import HARM, SCHOOL_HARM, promised, small_marts

from expectations.reports.visible import visible
from ingest.refusals import Refusal
from publish.pages.catalogue import catalogue
from publish.pages.figures import query, tables_of
from publish.pages.page import page_of_lea, pages_of_leas

VOID = {"meta", "link", "br", "img", "input", "hr"}


class Page(HTMLParser):
    """Tables by picture (rows of cells), sentences, links, headings, and whether every element is closed in its order."""

    def __init__(self, html):
        super().__init__()
        self.tables, self.sentences, self.links, self.headings, self.json = {}, {}, [], [], {}
        self.open, self.ids, self._text, self._key, self._class, self._draws = [], [], "", "", "", ""
        self.feed(html)
        assert not self.open, f"not closed: {self.open}"
        assert len(self.ids) == len(set(self.ids)), "an id stands twice"

    def handle_starttag(self, tag, attrs):
        known = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if "id" in known:
            self.ids.append(known["id"])
        self._key = known["id"] if tag == "article" else self._key
        self._class, self._draws, self._text = known.get("class", ""), known.get("data-draws", ""), ""
        if tag == "tr":
            self.tables.setdefault(self._key, []).append([])
        if tag == "a":
            self.links.append((self._key, known))

    def handle_data(self, data):
        self._text += data

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        if tag in ("th", "td"):
            self.tables[self._key][-1].append(self._text)
        if tag == "p" and self._class == "sentence":
            self.sentences[self._key] = self._text
        if re.fullmatch(r"h\d", tag):
            self.headings.append((int(tag[1]), self._text))
        if tag == "script" and self._draws:
            self.json[self._draws] = json.loads(self._text)


@pytest.fixture(scope="module")
def public():
    return {lea_id: Page(html) for lea_id, html in pages_of_leas(small_marts(is_public=True), audience="public")}


@pytest.fixture(scope="module")
def own():
    return {lea_id: Page(html) for lea_id, html in pages_of_leas(small_marts(), audience="restricted")}


def test_figures_sentences_and_rounding(own):
    page = own["0001"]
    assert page.sentences["operating_bridge"] == (
        "Of $100 spent in FY2025, $88 (87.5%) ran the schools; the largest amount taken out is debt service: $13."
    )
    assert ["Debt service", "\u2212$13", "$88", "audited"] in page.tables["operating_bridge"]
    # 10,000.50 a pupil is half a dollar above 10,000, and halves go up
    assert page.tables["per_pupil_trend"][1][:3] == ["FY2020", "$10,001", "$10,000"]
    assert page.sentences["per_pupil_trend"] == (
        "With inflation taken out, $10,500 per pupil in FY2025: 5.0% more than in FY2020."
    )
    assert page.sentences["budget_beside_actual"] == "In FY2025 $88 was spent, 100.0% of the budget of $88."
    assert (
        page.sentences["spending_by_function"]
        == "Instruction is the largest part of current spending in FY2025: $750, 75.0% of $1,000."
    )


def test_zero_not_reported_suppressed_and_not_applicable_are_told_apart(public):
    rows = {row[0]: row[1] for row in public["0002"].tables["spending_by_function"]}
    assert (rows["Other current"], rows["Food service"], rows["Support, not specified"]) == (
        "zero",
        "not reported",
        "not applicable",
    )
    novices = {row[0]: row[1] for row in public["0002"].tables["teachers"]}
    assert novices["FY2024"] == "suppressed (small number)"
    leaving = {row[0]: row[2] for row in public["0002"].tables["teachers"]}
    assert (leaving["FY2024"], leaving["FY2025"]) == ("10.0%", "not known until next year's staff is reported")
    schools = public["0001"].tables["schools"]
    assert schools[2][2:] == ["zero", *["not applicable (no pupils)"] * 3]
    assert schools[3][2:] == ["50", "$7,001", *["suppressed (small number)"] * 2]


def test_no_share_is_told_where_a_part_is_unknown(public):
    """With the sum and the other parts anyone could work the missing one out."""
    assert [row[2] for row in public["0002"].tables["spending_by_function"][1:3]] == [
        "not computable (a part is not known)"
    ] * 2
    assert (
        public["0002"].sentences["spending_by_function"]
        == "Instruction is the largest known part of current spending in FY2025: $750."
    )


def test_a_sentence_about_withheld_figures_does_not_say_that_there_are_none(public):
    assert public["0002"].sentences["teachers"] == "These figures are suppressed, because they rest on small numbers."
    assert (
        public["0002"].sentences["budget_beside_actual"]
        == "In FY2025 $88 was spent; there is no budget to show beside it."
    )
    assert public["0002"].tables["budget_beside_actual"][1][1:3] == ["suppressed (small number)", "$88"]


def test_nobody_is_called_the_largest_among_figures_of_which_one_is_unknown(own, public):
    most_and_least = "In FY2025 the most is spent per pupil at {} ($12,000), the least at Second School ($8,001)."
    assert own["0001"].sentences["schools"] == most_and_least.format(visible(SCHOOL_HARM, 160))
    assert public["0001"].sentences["schools"].endswith("; other schools' figures are not known here.")


def test_a_bridge_with_a_withheld_step_does_not_name_the_largest():
    con = small_marts(is_public=True)
    con.execute(
        "update operating_budget set amount = null, suppressed_columns = 'amount:small' where step = 'debt_service'"
    )
    page = Page(page_of_lea(con, "0001", audience="public"))
    assert page.sentences["operating_bridge"] == "Of $100 spent in FY2025, $88 (87.5%) ran the schools."


def test_a_district_that_sent_nothing_has_a_page_of_words(own):
    page = own["0003"]
    assert page.sentences["operating_bridge"] == "No ledger of actual spending has been accepted."
    assert not page.tables and not page.json


def test_a_year_that_is_not_there_breaks_the_line(own):
    values = own["0002"].json["per_pupil_trend-picture"]["data"]["values"]
    assert {row["x"] for row in values if row["value"] is None} == {"FY2023"}
    assert not any(row["value"] == 0 for row in values)


def test_the_data_are_whole_and_run_in_no_spreadsheet(own):
    links = {
        known["download"]: known["href"] for key, known in own["0001"].links if key == "schools" and "download" in known
    }
    text = base64.b64decode(links["0001-schools.csv"].partition("base64,")[2]).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows[0]["school_name"].startswith("'=HYPERLINK")
    assert (rows[1]["total_per_pupil"], rows[1]["total_per_pupil_status"]) == ("8000.5", "reported")
    assert (rows[2]["total_per_pupil"], rows[2]["total_per_pupil_status"]) == ("", "not_applicable")
    data = json.loads(base64.b64decode(links["0001-schools.json"].partition("base64,")[2]))
    assert data["source"] == "school_spending" and data["rows"][1]["total_per_pupil"] == 8000.5


def test_names_cannot_leave_their_place():
    html = page_of_lea(small_marts(), "0001", audience="restricted")
    assert "<img" not in html and "<script>alert" not in html
    for block in re.findall(r"<script type=\"application/json\".*?>(.*?)</script>", html, re.DOTALL):
        assert not set("<>&\u2028\u2029") & set(block)
    page = Page(html)
    assert page.headings[0] == (1, visible(HARM, 160))
    assert "\u202e" not in html, "a sign that turns the text around stands in the page"


def test_headings_step_down_one_at_a_time(public):
    for page in public.values():
        levels = [level for level, _ in page.headings]
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))


def test_others_outcomes_stand_only_where_small_numbers_are_suppressed(own, public):
    assert any(key.startswith("outcomes_beside_peers") for key in public["0001"].tables)
    assert not any(key.startswith("outcomes_beside_peers") for key in own["0001"].tables)
    assert public["0001"].sentences["outcomes_against_expected-1"] == (
        "Of 2 figures of FY2025, 1 lie above what is expected, 0 below, and 1 cannot be told from chance."
    )
    assert [row[:3] for row in public["0001"].tables["peers"][1:]] == [
        ["name", "this district", "$9,001"],
        ["name", "1", "$9,002"],
        ["name", "2", "$9,004"],
    ]


def test_an_outcome_is_told_with_its_interval_its_quadrant_and_why_a_cost_is_not_there(own):
    head, reading, mathematics = own["0001"].tables["outcomes_against_expected-1"]
    told = dict(zip(head, reading, strict=True))
    assert (told["Outcome"], told["Expected"], told["Above or below expected"]) == ("51.5%", "46.5%", "+5.0 points")
    assert (told["Difference, low end (95%)"], told["Difference, high end (95%)"]) == ("+2.0 points", "+8.0 points")
    assert told["Beside spending"] == "Better than expected, spending below peers"
    assert told["Dollars per unit of outcome"] == "earlier years missing"
    assert dict(zip(head, mathematics, strict=True))["Beside spending"] == "Cannot be told from chance"
    assert own["0001"].sentences["spending_against_peers"] == (
        "In FY2025 the difference from the peers' median is $501 per pupil; its 95% interval goes from $100 to $900."
    )


@pytest.mark.parametrize("table", ["district_productivity", "peers", "operating_budget", "dim_school", "f33_detail"])
def test_a_table_that_is_not_there_is_told_in_words(table):
    html = page_of_lea(small_marts(without=(table,)), "0001", audience="restricted")
    assert f"This edition of the data has no table {table}." in html


def test_a_column_that_is_only_listed_may_be_gone_and_one_that_is_drawn_is_told():
    con = small_marts()
    con.execute("alter table district_productivity drop column cost_per_outcome_unit")
    con.execute("alter table district_spending drop column total_revenue_amount")
    page = Page(page_of_lea(con, "0001", audience="restricted"))
    assert "Dollars per unit of outcome" not in page.tables["outcomes_against_expected-1"][0]
    assert "revenue_by_level" not in page.tables
    assert "table district_spending has no column total_revenue_amount." in page_of_lea(
        con, "0001", audience="restricted"
    )


def test_a_status_beside_a_value_is_believed():
    con = small_marts()
    con.execute("alter table district_staffing add column teacher_turnover_rate_status varchar")
    con.execute("update district_staffing set teacher_turnover_rate_status = 'suppressed'")
    page = Page(page_of_lea(con, "0001", audience="restricted"))
    assert page.tables["teachers"][-1][2] == "suppressed (small number)"


@pytest.mark.parametrize("seed", range(8))
def test_whatever_the_marts_hold_a_page_is_made(seed):
    """Numbers empty, zero, below zero, huge or no number at all, in any mixture, in every table."""
    con, dice = small_marts(is_public=True), random.Random(seed)
    for table, columns in tables_of(con).items():
        for column in sorted(
            columns - {"lea_id", "school_id", "fiscal_year", "step_order", "peer_rank", "peer_lea_id"}
        ):
            (kind,) = con.execute(
                "select data_type from duckdb_columns() where table_name = ? and column_name = ?", [table, column]
            ).fetchone()
            if kind == "DOUBLE" or kind.startswith(("DECIMAL", "INTEGER")):
                values = ["null", "0", "1", "-3"] + ["'nan'", "'inf'", "1e300"] * (kind == "DOUBLE")
                con.execute(
                    f"update {table} set {column} = {dice.choice(values)} where hash(rowid, {seed}) % 3 = {dice.randrange(3)}"
                )
    for _, html in pages_of_leas(con, audience="public"):
        page = Page(html)
        assert all(json.dumps(drawing, allow_nan=False) for drawing in page.json.values())


def test_a_page_of_nothing_but_the_directory():
    known = ("dim_lea", "generation")
    con = small_marts()
    for table in set(tables_of(con)) - set(known):
        con.execute(f"drop table {table}")
    html = page_of_lea(con, "0002", audience="public")
    assert "Quiet Valley" in html and "What this page does not show" in html


def test_an_unknown_district_is_refused_with_the_nearest():
    with pytest.raises(Refusal, match=r"no LEA 2 in this generation\. Nearest: 0002 \(Quiet Valley\)"):
        page_of_lea(small_marts(), "2", audience="restricted")
    with pytest.raises(Refusal, match=r"Nearest: .*0003 \(Silent Hill\)"):
        page_of_lea(small_marts(), "silent", audience="restricted")


def test_a_page_alone_is_the_page_among_all(own):
    for lea_id in own:
        alone = page_of_lea(small_marts(), lea_id, audience="restricted")
        assert Page(alone).tables == own[lea_id].tables


@pytest.mark.parametrize("chart", catalogue().charts, ids=lambda chart: chart.chart)
def test_each_picture_asks_for_columns_the_marts_promise(chart):
    con = small_marts(is_public=True)
    con.execute(query(chart, tables_of(con)), {"lea_ids": ["0001"]})
    used = {name for value in chart.draw.values() for name in ([value] if isinstance(value, str) else value)}
    named = {column.name for column in chart.columns} | {"item", "latest"}
    assert used <= named
    assert chart.sentences[-1].count("{") == 0, "the last sentence must be one that can always be said"


def test_words_are_of_codes_the_marts_know():
    assert set(catalogue().words["f33_item"]) <= set(promised("f33"))
