"""What stands below the desk: links that put a text into it, and documents to save."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

import sim
from tests.browser.visitor import Visitor

Page = Callable[..., Path]


@pytest.fixture(scope="session")
def several(page: Page) -> Path:
    """A report of three texts, of which one other is judged by the same positions."""
    return page("istanbul", compared=[sim.load(x, draws=2048) for x in ("istanbul_article_5", "membership")])


def shares(visitor: Visitor) -> list[float]:
    """Of all together and of each party, as the desk counts them."""
    return list(
        visitor.script(
            "const a = page.desk.answer(page.draft.terms); return [a.joint, ...a.parties.map(p => p.decided)]"
            ".map(count => count / page.pack.draws)"
        )
    )


def test_an_amendment_is_tried_in_the_desk(visitor: Visitor, several: Path) -> None:
    visitor.open(several.as_uri())
    amendments = sim.amend(sim.load("istanbul", draws=2048))
    links = visitor.browser.find_elements(By.CSS_SELECTOR, "section[aria-labelledby=amendments-title] a.try")
    tried = [a for size in amendments.sizes for a in size.amendments[:3]]
    assert len(links) == len(tried) + 1
    steps: list[str] = []
    for link, amendment in zip(links, tried, strict=False):
        visitor.after(lambda link=link: link.send_keys(Keys.ENTER))
        joint, *parties = shares(visitor)
        assert joint == pytest.approx(amendment.joint_acceptability.estimate, abs=1e-9)
        mine = {p.id: p.acceptability.estimate for p in amendment.parties}
        ids = visitor.script("return page.pack.parties.map(p => p.id)")
        for id, share in zip(ids, parties, strict=True):
            assert share == pytest.approx(mine.get(id, share), abs=1e-9)
        assert visitor.text("troubles") == ""
        assert len(visitor.browser.find_elements(By.CSS_SELECTOR, "#changes li")) == len(amendment.changes)
        # Whoever follows the link sees the desk.
        assert visitor.script("return document.querySelector('.desk').getBoundingClientRect().top") < 50
        assert visitor.script("return document.activeElement.id") == "headline"
        steps.append(visitor.text("changes"))
    # A link is a step like any other.
    visitor.after(lambda: visitor.click("#undo"))
    assert visitor.text("changes") == steps[-2] != steps[-1]


def test_a_text_beside_is_tried_in_the_desk(visitor: Visitor, several: Path) -> None:
    visitor.open(several.as_uri())
    links = visitor.browser.find_elements(By.CSS_SELECTOR, ".heat a.try")
    assert len(links) == 1
    visitor.after(lambda: links[0].send_keys(Keys.ENTER))
    [result] = sim.score(sim.load("istanbul_article_5", draws=2048))
    assert shares(visitor)[1:] == pytest.approx([p.acceptability.estimate for p in result.parties], abs=1e-9)


def saved(visitor: Visitor, file: str) -> str:
    path = Path(visitor.browser.downloads) / file
    visitor.click(f"button[data-file='{file}']")
    for _ in range(100):
        if path.exists() and path.stat().st_size:
            return path.read_text(encoding="utf-8")
        time.sleep(0.1)
    raise AssertionError(f"{file} was not saved")


def test_documents_are_saved(visitor: Visitor, several: Path) -> None:
    visitor.open(several.as_uri())
    [result] = sim.score(sim.load("istanbul", draws=2048))
    assert saved(visitor, "istanbul_result.json") == f"{result.to_json()}\n"
    levers = json.loads(saved(visitor, "istanbul_levers.json"))
    assert levers["schema"] == "sim.levers/1"
    assert levers["joint"]["estimate"] == pytest.approx(shares(visitor)[0], abs=1e-9)
    comparison = json.loads(saved(visitor, "istanbul_comparison.json"))
    assert {row["name"] for row in comparison["rows"]} == {"istanbul", "istanbul_article_5", "membership"}
    assert json.loads(saved(visitor, "istanbul_pack.json")) == visitor.script("return page.pack")
    assert visitor.complaints() == []


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [390, 768, 1280])
def test_texts_side_by_side_stay_in_the_page(width: int, dark: bool, visitor: Visitor, several: Path) -> None:
    visitor.open(several.as_uri(), width, 844, dark)
    assert visitor.script("return document.documentElement.scrollWidth <= innerWidth")
    box = visitor.script(
        "const b = document.querySelector('.heat'); return [b.clientWidth, b.parentElement.clientWidth]"
    )
    assert box[0] <= box[1] + 1


def test_without_scripts_the_commands_stand_there(visitor: Visitor, several: Path) -> None:
    visitor.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        visitor.browser.get(several.as_uri())
        section = visitor.browser.find_element(By.CSS_SELECTOR, "section[aria-labelledby=data-title]")
        assert "without them the commands print the same" in section.text
        assert "sim amend istanbul" in section.text
        assert not [b for b in section.find_elements(By.TAG_NAME, "button") if b.is_displayed()]
    finally:
        visitor.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_axe_finds_nothing_serious_in_the_sections(visitor: Visitor, several: Path) -> None:
    axe = os.environ.get("AXE")
    if axe is None:
        pytest.skip("AXE NAMES NO axe.min.js: accessibility is not tested")
    for width, dark in ((1280, False), (1280, True), (390, False)):
        visitor.open(several.as_uri(), width, dark=dark)
        visitor.script("for (const part of document.querySelectorAll('details')) part.open = true")
        visitor.script(Path(axe).read_text(encoding="utf-8"))
        answer = visitor.browser.execute_async_script("axe.run().then(arguments[0], e => arguments[0](String(e)))")
        serious = [v for v in answer["violations"] if v["impact"] in ("serious", "critical")]
        assert not serious, [(v["id"], [n["html"][:120] for n in v["nodes"][:3]]) for v in serious]
