"""The site in a browser without a network: readable by everyone, at a desk, on a phone and on paper, with scripts and without.

Belongs here: what only a browser can tell. Does not belong here: what the pages say (`test_site_content`).
"""

import base64
import json
import subprocess
from pathlib import Path

import pytest

AXE = (Path(__file__).parents[1] / "pages" / "axe" / "axe.min.js").read_text("utf-8")
PAGES = (
    ("restricted", "index"), ("restricted", "table-district_per_pupil"), ("restricted", "table-title_i_comparability"), ("restricted", "definitions"),
    ("restricted", "glossary"), ("restricted", "queries"), ("restricted", "codes"), ("public", "index"), ("public", "hidden"), ("public", "table-district_spending"),
)  # fmt: skip
WIDTHS = (1200, 360)


@pytest.fixture(scope="module", params=[(*page, width) for page in PAGES for width in WIDTHS], ids=lambda one: "-".join(map(str, one)))  # fmt: skip
def opened(request, chromium, sites):
    audience, name, width = request.param
    show(chromium, sites[audience] / f"{name}.html", width)
    return width


def show(browser, path, width=1200):
    size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    for log in ("browser", "performance"):
        browser.get_log(log)
    browser.get(path.as_uri())


def test_axe_finds_nothing(chromium, opened):
    chromium.execute_script(AXE)
    passes, found = chromium.execute_async_script(
        "const done = arguments[0]; axe.run().then(r => done([r.passes.length, r.violations.map(v => [v.impact, v.id, v.nodes[0].html])]))"
    )
    assert passes > 15, "axe did not run"
    assert not found


def test_tables_scroll_and_the_page_does_not(chromium, opened):
    assert chromium.execute_script("return document.documentElement.scrollWidth") <= opened


def test_only_the_page_itself_is_loaded(chromium, sites):
    path = sites["restricted"] / "index.html"
    show(chromium, path)
    events = [json.loads(entry["message"])["message"] for entry in chromium.get_log("performance")]
    asked = [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]
    assert asked == [path.as_uri()]
    assert not chromium.get_log("browser")


def test_the_search_finds_tables_columns_and_terms(chromium, sites):
    show(chromium, sites["restricted"] / "index.html")
    for sought, wanted in (
        ("turnover", "district_staffing.teacher_turnover_rate"),
        ("operating budget", "operating_budget"),
        ("CWIFT", "CWIFT"),
        ("cur_f33", "cur_f33"),
        (
            "federal share",
            "What share of each school's spending is federal money, at the site and with its share of central cost?",
        ),
        ("inflation", "inflation"),
        ("real per pupil", "district_spending.real_current_expenditure_per_pupil"),
    ):
        chromium.execute_script("const i = document.getElementById('sought'); i.value = arguments[0]; i.dispatchEvent(new Event('input'))", sought)  # fmt: skip
        found = chromium.execute_script("return [...document.querySelectorAll('#found a')].map(a => a.textContent)")
        assert wanted in found[:10], (sought, found[:10])
    assert chromium.execute_script("return document.getElementById('told').textContent").endswith("found.")


def test_without_scripts_the_tables_are_listed_and_no_dead_search_stands(chromium, sites):
    from selenium.webdriver.common.by import By

    chromium.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        chromium.get((sites["public"] / "index.html").as_uri())
        assert not chromium.find_element(By.ID, "search").is_displayed()
        assert chromium.find_element(By.LINK_TEXT, "district_spending").is_displayed()
    finally:
        chromium.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_the_first_stop_of_the_keyboard_skips_to_the_content(chromium, sites):
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    show(chromium, sites["restricted"] / "table-f33.html")
    ActionChains(chromium).send_keys(Keys.TAB).send_keys(Keys.ENTER).perform()
    assert chromium.execute_script("return document.activeElement.id") == "content"


def test_a_table_prints_whole(chromium, sites, tmp_path):
    import shutil

    if not (pdftotext := shutil.which("pdftotext")):
        pytest.skip("there is no pdftotext (apt-get install poppler-utils)")
    show(chromium, sites["restricted"] / "table-district_per_pupil.html")
    printed = chromium.execute_cdp_cmd("Page.printToPDF", {"printBackground": False})
    (tmp_path / "page.pdf").write_bytes(base64.b64decode(printed["data"]))
    done = subprocess.run(
        [pdftotext, "-layout", tmp_path / "page.pdf", "-"], capture_output=True, text=True, check=True
    )
    assert "Skip to" not in done.stdout and "Columns A to Z" not in done.stdout
    assert "publication_year" in done.stdout and "case {numerator_def_id}" in done.stdout, (
        "what is folded is not printed"
    )
