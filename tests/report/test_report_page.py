"""The page: a district that reads nothing else can mend its file, and nothing of the file runs.

Belongs here: the page's content and its safety. Does not belong here: the workbook (`test_report_workbook`).
"""

import re
from html.parser import HTMLParser

from mistakes import EVIL, SLOT, write


class Page(HTMLParser):
    """The cells of the page's tables by edit, the columns each edit compares, and every tag."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.cells, self.compared = [], {}, {}
        self._edit, self._row, self._text = "", None, []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag == "article":
            self._edit = dict(attrs)["id"]
        if tag == "tr":
            self._row = []
        if tag in ("td", "dd"):
            self._text = []

    def handle_data(self, data):
        self._text.append(data)

    def handle_endtag(self, tag):
        said = "".join(self._text).strip()
        if tag == "td" and self._edit:
            self._row.append(said)
        if tag == "tr" and self._edit and self._row:
            self.cells.setdefault(self._edit, []).append(self._row)
        if tag == "dd" and "the mistake may stand in any of them" in said:
            self.compared[self._edit] = said.partition(":")[0].split(", ")
        if tag == "article":
            self._edit = ""


def test_who_reads_only_the_page_mends_at_least_eighteen_of_twenty(spoiled):
    page, mended = Page(spoiled.page), [list(row) for row in spoiled.bad]
    named = set()
    for edit, rows in page.cells.items():
        for cells in rows:
            for low, high in re.findall(r"([\d,]+)(?:-([\d,]+))?", cells[0].partition("(")[0]):
                for row in range(int(low.replace(",", "")), int((high or low).replace(",", "")) + 1):
                    named |= {(row, column) for column in [cells[1], *page.compared.get(edit, [])]}
    mends = [(row, column) for row, column in spoiled.places if (row + 1, spoiled.header[column]) in named]
    assert len(mends) >= 18
    # The formula and the hidden sign stand in no list of twenty, and are named as the others are.
    others = [(row, column) for row, column in spoiled.others if (row + 1, spoiled.header[column]) in named]
    for row, column in mends + others:
        mended[row][column] = spoiled.rows[row][column]
    write(spoiled.home.path / "mended.csv", mended)
    done = spoiled.home.run("check", "mended.csv", *SLOT)
    assert done.returncode == 0, done.stdout


def test_a_value_in_many_rows_is_told_once_with_its_rows(spoiled):
    (many,) = [row for row in Page(spoiled.page).cells["ledger_017"] if "7Z7Z" in row[2]]
    assert many[0] == "201-240 (40 rows)" and many[1] == "Project Code"


def test_counts_come_first_and_add_up(spoiled):
    assert spoiled.page.index("Counts") < spoiled.page.index('class="edit')
    assert "Suspended." in spoiled.page.partition("What to do next")[0]
    records = re.search(r"Records</th>" + r"<td class=\"number\">([\d,]+)</td>" * 4, spoiled.page)
    read, accepted, excluded, suspended = (int(n.replace(",", "")) for n in records.groups())
    assert read == accepted + excluded + suspended == len(spoiled.bad) - 1


def test_a_row_with_findings_is_shown_whole(spoiled):
    row, _ = spoiled.places[0]
    shown = spoiled.page.partition(f"Row {row + 1} as you sent it</summary>")[2].partition("</details>")[0]
    cells = dict(re.findall(r"<dt>(.*?)</dt><dd class=\"value\"><bdi>(.*?)</bdi>", shown))
    assert cells == {name: text or "(empty)" for name, text in zip(spoiled.header, spoiled.bad[row], strict=True)}


def test_nothing_of_the_file_runs_or_hides(spoiled):
    assert "<script" not in spoiled.page and "&lt;script&gt;" in spoiled.page
    assert "\u202e" not in spoiled.page and "12[U+202E]34" in spoiled.page
    assert EVIL not in spoiled.page


def test_nothing_is_loaded_and_everything_is_reached_by_keyboard_and_screen_reader(spoiled):
    tags = Page(spoiled.page).tags
    assert not [
        tag
        for tag, attrs in tags
        if tag in ("script", "link", "img", "iframe", "form") or "src" in attrs or "onclick" in attrs
    ]
    assert not [attrs for _, attrs in tags if not attrs.get("href", "#").startswith("#")]
    policy = next(attrs["content"] for tag, attrs in tags if attrs.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy
    names = [tag for tag, _ in tags]
    assert {"header", "main", "h1", "h2", "h3"} <= set(names) and names.count("table") == names.count("caption")
    assert all("scope" in attrs for tag, attrs in tags if tag == "th")
    regions = [attrs for _, attrs in tags if attrs.get("class") == "scroll"]
    assert regions and all(attrs["tabindex"] == "0" and attrs["aria-label"] for attrs in regions)
    targets = {attrs.get("id") for _, attrs in tags}
    assert {attrs["href"][1:] for tag, attrs in tags if tag == "a"} <= targets


def test_what_cannot_be_seen_offline_is_said(spoiled):
    ids = spoiled.answer["not_evaluated"]
    assert all(edit_id in spoiled.page for edit_id in ids)


def test_findings_stand_row_by_row_too_with_the_cells_an_edit_compared(spoiled):
    rows = re.findall(r'<th scope="row" class="number">([\d,]+)</th>', spoiled.page)
    assert [int(row.replace(",", "")) for row in rows] == sorted(int(row.replace(",", "")) for row in rows)
    assert {str(row + 1) for row, _ in spoiled.places} <= set(rows)
    told = [one for one in spoiled.answer["findings"] if one["edit_id"] == "ledger_002"]
    assert told and all("Account Class = expenditure, " in one["message"] for one in told)
    # The cell that is missing is named, and not once more beside itself.
    assert any((one["column_name"], one["value"]) == ("object_code", None) for one in told)
    assert not any("Object Code = (empty)" in one["message"] for one in told if one["column_name"] == "object_code")
