"""The site as a person meets it: opened from a disk with the network off, on any width, in both themes, on paper."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

import sim
from sim.desk.site import INDEX, SOURCES, site
from sim.report.numbers import compact

Look = Callable[..., Any]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of three texts of two libraries."""
    names = ["istanbul", "us_28_points_2025", "austria_1955/state_treaty_1955"]
    out = tmp_path_factory.mktemp("sites") / "out"
    site(sim.load_all(names, draws=2048), names, out)
    return out


@pytest.fixture
def look(browser: Any, folder: Path) -> Look:
    """Opens a page of the site, and gives the browser."""

    def opened(name: str, width: int = 1280, dark: bool = False) -> Any:
        screen = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": scheme})
        browser.get("about:blank")
        browser.get_log("browser")
        browser.get((folder / name).as_uri())
        return browser

    return opened


@pytest.mark.parametrize("name", [INDEX, SOURCES])
def test_it_asks_for_nothing(name: str, look: Look) -> None:
    browser = look(name)
    assert browser.execute_script("return performance.getEntriesByType('resource').length") == 0
    assert [entry["message"] for entry in browser.get_log("browser")] == []


def test_a_report_says_what_the_index_says(look: Look) -> None:
    browser = look(INDEX)
    [row] = [r for r in browser.find_elements(By.CSS_SELECTOR, "tbody tr") if "Istanbul" in r.text]
    cells = [figure.text for figure in row.find_elements(By.CSS_SELECTOR, "td b")]
    row.find_element(By.TAG_NAME, "a").click()
    WebDriverWait(browser, 60).until(lambda _: browser.execute_script("return document.body.dataset.ready"))
    counts = browser.execute_script(
        "const a = page.desk.answer(page.draft.terms);"
        "return [a.joint, ...a.parties.filter((_, i) => !page.pack.parties[i].silent).map(p => p.decided)]"
        ".map(n => n / a.draws)"
    )
    assert cells == [compact(share) for share in counts]
    browser.find_element(By.LINK_TEXT, "All texts").click()
    assert browser.current_url.endswith(INDEX)
    browser.find_element(By.LINK_TEXT, "Sources").click()
    assert browser.current_url.endswith(SOURCES)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [390, 768, 1280])
@pytest.mark.parametrize("name", [INDEX, SOURCES])
def test_nothing_runs_out_of_the_page(name: str, width: int, dark: bool, look: Look) -> None:
    browser = look(name, width, dark)
    assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("paper", [(8.27, 11.69), (8.5, 11)])
def test_it_prints(paper: tuple[float, float], look: Look) -> None:
    sheet = {"paperWidth": paper[0], "paperHeight": paper[1], "preferCSSPageSize": True, "printBackground": True}
    pdf = base64.b64decode(look(INDEX).execute_cdp_cmd("Page.printToPDF", sheet)["data"])
    assert pdf.startswith(b"%PDF")
    assert len(pdf) > 20_000


@pytest.mark.parametrize("name", [INDEX, SOURCES])
def test_axe_finds_nothing_serious(name: str, look: Look) -> None:
    axe = os.environ.get("AXE")
    if axe is None:
        pytest.skip("AXE NAMES NO axe.min.js: accessibility is not tested")
    source = Path(axe).read_text(encoding="utf-8")
    for width, dark in ((390, False), (1280, True)):
        browser = look(name, width, dark)
        browser.execute_script(source)
        answer = browser.execute_async_script("axe.run().then(arguments[0], e => arguments[0](String(e)))")
        serious = [v for v in answer["violations"] if v["impact"] in ("serious", "critical")]
        assert not serious, [(v["id"], [n["html"][:120] for n in v["nodes"][:3]]) for v in serious]
