"""The served page as a person meets it: what parties want changed, by pointer and keyboard, beside every text."""

from __future__ import annotations

import csv
import os
import re
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

import sim
from tests.browser.clicks import clicks
from tests.browser.serving import Serving
from tests.browser.visitor import Visitor


def edits(visitor: Visitor) -> dict[str, str]:
    """What the draft changes of what parties want."""
    edits: dict[str, str] = visitor.script("return page.draft.edits")
    return edits


def agrees(visitor: Visitor, name: str = "istanbul", **options: Any) -> None:
    """That the page counts what the engine does of the same edits."""
    edits = visitor.script("return page.documents.edits(page.draft)")
    [result] = sim.score([sim.edited(sim.load(name, draws=2048, **options), edits)])
    assert visitor.shares() == [party.acceptability.estimate for party in result.parties]
    assert result.joint_acceptability is not None
    assert visitor.answer()["joint"] == round(result.joint_acceptability.estimate * 2048)


class Cell:
    """A party on an issue in the dialog of the issue."""

    def __init__(self, visitor: Visitor, party: str, issue: str) -> None:
        self.visitor, self.inside = visitor, f"#dialog [data-party={party}]"
        if not visitor.script("return document.getElementById('dialog').open"):
            visitor.click(f"#issue-{issue} .evidence")

    def find(self, selector: str) -> Any:
        return self.visitor.browser.find_element(By.CSS_SELECTOR, f"{self.inside} {selector}")

    def importance(self, word: str) -> Cell:
        self.visitor.after(lambda: Select(self.find(".cell-editor select")).select_by_value(word))
        return self

    def check(self, label: str) -> Cell:
        box = next(x for x in self.all(".line-choice") if x.text.strip().startswith(label))
        self.visitor.after(box.click)
        return self

    def all(self, selector: str) -> list[Any]:
        there: list[Any] = self.visitor.browser.find_elements(By.CSS_SELECTOR, f"{self.inside} {selector}")
        return there

    def step(self, option: str, step: str) -> Cell:
        button = next(x for x in self.all("[data-step]") if x.get_attribute("aria-label") == f"{option}: {step}")
        self.visitor.after(button.click)
        return self

    @property
    def order(self) -> list[list[str]]:
        """The options by level."""
        return [[x.text for x in level.find_elements(By.CSS_SELECTOR, ".name")] for level in self.all(".level")]

    @property
    def fault(self) -> str:
        """What stands beside a field of it that was refused."""
        return next((str(x.text) for x in self.all(".trouble") if x.text), "")


def test_it_opens_and_answers_as_sim_run_does(served: Visitor) -> None:
    agrees(served)
    assert served.complaints() == []


def test_importance_ranking_and_lines_are_edits_that_count_as_the_engine_does(served: Visitor) -> None:
    us = Cell(served, "us", "donbas").importance("minor")
    assert edits(served) == {"us.donbas.importance": "minor"}
    agrees(served)
    us.step("back to Ukraine", "down")
    agrees(served)
    us.check("Frozen line")
    assert edits(served)["us.donbas.red_lines"] == "[frozen_line]"
    agrees(served)
    assert "frozen line" in served.text("changes")
    served.click("#dialog-close")
    Cell(served, "ukraine", "alignment").check("Its stated refusal")
    assert edits(served)["ukraine.refuses.neutral_without_guarantee"] == "none"
    agrees(served)
    served.click("#dialog-close")
    served.switch("sanctions", "lifted")
    agrees(served)


def test_what_is_set_back_is_no_edit(served: Visitor) -> None:
    us = Cell(served, "us", "donbas").importance("minor").step("frozen line", "down").step("frozen line", "up")
    served.after(lambda: Select(us.find(".cell-editor select")).select_by_value(""))
    us.check("Frozen line").check("Frozen line")
    assert edits(served) == {}
    us.step("frozen line", "down")
    assert edits(served).keys() == {"us.donbas.ranking"}
    served.after(lambda: next(x for x in us.all(".back") if x.is_displayed()).click())
    assert edits(served) == {}
    agrees(served)


def test_a_ranking_is_changed_by_keys_alone(served: Visitor) -> None:
    us = Cell(served, "us", "donbas")
    first, last = ["back to Ukraine", "autonomy"], ["independent", "all to Russia", "zone without troops"]
    assert us.order == [first, ["frozen line"], last]

    def press(key: str) -> None:
        served.after(lambda: ActionChains(served.browser).send_keys(key).perform())

    served.script("arguments[0].focus()", us.find("[data-option='2'][data-step=up]"))
    press(Keys.ARROW_UP)
    assert us.order[0] == ["frozen line"]
    assert us.find("[role=status]").get_property("textContent") == "frozen line: place 1 of 3"
    assert served.script("return document.activeElement.dataset.option") == "2"
    press(Keys.ARROW_DOWN)
    press(Keys.ARROW_DOWN)
    press("=")
    assert us.order == [first, ["frozen line", *last]]
    agrees(served)
    ActionChains(served.browser).send_keys(Keys.ESCAPE).perform()
    assert not served.script("return document.getElementById('dialog').open")


def test_a_ranking_is_changed_by_dragging(served: Visitor) -> None:
    us = Cell(served, "us", "donbas")
    names = {x.text: x for x in us.all(".rank-option .name")}
    levels = us.all(".level")
    drag = ActionChains(served.browser).click_and_hold(names["frozen line"]).move_by_offset(0, 10)
    served.after(lambda: drag.move_to_element(levels[0]).release().perform())
    assert us.order[0] == ["back to Ukraine", "autonomy", "frozen line"]
    names = {x.text: x for x in us.all(".rank-option .name")}
    drag = ActionChains(served.browser).click_and_hold(names["autonomy"]).move_by_offset(0, 10)
    below = us.all(".level")[-1].size["height"] // 2 + 8
    served.after(lambda: drag.move_to_element_with_offset(us.all(".level")[-1], 0, below).release().perform())
    assert us.order[-1] == ["autonomy"]
    agrees(served)


def test_a_fault_stands_beside_the_field_and_the_draft_stays(served: Visitor) -> None:
    russia = Cell(served, "russia", "alignment")
    before = served.text("headline")
    served.script("page.setEdit('russia.alignment.importance', 'none')")
    served.until(lambda: russia.fault)
    assert "red line" in russia.fault
    assert edits(served) == {}
    assert served.text("headline") == before
    served.click("#dialog-close")
    served.click("#tab-parties")
    line = served.browser.find_element(By.ID, "edit-text")
    wrong = {
        "us.donbass.importance=minor": "did you mean donbas",
        "nonsense": "no value",
        "us.donbas.ranking=[x]": "no option x",
    }
    for words, fault in wrong.items():
        line.clear()
        line.send_keys(words + Keys.ENTER)
        served.until(lambda fault=fault: fault in served.text("edit-faults"))
    assert edits(served) == {}


def test_any_edit_by_hand(served: Visitor) -> None:
    served.click("#tab-parties")
    line = served.browser.find_element(By.ID, "edit-text")
    served.after(lambda: line.send_keys("us.no_deal.cost=0.3..0.4" + Keys.ENTER))
    assert edits(served) == {"us.no_deal.cost": "0.3..0.4"}
    agrees(served)
    line.clear()
    served.after(lambda: line.send_keys("proposal.donbas=autonomy" + Keys.ENTER))
    assert edits(served) == {"us.no_deal.cost": "0.3..0.4"}
    assert "autonomy" in served.text("changes")
    agrees(served)


def share(name: str, party: str, edits: Any, **options: Any) -> str:
    """How often a party accepts a text by some edits, as pages write it."""
    [result] = sim.score([sim.edited(sim.load(name, draws=2048, **options), edits)])
    return f"{result.party(party).acceptability.estimate:.0%}"


def rows(visitor: Visitor) -> list[str]:
    """The list of changes with what they do, once that is known."""
    visitor.until(lambda: "…" not in visitor.text("edit-list"))
    return [x.text for x in visitor.browser.find_elements(By.CSS_SELECTOR, "#edit-list > li")]


def test_a_reading_in_one_click_with_what_each_cell_does(served: Visitor) -> None:
    served.click("#tab-parties")
    served.after(lambda: served.click_text("A softer Washington"))
    agrees(served)
    draft = edits(served)
    there = rows(served)
    row = next(words for words in there if words.startswith("United States, place towards NATO"))
    assert "importance moderate" in row
    assert "red lines NATO membership" in row
    cell = {path: value for path, value in draft.items() if path.startswith("us.alignment.")}
    others = {path: value for path, value in draft.items() if path not in cell}
    read, alone, without, now = (share("istanbul", "us", x) for x in ({}, cell, others, draft))
    assert f"This alone: All together 12% → 15%; United States {read} → {alone}" in row
    assert f"United States {now} → {without}" in row.split("Without it:")[1]
    assert "do not add up" in served.text("edits-overlap")
    # what the library has already is no change, and not counted
    assert len(draft) == 28
    assert there[-1] == "2 more are as the library has it already"
    assert "26 changes" in served.text("changes")
    assert "26 changes to the United States" in served.text("state")
    softer = served.browser.find_element(By.CSS_SELECTOR, "#readings [aria-pressed=true]")
    assert "United States: the fighting, no deal, place towards NATO" in softer.get_attribute("title")
    served.after(lambda: served.click("[aria-label='Undo: United States, place towards NATO']"))
    assert edits(served) == others
    served.after(lambda: served.click("#undo"))
    served.after(lambda: served.click_text("A softer Washington"))
    assert edits(served) == {}
    served.after(lambda: served.click("#undo"))
    assert edits(served) == draft


def test_what_is_doubtful_of_an_edit_stands_in_its_row(served: Visitor) -> None:
    edit = "ukrainian_public.refuses.nothing_short_of_nato_2022=none"
    served.open(f"{served.browser.current_url}?as_of=2025-02-24#{edit}")
    served.click("#tab-parties")
    [row] = rows(served)
    served.click("#edit-list summary")
    row = served.text("edit-list")
    assert "Ukrainian public, refusals: drops its refusal 'nothing short of nato 2022'" in row
    assert "in force from 2022-03-29 until" in row
    assert "--set" not in row
    assert "warning" not in row
    assert served.text("edit-warnings") == ""


def test_edits_of_another_day_are_told(served: Visitor) -> None:
    Cell(served, "us", "alignment").importance("minor")
    served.click("#dialog-close")
    served.click("#tab-parties")
    assert "tab=parties" in served.browser.current_url
    assert served.text("other-day") == ""

    def show(day: str) -> None:
        served.script("document.getElementById('switch-day').value = arguments[0]", day)
        served.click("#switch-form button")
        served.until(lambda: f"as_of={day}" in served.browser.current_url)
        served.wait()

    show("2025-02-24")
    told = served.text("other-day")
    assert "made on the positions of 2022-03-29. On 2025-02-24 it stands in place" in told
    assert "United States, place towards NATO: importance minor (without it, on 2025-02-24: importance major)" in told
    assert "made=2022-03-29" in served.browser.current_url
    # the panel stays open
    assert served.browser.find_element(By.ID, "panel-parties").is_displayed()
    # whoever opens the link is told too, and an edit besides makes no difference
    served.open(served.browser.current_url)
    served.click("#tab-terms")
    Cell(served, "us", "donbas").importance("critical")
    served.click("#dialog-close")
    assert "These 2 changes were made on the positions of 2022-03-29" in served.text("other-day")
    served.click("#keep-edits")
    assert not served.browser.find_element(By.ID, "other-day").is_displayed()
    assert "made=2025-02-24" in served.browser.current_url
    show("2022-03-29")
    assert "made on the positions of 2025-02-24" in served.text("other-day")
    served.after(lambda: served.click("#drop-edits"))
    assert edits(served) == {}
    assert not served.browser.find_element(By.ID, "other-day").is_displayed()
    assert "made=" not in served.browser.current_url
    served.after(lambda: served.click("#undo"))
    served.click("#back-to-day")
    served.until(lambda: "as_of=2025-02-24" in served.browser.current_url)
    served.wait()
    assert not served.browser.find_element(By.ID, "other-day").is_displayed()
    assert len(edits(served)) == 2
    served.complaints()


def test_what_is_on_the_desk_and_what_it_was(served: Visitor) -> None:
    assert served.text("state") == f"{sim.load('istanbul').scenario.title} · positions of 2022-03-29"
    other = sim.load("us_28_points_2025")
    name = other.scenario.title
    served.after(lambda: Select(served.browser.find_element(By.ID, "presets")).select_by_visible_text(name))
    assert served.text("state") == f"{name} · positions of 2022-03-29"
    assert served.text("changes") == "As the text has it."
    before = served.shares()
    served.switch("donbas", "returned")
    Cell(served, "us", "donbas").importance("minor")
    served.click("#dialog-close")
    state = f"{name}, 1 term changed · 1 change to the United States · positions of 2022-03-29"
    assert served.text("state") == state
    assert f"the text started from, {name}, by the library's positions" in served.text("was-note")
    was = "return page.ofText.parties.map(party => party.decided / page.pack.draws)"
    assert served.script(was) == before
    served.click("#pin")
    served.script("arguments[0].select()", served.browser.find_element(By.ID, "pin-name"))
    ActionChains(served.browser).send_keys("Mine").perform()
    served.click("#pin-link")
    assert "name%3DMine" in served.browser.find_element(By.ID, "copied").get_property("value")
    served.click("#pin-form [type=submit]")
    assert "Pinned: Mine" in served.text("pin-note")
    served.open(served.browser.current_url)
    assert served.text("state") == state.replace(" · positions", " · pinned · positions")
    assert served.script(was) == before
    # the table and the panel measure alike
    served.click("#tab-outcomes")
    served.until(lambda: "move shares of" in served.text("outcomes-lead"))
    rows = "return page.outcomes.rows().slice(0, 1).map(row => page.outcomes.of(row.draft, true).parties)"
    for parties in served.script(rows):
        assert [(party["count"] or 0) / 2048 for party in parties if party["count"] is not None] == [
            x for x, party in zip(before, parties, strict=True) if party["count"] is not None
        ]
    served.click("#tab-terms")
    served.click_text("1 change to the United States")
    assert served.browser.find_element(By.ID, "panel-parties").is_displayed()


def test_the_page_stays_where_somebody_works(served: Visitor) -> None:
    served.click("#tab-parties")
    served.after(lambda: served.click_text("A softer Washington"))
    served.click_text("Ukrainian public")
    served.click("#party-cells details:last-child summary")
    where = "#party-cells details:last-child .cell-editor select"
    served.until(lambda where=where: served.browser.find_elements(By.CSS_SELECTOR, where))
    choice = served.browser.find_element(By.CSS_SELECTOR, where)
    served.script("arguments[0].scrollIntoView({block: 'center'}); arguments[0].focus({preventScroll: true})", choice)
    top = "return arguments[0].getBoundingClientRect().top"
    before = served.script(top, choice)
    served.after(lambda: choice.send_keys(Keys.ARROW_DOWN))
    rows(served)
    assert len(edits(served)) == 29
    assert abs(served.script(top, choice) - before) < 2


def test_a_ranking_moves_in_its_place(served: Visitor) -> None:
    """Where a person works on paper and on a phone: what stands above grows, the list and what is below it stay."""
    for width in (1280, 900):
        served.open(served.browser.current_url.split("#")[0] + "?#tab=parties", width=width)
        served.click_text("United States")
        served.click("#party-cells details:nth-child(4) summary")
        where = "#party-cells details:nth-child(4) .cell-editor"
        served.until(lambda where=where: served.browser.find_elements(By.CSS_SELECTOR, where))
        cell = served.browser.find_element(By.CSS_SELECTOR, where)

        def top(cell: Any = cell) -> float:
            return float(
                served.script("return arguments[0].querySelector('.ranking').getBoundingClientRect().top", cell)
            )

        step = next(x for x in cell.find_elements(By.CSS_SELECTOR, "[data-step=down]") if x.is_enabled())
        served.script("arguments[0].scrollIntoView({block: 'center'})", step)
        before = top()
        served.after(step.click)
        rows(served)
        assert len(edits(served)) == 1
        assert abs(top() - before) < 2, width
        served.script("document.activeElement.scrollIntoView({block: 'center'})")
        before = top()
        [back] = [x for x in cell.find_elements(By.CSS_SELECTOR, ".back") if x.is_displayed()]
        served.after(back.click)
        rows(served)
        assert edits(served) == {}
        assert abs(top() - before) < 2, width
        assert served.script("return document.activeElement.closest('.ranking') !== null")


def test_what_was_copied_goes_with_its_draft(served: Visitor) -> None:
    served.switch("sanctions", "lifted")
    served.click("#copy-link")
    served.until(lambda: "Copied" in served.text("copied-note"))
    assert served.browser.find_element(By.ID, "copied").is_displayed()
    served.click("#tab-outcomes")
    served.click("#tab-terms")
    assert served.browser.find_element(By.ID, "copied").is_displayed()
    served.after(lambda: served.click("#undo"))
    assert not served.browser.find_element(By.ID, "copied").is_displayed()
    assert served.text("copied-note") == ""


def test_a_link_is_not_lost_while_its_readings_are_on_their_way(served: Visitor) -> None:
    address = served.browser.current_url.split("#")[0] + "?#reading=dovish_us~1bt5zg7&made=2022-03-29"
    served.browser.get("about:blank")
    served.browser.execute_cdp_cmd("Network.enable", {})
    slow = {"offline": False, "latency": 1500, "downloadThroughput": -1, "uploadThroughput": -1}
    served.browser.execute_cdp_cmd("Network.emulateNetworkConditions", slow)
    try:
        served.browser.get(address)
        served.click("#tab-outcomes")
        served.click("#tab-parties")
        served.wait()
    finally:
        served.browser.execute_cdp_cmd("Network.emulateNetworkConditions", {**slow, "latency": 0})
    assert len(edits(served)) == 28
    # what the list says is of these edits, though it was open before they were there
    served.until(lambda: "All together 12% → 20%" in served.text("edits-whole"))
    agrees(served)


def test_two_readings_at_once_are_both_asked_for(served: Visitor) -> None:
    served.click("#tab-parties")
    served.until(lambda: served.browser.find_elements(By.CSS_SELECTOR, "#readings button"))
    buttons = "[...document.querySelectorAll('#readings button')]"
    served.after(lambda: served.script(f"{buttons}[0].click(); {buttons}.at(-1).click()"))
    pressed = served.script(f"return {buttons}.map(x => x.getAttribute('aria-pressed'))")
    assert (pressed[0], pressed[-1]) == ("true", "true")
    served.after(lambda: served.script(f"{buttons}[0].click(); page.setEdit('russia.donbas.importance', 'minor')"))
    assert "russia.donbas.importance" in edits(served)
    assert "us.fighting.importance" not in edits(served)


def test_an_issue_may_be_called_what_a_link_holds_besides(served: Visitor) -> None:
    served.click("#tab-parties")
    served.after(lambda: served.click_text("A softer Washington"))
    back = """
        const { issues } = page.pack, ids = issues.map(x => x.id);
        issues[0].id = 'reading'; issues[1].id = 'without'; issues[2].id = 'tab';
        const state = page.documents.state('#' + page.link());
        issues.forEach((x, j) => { x.id = ids[j]; });
        return [Object.keys(state.draft.edits).length, state.troubles];
    """
    assert served.script(back) == [28, []]


def test_readings_that_are_not_known_keep_the_link(served: Visitor, serving: Serving) -> None:
    served.script("page.documents.readings = []; page.documents.unread = 'Nobody answers.'")
    served.script("location.hash = '#reading=dovish_us~1bt5zg7'")
    served.until(lambda: "Nobody answers." in served.text("troubles"))
    assert served.browser.current_url.endswith("#reading=dovish_us~1bt5zg7")
    assert "not in this library" not in served.text("troubles")
    served.open(f"{served.browser.current_url.split('#')[0]}?#tab=nowhere&layer=all")
    assert "layer=all" in served.text("troubles")
    assert "tab=nowhere" in served.text("troubles")


def test_undo_moves_nothing_that_is_looked_at(served: Visitor) -> None:
    """The focus is beside what is looked at; what stands above that grows and shrinks by thousands of pixels."""
    served.click("#tab-parties")
    served.after(lambda: served.click_text("A softer Washington"))
    rows(served)
    last = served.browser.find_element(By.CSS_SELECTOR, "#party-cells details:last-child summary")
    served.script("arguments[0].scrollIntoView({block: 'center'})", last)
    sleep(0.3)
    top = "return arguments[0].getBoundingClientRect().top"
    before = served.script(top, last)
    for step in ("undo", "redo"):
        served.after(lambda step=step: served.script("document.getElementById(arguments[0]).click()", step))
        rows(served)
        assert abs(served.script(top, last) - before) < 2, step


def test_a_link_names_whole_readings(served: Visitor) -> None:
    served.click("#tab-parties")
    served.after(lambda: served.click_text("A softer Washington"))
    served.click("#tab-terms")
    Cell(served, "russia", "donbas").importance("minor")
    served.click("#dialog-close")
    served.click("#tab-parties")
    draft, address = edits(served), served.browser.current_url
    assert "reading=dovish_us" in address
    assert len(address) < 250
    served.click("#pin")
    address = served.browser.current_url
    served.after(lambda: served.click("#reset"))
    served.open(address)
    assert list(edits(served).items()) == list(draft.items())
    assert served.script("return page.pins[0].draft.edits") == draft
    assert served.browser.find_element(By.ID, "panel-parties").is_displayed()
    assert served.text("troubles") == ""
    agrees(served)
    # one cell otherwise, and another as it was: still by its name
    served.after(lambda: served.script("page.setEdit('us.fighting.importance', 'minor')"))
    served.after(lambda: served.script("page.setEdit('us.donbas.importance', null)"))
    changed, address = edits(served), served.browser.current_url
    assert len(changed) == 28
    assert "reading=dovish_us" in address
    assert "without=us.donbas.importance" in address
    served.script("page.pins = []; page.showLink()")
    served.open(served.browser.current_url)
    assert list(edits(served).items()) == list(changed.items())
    # one that is another by now, and one that is gone, also of a pin
    base = served.browser.current_url.split("#")[0]
    served.open(f"{base}#reading=dovish_us~1&pin=name%3DOld%26reading%3Dgone%257E1%26donbas%3Dnowhere")
    assert len(edits(served)) == 28
    told = served.text("troubles")
    assert "The reading 'A softer Washington: it wants a quick end' is another by now" in told
    assert "Pin 'Old': The link asks for the reading gone" in told
    assert "Pin 'Old': The link asks for 'nowhere'" in told


def test_the_head_of_the_page_is_the_text_on_the_desk(served: Visitor) -> None:
    other = sim.load("us_28_points_2025")
    title = other.scenario.title
    served.after(lambda: Select(served.browser.find_element(By.ID, "presets")).select_by_visible_text(title))
    assert served.text("title") == served.browser.title == title
    assert served.text("about") == "Text of 2025-11-20; positions of 2022-03-29; 2,048 draws, seed 1."
    filler = [term for term in other.scenario.proposal.terms.values() if term.basis == "assumed"]
    assert len(served.script("return page.assumed()")) == len(filler)
    served.after(lambda: served.click("#reset"))
    assert served.text("title") == sim.load("istanbul").scenario.title


def test_who_is_not_asked_and_what_is_unknown(served: Visitor) -> None:
    place = 2 + served.script("return page.pack.parties.findIndex(x => x.id === 'nato')")  # behind all together
    assert "not asked" in served.browser.find_element(By.CSS_SELECTOR, f"#bars .party:nth-child({place}) .share").text
    served.click("#tab-outcomes")
    served.until(lambda: "all who are asked accept" in served.text("outcomes-lead"))
    told = served.text("outcomes-lead")
    rows = served.browser.find_elements(By.CSS_SELECTOR, "#outcome-rows tr")
    for name, k in (("Russia", 2), ("Ukraine", 3)):
        refuses = sum("refuses" in row.find_elements(By.CSS_SELECTOR, "th, td")[k].text for row in rows[1:])
        assert f"by {name} {refuses}" in told
    [first] = [row for row in rows if row.text.startswith("Armed neutrality")]
    assert "? unknown as modelled" in first.find_elements(By.CSS_SELECTOR, "th, td")[3].text.replace("\u00a0", " ")


def test_the_parts_below_say_that_they_are_the_library_s(served: Visitor) -> None:
    assert not served.browser.find_element(By.ID, "below-note").is_displayed()
    Cell(served, "us", "donbas").importance("minor")
    served.click("#dialog-close")
    assert "the library's positions, not the draft's" in served.text("below-note")


def test_every_row_of_the_table_is_counted(served: Visitor) -> None:
    Cell(served, "us", "donbas").importance("minor")
    served.click("#dialog-close")
    served.click("#pin")
    served.open(served.browser.current_url)
    served.click("#tab-outcomes")
    # the table is made anew while rows are counted
    served.click("[data-key^='rename_of']")
    ActionChains(served.browser).send_keys(Keys.ESCAPE).perform()
    served.until(lambda: served.script("return document.body.dataset.outcomes > 0"))
    assert "…" not in served.text("outcome-rows")
    assert "move shares of" in served.text("outcomes-lead")
    assert "of 2025-11-20, later than the positions" in served.text("outcome-rows")


def test_a_link_survives_the_end_of_the_server(served: Visitor, serving: Serving) -> None:
    Cell(served, "us", "donbas").importance("minor").check("Frozen line")
    served.click("#dialog-close")
    served.switch("sanctions", "lifted")
    Select(served.browser.find_element(By.ID, "switch-layer")).select_by_value("inferred")
    served.click("#pin")
    served.after(lambda: served.click("#reset"))
    address, bars, answer = served.browser.current_url, served.text("bars"), served.answer()
    serving.stop()
    serving.start()
    served.open(address)
    assert served.text("bars") == bars
    assert served.answer() == answer
    pins = served.script("return page.pins")
    served.click("#tab-outcomes")
    served.after(lambda: served.click_text("Put on the desk"))
    assert edits(served) == {"us.donbas.importance": "minor", "us.donbas.red_lines": "[frozen_line]"}
    assert served.text("troubles") == ""
    assert len(pins) == 1


def test_a_link_with_what_the_server_does_not_take_keeps_the_rest(served: Visitor) -> None:
    served.open(f"{served.browser.current_url}#us.donbass.importance=minor&us.donbas.importance=minor&sanctions=lifted")
    assert edits(served) == {"us.donbas.importance": "minor"}
    assert "did you mean donbas" in served.text("troubles")
    assert "lifted" in served.text("changes")
    # as links of reports have it
    served.open(served.browser.current_url.split("#")[0] + "#us.donbas=minor")
    assert edits(served) == {"us.donbas.importance": "minor"}


def test_the_server_goes_and_comes_back(served: Visitor, serving: Serving) -> None:
    us = Cell(served, "us", "donbas").importance("minor")
    served.click("#dialog-close")
    serving.stop()
    us = Cell(served, "us", "donbas")
    Select(us.find(".cell-editor select")).select_by_value("critical")
    served.until(lambda: "does not answer" in served.text("server-note"))
    assert "does not answer" in us.fault
    assert Select(us.find(".cell-editor select")).first_selected_option.text == "minor"
    served.click("#dialog-close")
    served.switch("sanctions", "lifted")
    agrees(served)
    day = served.browser.find_element(By.ID, "switch-day")
    served.script("arguments[0].value = '2025-02-24'", day)
    served.click("#switch-form button")
    served.until(lambda: "does not answer" in served.text("switch-faults"))
    serving.start()
    served.until(lambda: "is back" in served.text("server-note"))
    Cell(served, "us", "donbas").importance("critical")
    agrees(served)
    served.complaints()


def test_another_day_and_evidence_with_the_draft(served: Visitor) -> None:
    Cell(served, "us", "donbas").importance("minor")
    served.click("#dialog-close")
    served.switch("sanctions", "lifted")
    served.script("document.getElementById('switch-day').value = '2025-02-24'")
    Select(served.browser.find_element(By.ID, "switch-evidence")).select_by_value("articles")
    served.click("#switch-form button")
    served.until(lambda: "as_of=2025-02-24&evidence=articles" in served.browser.current_url)
    served.wait()
    assert edits(served) == {"us.donbas.importance": "minor"}
    agrees(served, as_of="2025-02-24", evidence="articles")
    assert served.text("troubles") == ""
    served.script("document.getElementById('switch-day').value = '1999-01-01'")
    served.click("#switch-form button")
    served.until(lambda: served.text("switch-faults"))


def test_what_has_no_grade_alone_and_the_way_back(served: Visitor) -> None:
    Cell(served, "us", "donbas").importance("minor")
    served.click("#dialog-close")
    Select(served.browser.find_element(By.ID, "switch-evidence")).select_by_value("firm")
    served.click("#switch-form button")
    served.until(lambda: "evidence=firm" in served.browser.current_url)
    served.wait()
    agrees(served, evidence="firm")
    assert "without weak and single sources" in served.text("state")
    assert "without weak and single sources" in served.text("other-day")
    served.click("#keep-edits")
    Select(served.browser.find_element(By.ID, "switch-evidence")).select_by_value("all")
    served.click("#switch-form button")
    served.until(lambda: "evidence=all" in served.browser.current_url)
    served.wait()
    assert "made on the positions of 2022-03-29 without weak and single sources" in served.text("other-day")
    assert "weak" not in served.text("state")


def test_layers_are_those_that_the_engine_counts(served: Visitor) -> None:
    full = served.answer()
    for k, layer in enumerate(("stated", "inferred")):
        choice = Select(served.browser.find_element(By.ID, "switch-layer"))
        served.after(lambda choice=choice, layer=layer: choice.select_by_value(layer))
        answer = served.answer()
        assert answer["joint"] == full["jointByLayer"][k]
        assert [p["decided"] for p in answer["parties"]] == [p["byLayer"][k] for p in full["parties"]]
        assert "As modelled" not in served.text("headline")
        assert "lines bind here" in served.text("layer-note")
        # words are of these shares, and the shares by layer of all lines
        words = [x.text for x in served.browser.find_elements(By.CSS_SELECTOR, "#bars .word")]
        draws = full["draws"]
        for party, word in zip(answer["parties"], words, strict=True):
            if party["decided"] / draws > 0.55:
                assert word in ("accepts", "not asked")
        assert f"stated {full['jointByLayer'][0] / draws:.0%}" in served.text("bars")
        assert f"assumed {full['jointByLayer'][2] / draws:.0%}" in served.text("bars")
        joint = served.script("return page.outcomes.work(page.draft).then(() => page.outcomes.of(page.draft).joint)")
        assert joint == answer["joint"]


def test_pins_and_all_texts(served: Visitor) -> None:
    served.click("#tab-parties")
    served.after(lambda: served.click_text("A softer Washington"))
    served.click("#pin")
    served.click("#tab-outcomes")
    served.until(lambda: "move shares of" in served.text("outcomes-lead"))
    rows = served.browser.find_elements(By.CSS_SELECTOR, "#outcome-rows tr")
    assert len(rows) == 27  # the draft is the pin, and the text with the edits
    # a text of the table is what the engine makes of it
    draft = edits(served)
    texts = {x.scenario.title: x for x in map(sim.load, ("us_28_points_2025", "membership", "istanbul"))}
    all_rows = "return page.outcomes.rows().map(row => [row.name, row.kind, page.outcomes.of(row.draft).joint])"
    for name, kind, joint in served.script(all_rows):
        if kind == "text" and name in texts:
            [result] = sim.score([sim.edited(texts[name].with_(draws=2048, as_of="2022-03-29"), draft)])
            assert result.joint_acceptability is not None
            assert joint == round(result.joint_acceptability.estimate * 2048)
    us = served.script("return page.pack.parties.findIndex(x => x.id === 'us')")
    column = f"[data-column='{us}']"
    served.click(f"{column} button")
    assert served.browser.find_element(By.CSS_SELECTOR, column).get_attribute("aria-sort") == "descending"
    counts = "map(row => page.outcomes.of(row.draft).parties[arguments[0]].count ?? -1)"
    shares = served.script(f"return page.outcomes.sorted(page.outcomes.rows()).{counts}", us)
    assert shares == sorted(shares, reverse=True)
    served.click_text("Rename")
    ActionChains(served.browser).send_keys("Dovish", Keys.ENTER).perform()
    assert [pin["name"] for pin in served.script("return page.pins")] == ["Dovish"]
    assert "pin=name%3DDovish" in served.browser.current_url
    served.after(lambda: served.click("#reset"))
    served.after(lambda: served.click("[data-key^='put_of pin']"))
    assert edits(served) == draft
    served.click("#outcome-csv")
    served.until(lambda: list(served.browser.downloads.glob("istanbul_outcomes*.csv")))
    [file] = served.browser.downloads.glob("istanbul_outcomes*.csv")
    with file.open(encoding="utf-8", newline="") as lines:
        table = list(csv.DictReader(lines))
    assert {"Dovish", sim.load("istanbul").scenario.title} <= {row["row"] for row in table}
    assert float(next(row for row in table if row["row"] == "Dovish")["us"]) == served.shares()[us]
    file.unlink()
    served.click("[data-key^='unpin_of']")
    assert served.script("return page.pins") == []


def job(visitor: Visitor, kind: str) -> Any:
    return visitor.browser.find_element(By.CSS_SELECTOR, f".job[data-kind={kind}]")


def test_a_question_begins_tells_how_far_it_is_and_stops(served: Visitor) -> None:
    served.click("#tab-questions")
    served.click(".job[data-kind=search] .begin")
    assert served.script("return document.querySelector('.job[data-kind=search] progress').position") == -1
    served.until(lambda: re.search(r"\d s$", job(served, "search").text, re.MULTILINE))
    assert job(served, "search").find_element(By.CSS_SELECTOR, "progress").is_displayed()
    # the desk goes on working
    served.click("#tab-terms")
    served.switch("sanctions", "lifted")
    served.click("#tab-questions")
    assert "has changed since" in job(served, "search").text
    served.click(".job[data-kind=search] .job-state button")
    assert "nothing is kept" in job(served, "search").text
    assert not job(served, "search").find_element(By.CSS_SELECTOR, "progress").is_displayed()


def test_what_it_turns_on_is_one_click_to_try(served: Visitor) -> None:
    Cell(served, "us", "donbas").importance("minor")
    served.click("#dialog-close")
    served.click("#tab-questions")
    served.click(".job[data-kind=levers] .begin")
    served.until(lambda: job(served, "levers").find_elements(By.CSS_SELECTOR, "a.try"))
    served.after(lambda: served.click(".job[data-kind=levers] a.try"))
    assert len(edits(served)) == 2
    assert edits(served)["us.donbas.importance"] == "minor"
    agrees(served)
    assert "has changed since" in job(served, "levers").text
    assert served.script("return document.activeElement.id") == "headline"


def test_a_report_and_a_figure_of_the_draft(served: Visitor) -> None:
    served.switch("sanctions", "lifted")
    served.click("#tab-questions")
    served.click(".job[data-format=png] .begin")
    downloads = served.browser.downloads
    served.until(lambda: list(downloads.glob("*.png")))
    [figure] = downloads.glob("*.png")
    assert figure.read_bytes().startswith(b"\x89PNG")
    figure.unlink()


#: What is seriously wrong for somebody who does not see, or has no pointer, and where.
_AXE = """
const [where, done] = arguments, serious = v => ['serious', 'critical'].includes(v.impact);
axe.run({ include: where.split(', ').map(x => [x]) })
  .then(x => done(x.violations.filter(serious).map(v => [v.id, v.nodes.map(n => n.target.join())])));
"""
#: Opens some issues of a party.
_OPEN = "document.querySelectorAll('#party-cells details').forEach((x, k) => { x.open = k < 4; })"


@pytest.mark.skipif("AXE" not in os.environ, reason="AXE NAMES NO axe.min.js: accessibility is not looked at")
def test_it_is_accessible(served: Visitor) -> None:
    axe = Path(os.environ["AXE"]).read_text(encoding="utf-8")
    for width, dark in ((1280, False), (390, True)):
        served.open(served.browser.current_url, width=width, dark=dark)
        served.script(axe)
        for panel in ("terms", "parties", "outcomes", "questions"):
            served.click(f"#tab-{panel}")
            if panel == "parties":
                served.script(_OPEN)
                sleep(0.3)
            # The panels: what stands below them, and in the terms, is looked at as a report.
            where = "header, .tabs, .answer, #search-box" if panel == "terms" else f"#panel-{panel}"
            assert served.browser.execute_async_script(_AXE, where) == [], (panel, width)
            assert served.script("return document.documentElement.scrollWidth") <= width, (panel, width)
        served.click("#tab-terms")
        served.click("#issue-donbas .evidence")
        assert served.browser.execute_async_script(_AXE, "#dialog") == [], ("dialog", width)
        served.click("#dialog-close")


def test_tabs_by_keyboard(served: Visitor) -> None:
    served.script("document.getElementById('tab-terms').focus()")
    ActionChains(served.browser).send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT).perform()
    assert served.browser.find_element(By.ID, "panel-outcomes").is_displayed()
    assert not served.browser.find_element(By.ID, "panel-terms").is_displayed()
    assert served.script("return document.activeElement.id") == "tab-outcomes"


def test_random_clicks_leave_no_error(serving: Serving, browser: Any) -> None:
    """Of memory only what cannot be missed: ``python -m tests.browser.clicks`` looks for ten minutes."""
    assert clicks(browser, serving, seconds=20, seed=1, growth=2) == []
