"""The served page as a person meets it: what parties want changed, by pointer and keyboard, beside every text."""

from __future__ import annotations

from typing import Any

from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

import sim
from sim.cli import app  # noqa: F401
from tests.browser.visitor import Visitor


def edits(visitor: Visitor) -> dict[str, str]:
    """What the draft changes of what parties want."""
    found: dict[str, str] = visitor.script("return page.draft.edits")
    return found


def agrees(visitor: Visitor, name: str = "istanbul", **options: Any) -> None:
    """That the page counts what the engine does of the same edits."""
    loaded = sim.edited(
        sim.load(name, draws=2048, **options), visitor.script("return page.documents.edits(page.draft)")
    )
    [result] = sim.score([loaded])
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
        self.visitor.after(lambda: Select(self.find(".importance-choice select")).select_by_value(word))
        return self

    def check(self, label: str) -> Cell:
        box = next(x for x in self.all(".line-choice") if x.text.strip().startswith(label))
        self.visitor.after(box.click)
        return self

    def all(self, selector: str) -> list[Any]:
        found: list[Any] = self.visitor.browser.find_elements(By.CSS_SELECTOR, f"{self.inside} {selector}")
        return found

    def step(self, option: str, step: str) -> Cell:
        button = next(x for x in self.all("[data-step]") if x.get_attribute("aria-label") == f"{option}: {step}")
        self.visitor.after(button.click)
        return self

    @property
    def order(self) -> list[list[str]]:
        """The options by level."""
        return [[x.text for x in level.find_elements(By.CSS_SELECTOR, ".name")] for level in self.all(".level")]

    def fault(self, legend: str) -> str:
        return next(str(x.text) for x in self.all(".trouble") if x.text)


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
    us = Cell(served, "us", "donbas").importance("minor").step("back to Ukraine", "down").step("back to Ukraine", "up")
    served.after(lambda: Select(us.find(".importance-choice select")).select_by_value(""))
    assert set(edits(served)) <= {"us.donbas.ranking"}
