"""A Chromium of the machine's own, without a network. Run with tests/browser named; needs selenium and chromium."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.desk.page import report
from sim.desk.texts import same_positions

webdriver = pytest.importorskip("selenium.webdriver", reason="SELENIUM IS NOT INSTALLED: no page is opened")


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The browser; downloads go into a folder ``downloads`` that it carries."""
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if program is None or driver is None:
        pytest.skip("CHROMIUM OR CHROMEDRIVER IS NOT INSTALLED: no page is opened")
    downloads = tmp_path_factory.mktemp("downloads")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    switches = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--lang=en")
    for switch in (*switches, "--host-resolver-rules=MAP * ~NOTFOUND"):
        options.add_argument(switch)
    options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    from selenium.webdriver.chrome.service import Service

    browser = webdriver.Chrome(options=options, service=Service(driver))
    browser.set_script_timeout(120)
    browser.downloads = downloads
    yield browser
    browser.quit()


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Writes the report of a text, once a text."""
    folder, files = tmp_path_factory.mktemp("reports"), {}

    def written(name: str, **options: Any) -> Path:
        key = f"{name} {options}"
        if key not in files:
            loaded = sim.load(name, draws=2048)
            files[key] = folder / f"{loaded.scenario.id}{len(files)}.html"
            files[key].write_text(report(loaded, name, same_positions(loaded), **options), encoding="utf-8")
        return files[key]

    return written
