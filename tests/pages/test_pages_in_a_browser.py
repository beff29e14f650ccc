"""Pages as people open them: from disk, without a network, wide and as a phone, by keyboard, without scripts, on paper.

Belongs here: what only a browser can tell. Does not belong here: what a page says (`test_page_content`).
"""

import base64
import json
import re
import subprocess
import time
from pathlib import Path

import pytest

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text("utf-8")
PAGES = (
    ("restricted", "0001"), ("restricted", "0002"), ("restricted", "0003"), ("public", "0001"), ("public", "0002"),
)  # fmt: skip
WIDTHS = (1200, 360, 320)
"""A desk, a phone, and a desk's page enlarged four times, as people with low vision read it."""


@pytest.fixture(
    scope="module",
    params=[(*page, width) for page in PAGES for width in WIDTHS],
    ids=lambda each: "-".join(map(str, each)),
)
def opened(request, chromium, pages):
    """A page on disk, opened at a width: its path and the width."""
    audience, lea_id, width = request.param
    path = pages[audience] / f"lea-{lea_id}.html"
    show(chromium, path, width)
    return path, width


def show(browser, path, width=1200):
    """Open a page and wait until it has drawn."""
    size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    for log in ("browser", "performance"):
        browser.get_log(log)
    browser.get(path.as_uri())
    for _ in range(200):
        if browser.execute_script("return document.documentElement.dataset.drawn"):
            return
        time.sleep(0.05)
    pytest.fail(f"{path.name} has not drawn: {browser.get_log('browser')}")


def requests_of(browser):
    """What the page has asked for since it was opened."""
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    return [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]


def test_there_is_no_network(chromium):
    from selenium.common.exceptions import WebDriverException

    with pytest.raises(WebDriverException, match="ERR_"):
        chromium.get("http://pages.invalid/")


def test_every_picture_is_drawn_from_disk_and_nothing_else_is_loaded(chromium, opened):
    path, _ = opened
    pictures = chromium.execute_script(
        "return [...document.querySelectorAll('.picture')].map(p => [p.dataset.drawn, p.querySelectorAll('svg path').length])"
    )
    assert bool(pictures) == (path.name != "lea-0003.html")
    assert all(drawn == "yes" and marks for drawn, marks in pictures)
    asked = requests_of(chromium)
    assert all(url.startswith("file:///") for url in asked)
    assert {Path(url).name for url in asked} == {
        path.name,
        "vega.min.js",
        "vega-lite.min.js",
        "vega-embed.min.js",
        "draw.js",
    }
    assert not chromium.get_log("browser")


def test_axe_finds_nothing(chromium, opened):
    chromium.execute_script(AXE)
    passes, found = chromium.execute_async_script(
        "const done = arguments[0]; axe.run().then(r => done([r.passes.length, r.violations.map(v => [v.impact, v.id, v.nodes[0].html])]))"
    )
    assert passes > 15, "axe did not run"
    assert not found


def test_tables_scroll_and_the_page_does_not(chromium, opened):
    _, width = opened
    assert chromium.execute_script("return document.documentElement.scrollWidth") <= width
    overhanging = "return [...document.querySelectorAll('.picture svg')].filter(s => s.getBoundingClientRect().right > innerWidth).length"
    assert chromium.execute_script(overhanging) == 0


def test_names_that_mean_harm_do_nothing(chromium, pages):
    show(chromium, pages["public"] / "lea-0001.html")
    counts = chromium.execute_script("return [document.images.length, document.scripts.length, document.title]")
    pictures = chromium.execute_script("return document.querySelectorAll('.picture').length")
    assert counts[0] == 0 and counts[1] == pictures + 4
    assert counts[2].startswith('<script>alert("x")</script></title>')
    assert "<img src=x" in chromium.execute_script("return document.querySelector('#schools-picture svg').textContent")


def test_the_data_can_be_taken_away_without_a_network(chromium, pages, tmp_path):
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    show(chromium, pages["public"] / "lea-0001.html")
    chromium.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    for link in chromium.find_elements(By.CSS_SELECTOR, "#pupils .data a"):
        link.send_keys(Keys.ENTER)
    wanted = {"0001-pupils.csv", "0001-pupils.json"}
    for _ in range(100):
        if wanted <= {path.name for path in tmp_path.iterdir()}:
            break
        time.sleep(0.05)
    assert (tmp_path / "0001-pupils.csv").read_text("utf-8-sig").startswith("lea_id,fiscal_year,fall_membership_count")
    assert len(json.loads((tmp_path / "0001-pupils.json").read_text("utf-8"))["rows"]) == 6


def test_the_page_forbids_text_to_be_run_as_code(chromium, pages):
    show(chromium, pages["public"] / "lea-0001.html")
    said = chromium.execute_script(
        "const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s); return window.ran || 'refused'"
    )
    assert said == "refused"


def test_the_keyboard_reaches_everything_in_order_and_shows_where_it_is(chromium, pages):
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    show(chromium, pages["public"] / "lea-0002.html")
    wanted = chromium.execute_script("return document.querySelectorAll('a[href], summary, .scroll').length")
    reached, outlined = [], True
    for _ in range(wanted):
        ActionChains(chromium).send_keys(Keys.TAB).perform()
        place, is_outlined = chromium.execute_script(
            "const e = document.activeElement; return [[...document.querySelectorAll('*')].indexOf(e), getComputedStyle(e).outlineStyle == 'solid']"
        )
        reached.append(place)
        outlined = outlined and is_outlined
    assert len(set(reached)) == wanted and reached == sorted(reached)
    assert outlined, "focus cannot be seen"


def test_the_first_stop_skips_to_the_figures(chromium, pages):
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    show(chromium, pages["public"] / "lea-0001.html")
    ActionChains(chromium).send_keys(Keys.TAB).send_keys(Keys.ENTER).perform()
    assert chromium.execute_script("return document.activeElement.id") == "content"


def test_a_screen_reader_hears_each_picture_as_one_image_with_its_sentence(chromium, pages):
    show(chromium, pages["public"] / "lea-0001.html")
    nodes = chromium.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    images = [
        node["name"]["value"] for node in nodes if node.get("role", {}).get("value") == "image" and not node["ignored"]
    ]
    pictures = chromium.execute_script("return document.querySelectorAll('.picture').length")
    assert len(images) == pictures
    assert any("Of $100 spent in FY2025, $88 (87.5%) ran the schools" in name for name in images)


def test_without_scripts_the_tables_stand_alone(chromium, pages):
    chromium.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        chromium.get((pages["public"] / "lea-0001.html").as_uri())
        from selenium.webdriver.common.by import By

        assert all(not picture.is_displayed() for picture in chromium.find_elements(By.CLASS_NAME, "picture"))
        tables = chromium.find_elements(By.TAG_NAME, "table")
        assert tables and all(table.is_displayed() for table in tables)
        assert "does not run here" in chromium.find_element(By.TAG_NAME, "noscript").text
    finally:
        chromium.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_on_paper_folded_tables_are_open_and_no_picture_is_cut(chromium, pages, pdftotext, tmp_path):
    show(chromium, pages["public"] / "lea-0001.html")
    chromium.execute_script("document.querySelectorAll('details').forEach(d => { d.open = false })")
    printed = chromium.execute_cdp_cmd("Page.printToPDF", {"printBackground": False})
    (tmp_path / "page.pdf").write_bytes(base64.b64decode(printed["data"]))
    done = subprocess.run(
        [pdftotext, "-layout", tmp_path / "page.pdf", "-"], capture_output=True, text=True, check=True
    )
    sheets = done.stdout.split("\f")
    assert any(re.search(r"FY2025 +12\.3% +not known until next year's", sheet) for sheet in sheets), (
        "a table is folded"
    )
    assert not re.search(r"Data as CSV|Skip to", done.stdout)
    titles = chromium.execute_script(
        "return [...document.querySelectorAll('.told:has(.picture) h3')].map(h => h.textContent)"
    )
    sentences = chromium.execute_script(
        "return [...document.querySelectorAll('.told:has(.picture) .sentence')].map(h => h.textContent)"
    )
    packed = [re.sub(r"\W+", "", sheet) for sheet in sheets]
    for title, sentence in zip(titles, sentences, strict=True):
        parts = [re.sub(r"\W+", "", text)[:40] for text in (title, sentence)]
        assert any(all(part in sheet for part in parts) for sheet in packed), f"{title!r} is cut from its sentence"
