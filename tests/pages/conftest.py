"""Puts this folder on the path, and gives its tests pages on disk and a browser that has no network.

The browser is Debian's Chromium, driven by its own chromedriver. Without them its tests are skipped, unless EDFIN_REQUIRE_CHROMIUM=1
makes that a failure. Network is off three times: no host has an address, the proxy does not exist, and the page is told it is offline.
"""

import os
import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--proxy-server=127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>", "--host-resolver-rules=MAP * ~NOTFOUND",
)  # fmt: skip


@pytest.fixture(scope="session")
def pages(tmp_path_factory):
    """The folders of all pages: the districts' own, and the public ones."""
    from small_marts import small_marts

    from publish.pages.page_files import write_pages

    folders = {}
    for audience in ("restricted", "public"):
        folders[audience] = tmp_path_factory.mktemp(audience)
        list(write_pages(small_marts(is_public=audience == "public"), folders[audience], audience=audience))
    return folders


@pytest.fixture(scope="session")
def chromium(tmp_path_factory):
    """One browser for all tests, without a network."""
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not program or not driver:
        _without_chromium("there is no chromium with chromedriver (apt-get install chromium chromium-driver)")
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = program
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = webdriver.Chrome(options=options, service=Service(driver))
    browser.set_script_timeout(60)
    browser.execute_cdp_cmd("Network.enable", {})
    browser.execute_cdp_cmd("Network.emulateNetworkConditions", {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0})  # fmt: skip
    yield browser
    browser.quit()


@pytest.fixture(scope="session")
def pdftotext():
    """The program that reads what was printed."""
    return shutil.which("pdftotext") or _without_chromium("there is no pdftotext (apt-get install poppler-utils)")


def _without_chromium(why: str) -> None:
    if os.environ.get("EDFIN_REQUIRE_CHROMIUM") == "1":
        pytest.fail(f"EDFIN_REQUIRE_CHROMIUM=1, but {why}")
    pytest.skip(why)
