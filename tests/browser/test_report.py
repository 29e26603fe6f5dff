"""The report as a person meets it: opened from a disk with the network off, switched, linked, printed."""

from __future__ import annotations

import base64
import json
import os
import shlex
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.desk.page import report
from tests import small

Page = Callable[..., Path]


class Visitor:
    """Somebody in front of the page."""

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

    def after(self, act: Callable[[], object]) -> Visitor:
        """Do something that changes the draft, and wait for the answer."""
        before = self.rounds
        act()
        return self.wait(before + 1)

    def click(self, selector: str) -> None:
        element = self.browser.find_element(By.CSS_SELECTOR, selector)
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


@pytest.fixture
def visitor(chromium: Any) -> Visitor:
    return Visitor(chromium)


def test_it_opens_from_a_disk_and_asks_for_nothing(visitor: Visitor, page: Page) -> None:
    visitor.open(page("istanbul").as_uri())
    assert "Ukrainian public" in visitor.text("headline")
    assert visitor.script("return performance.getEntriesByType('resource').length") == 0
    assert visitor.complaints() == []


def test_the_first_answer_is_that_of_sim_run(visitor: Visitor, page: Page) -> None:
    visitor.open(page("istanbul").as_uri())
    [result] = sim.score(sim.load("istanbul", draws=2048))
    counts = visitor.script(
        "const a = page.desk.answer(page.draft.terms); return [a.joint, ...a.parties.map(p => p.decided)]"
    )
    assert result.joint_acceptability is not None
    shares = [result.joint_acceptability, *(p.acceptability for p in result.parties)]
    assert counts == [round(share.estimate * 2048) for share in shares]


def test_a_switch_answers_and_can_be_taken_back(visitor: Visitor, page: Page) -> None:
    visitor.open(page("istanbul").as_uri())
    before = visitor.text("headline")
    visitor.switch("alignment", "nato_membership")
    assert "Russia" in visitor.text("headline")
    assert "Place towards NATO" in visitor.text("changes")
    assert "permanent neutrality → NATO membership" in visitor.text("changes")
    visitor.after(lambda: visitor.click("#undo"))
    assert visitor.text("headline") == before
    visitor.after(lambda: visitor.click("#redo"))
    assert "Russia" in visitor.text("headline")
    visitor.after(lambda: visitor.click("#reset"))
    assert visitor.text("headline") == before


def test_what_is_violated_stands_at_its_issue(visitor: Visitor, page: Page) -> None:
    visitor.open(page("istanbul").as_uri())
    visitor.switch("alignment", "nato_membership")
    rules = visitor.script("return page.desk.answer(page.draft.terms).violated")
    assert rules
    assert all(rule in visitor.text("violated") for rule in rules)
    assert visitor.text("broken-alignment")


def test_the_best_single_change_is_one_click_away(visitor: Visitor, page: Page) -> None:
    visitor.open(page("istanbul").as_uri())
    joint = "return page.desk.answer(page.draft.terms).joint"
    before = visitor.script(joint)
    visitor.after(lambda: visitor.click("#best button"))
    assert visitor.script(joint) > before


def test_another_text_in_its_place(visitor: Visitor, page: Page) -> None:
    visitor.open(page("istanbul").as_uri())
    presets = Select(visitor.browser.find_element(By.ID, "presets"))
    assert len(presets.options) == 2
    visitor.after(lambda: presets.select_by_index(1))
    shares = visitor.script("const a = page.desk.answer(page.draft.terms); return a.parties.map(p => p.decided)")
    [result] = sim.score(sim.load("istanbul_article_5", draws=2048))
    assert shares == [round(p.acceptability.estimate * 2048) for p in result.parties]


def test_a_link_brings_the_draft_back(visitor: Visitor, page: Page) -> None:
    visitor.open(page("istanbul").as_uri())
    visitor.switch("donbas", "autonomy")
    visitor.click("#issue-alignment .evidence")
    choice = Select(visitor.browser.find_element(By.CSS_SELECTOR, "#dialog select"))
    visitor.after(lambda: choice.select_by_value("minor"))
    visitor.click("#dialog-close")
    address, bars, changes = visitor.browser.current_url, visitor.text("bars"), visitor.text("changes")
    visitor.open(address)
    assert (visitor.text("bars"), visitor.text("changes")) == (bars, changes)
    assert visitor.text("troubles") == ""


@pytest.mark.parametrize(
    ("link", "trouble"),
    [
        ("#donbas=nowhere", "'nowhere'"),
        ("#dombas=autonomy", "dombas=autonomy"),
        ("#russia.alignment=heavy", "russia.alignment=heavy"),
        ("#donbas=autonomy&pack=0123456789ab", "other positions or draws"),
    ],
)
def test_a_link_that_does_not_fit_is_told(link: str, trouble: str, visitor: Visitor, page: Page) -> None:
    visitor.open(page("istanbul").as_uri() + link)
    assert trouble in visitor.text("troubles")


def test_the_command_that_is_copied_gives_the_same_figures(visitor: Visitor, page: Page) -> None:
    visitor.open(page("istanbul").as_uri())
    visitor.switch("sanctions", "phased_relief")
    visitor.click("#issue-fighting .evidence")
    choice = Select(visitor.browser.find_element(By.CSS_SELECTOR, "#dialog [data-party=us] select"))
    visitor.after(lambda: choice.select_by_value("minor"))
    visitor.click("#dialog-close")
    visitor.click("#copy-command")
    command = visitor.browser.find_element(By.ID, "copied").get_attribute("value")
    words = shlex.split(command)
    assert words[:2] == ["sim", "run"]
    done = CliRunner().invoke(app, [*words[1:], "--no-save", "--format", "json"])
    assert done.exit_code == 0, done.output
    [result] = json.loads(done.stdout)["results"] if "results" in json.loads(done.stdout) else [json.loads(done.stdout)]
    shares = visitor.script(
        "const a = page.desk.answer(page.draft.terms); return a.parties.map(p => p.decided / a.draws)"
    )
    assert shares == [p["acceptability"]["estimate"] for p in result["parties"]]


def test_edits_are_saved_as_a_file_that_sim_takes(visitor: Visitor, page: Page) -> None:
    visitor.open(page("istanbul").as_uri())
    visitor.switch("donbas", "autonomy")
    visitor.click("#save-edits")
    file = visitor.browser.downloads / "istanbul_edits.yaml"
    for _ in range(50):
        if file.exists():
            break
        time.sleep(0.1)
    done = CliRunner().invoke(app, ["run", "istanbul", "--with", str(file), "--no-save", "--draws", "100"])
    assert done.exit_code == 0, done.output


def test_it_works_by_keyboard_alone(visitor: Visitor, page: Page) -> None:
    visitor.open(page("istanbul").as_uri())
    before = visitor.text("changes")
    for _ in range(40):
        visitor.browser.switch_to.active_element.send_keys(Keys.TAB)
        if visitor.script("return document.activeElement.name") == "issue-1":
            break
    assert visitor.script("return document.activeElement.name") == "issue-1"
    assert visitor.script("return getComputedStyle(document.activeElement).outlineStyle") == "solid"
    visitor.after(lambda: visitor.browser.switch_to.active_element.send_keys(Keys.ARROW_UP))
    assert visitor.text("changes") != before
    visitor.script("document.querySelector('#issue-alignment .evidence').focus()")
    visitor.browser.switch_to.active_element.send_keys(Keys.ENTER)
    assert visitor.script("return document.getElementById('dialog').open")
    visitor.browser.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert not visitor.script("return document.getElementById('dialog').open")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [390, 768, 1280])
def test_nothing_runs_out_of_the_page(width: int, dark: bool, visitor: Visitor, page: Page) -> None:
    visitor.open(page("us_28_points_2025").as_uri(), width, 844, dark)
    assert visitor.script("return document.documentElement.scrollWidth <= innerWidth")


def test_it_prints(visitor: Visitor, page: Page) -> None:
    visitor.open(page("istanbul").as_uri())
    for paper in ((8.27, 11.69), (8.5, 11)):
        sheet = visitor.browser.execute_cdp_cmd("Page.printToPDF", {"paperWidth": paper[0], "paperHeight": paper[1]})
        pdf = base64.b64decode(sheet["data"])
        assert pdf.startswith(b"%PDF")
        assert len(pdf) > 50_000


def test_markup_in_names_stays_text(visitor: Visitor, tmp_path: Path) -> None:
    marks = "<b id='bold'>Plan</b> & </script><i>x</i><!-- y"
    path = small.write(tmp_path, small.changed("deal.yaml", "title: A small deal", f'title: "{marks}"'))
    loaded = sim.load(path, draws=200)
    file = tmp_path / "marks.html"
    file.write_text(report(loaded, path.name), encoding="utf-8")
    visitor.open(file.as_uri())
    assert visitor.browser.find_element(By.TAG_NAME, "h1").text == marks
    assert visitor.script("return document.getElementById('bold')") is None
    assert visitor.complaints() == []


def test_axe_finds_nothing_serious(visitor: Visitor, page: Page) -> None:
    axe = os.environ.get("AXE")
    if axe is None:
        pytest.skip("AXE NAMES NO axe.min.js: accessibility is not tested")
    source = Path(axe).read_text(encoding="utf-8")
    for dark in (False, True):
        visitor.open(page("istanbul").as_uri(), dark=dark)
        visitor.switch("alignment", "nato_membership")
        for dialog in (False, True):
            if dialog:
                visitor.click("#issue-alignment .evidence")
            # The page's own policy allows no script but its own; the driver's is evaluated outside of it.
            visitor.script(source)
            answer = visitor.browser.execute_async_script("axe.run().then(arguments[0], e => arguments[0](String(e)))")
            serious = [v for v in answer["violations"] if v["impact"] in ("serious", "critical")]
            assert not serious, [(v["id"], [n["html"][:120] for n in v["nodes"][:3]]) for v in serious]
