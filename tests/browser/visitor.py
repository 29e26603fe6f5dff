"""Somebody in front of a page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait


def chromium(program: str, driver: str, downloads: Path) -> Any:
    """A Chromium without a network but its own machine's; downloads go into a folder that it has as ``downloads``."""
    options = webdriver.ChromeOptions()
    options.binary_location = program
    switches = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--lang=en")
    for switch in (*switches, "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"):
        options.add_argument(switch)
    options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser: Any = webdriver.Chrome(options=options, service=Service(driver))
    browser.set_script_timeout(120)
    browser.downloads = downloads
    return browser


class Visitor:
    """Opens pages in a browser, does what a mouse does, and reads what stands there."""

    def __init__(self, browser: Any) -> None:
        self.browser = browser

    def open(self, address: str, width: int = 1280, height: int = 1000, dark: bool = False) -> Visitor:
        self.size(width, height)
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": scheme})
        self.browser.get("about:blank")
        self.browser.get_log("browser")
        self.browser.get(address)
        return self.wait()

    def size(self, width: int, height: int) -> None:
        screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)

    def script(self, code: str, *arguments: object) -> Any:
        return self.browser.execute_script(code, *arguments)

    @property
    def rounds(self) -> int:
        return int(self.script("return document.body.dataset.ready ?? 0"))

    def wait(self, rounds: int = 1) -> Visitor:
        WebDriverWait(self.browser, 60).until(lambda _: self.rounds >= rounds)
        return self

    def until(self, condition: Callable[[], object], seconds: float = 90) -> None:
        """Wait for something to be so."""
        WebDriverWait(self.browser, seconds).until(lambda _: condition())

    def after(self, act: Callable[[], object]) -> Visitor:
        """Do something that changes the draft, and wait for the answer."""
        before = self.rounds
        act()
        return self.wait(before + 1)

    def click(self, selector: str) -> None:
        element = self.browser.find_element(By.CSS_SELECTOR, selector)
        self.script("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()

    def click_text(self, words: str) -> None:
        """Click the first button or link in sight that has these words."""
        find = (
            "return [...document.querySelectorAll('button, a, summary')]"
            ".find(x => x.checkVisibility() && x.textContent.includes(arguments[0]))"
        )
        element = WebDriverWait(self.browser, 20).until(lambda _: self.script(find, words))
        self.script("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()

    def switch(self, issue: str, option: str) -> Visitor:
        """Choose an option by its place in the page, as a mouse does."""
        pack = self.script(
            "return [page.pack.issues.map(i => i.id), page.pack.issues.map(i => i.options.map(o => o.id))]"
        )
        j = pack[0].index(issue)
        k = -1 if option == "open" else pack[1][j].index(option)
        return self.after(lambda: self.click(f"label[for='term-{j}-{k}']"))

    def text(self, id: str) -> str:
        return str(self.browser.find_element(By.ID, id).text)

    def complaints(self) -> list[str]:
        return [entry["message"] for entry in self.browser.get_log("browser")]

    def importance(self, party: str, issue: str, importance: str) -> Visitor:
        """Try another importance of an issue to a party, in the dialog that says who holds what."""
        self.click(f"#issue-{issue} .evidence")
        choice = Select(self.browser.find_element(By.CSS_SELECTOR, f"#dialog [data-party={party}] select"))
        self.after(lambda: choice.select_by_value(importance))
        self.click("#dialog-close")
        return self

    def answer(self) -> dict[str, Any]:
        """What the page's engine says of the draft."""
        answer: dict[str, Any] = self.script("return page.desk.answer(page.draft.terms)")
        return answer

    def shares(self) -> list[float]:
        """By party, the share of draws in which it accepts the draft; of an alliance with its members."""
        answer = self.answer()
        return [party["decided"] / answer["draws"] for party in answer["parties"]]

    def file(self, selector: str) -> Path:
        """The file of YAML that a button downloads."""
        before = set(self.browser.downloads.glob("*.yaml"))
        self.click(selector)
        WebDriverWait(self.browser, 10).until(lambda _: set(self.browser.downloads.glob("*.yaml")) - before)
        [path] = set(self.browser.downloads.glob("*.yaml")) - before
        return path
