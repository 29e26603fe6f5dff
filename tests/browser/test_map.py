"""The map of positions: the desk's marks, links to the evidence that leave the draft alone, and paper."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.visitor import Visitor

Page = Callable[..., Path]

#: Papers in inches, and in pixels of a page (96 an inch) what the margins of 13 mm leave of them.
PAPERS = {"A4": (8.27, 11.69), "letter": (8.5, 11)}
MARGINS = 2 * 13 / 25.4

#: Issue, party and class of every mark of the text on the desk, or of every cell of the map.
ON_THE_DESK = """
return page.pack.issues.flatMap((issue, j) => page.pack.parties.map((party, i) => {
  const term = page.pack.text.terms[j], mark = document.getElementById(`mark-${j}-${term}-${i}`);
  return [`${issue.id}-${party.id}`, term < 0 ? "mark open" : mark.className.trim(),
    term < 0 ? null : mark.getAttribute("aria-label")];
}))"""
ON_THE_MAP = """
return [...document.querySelectorAll(".map td a")].map(link =>
  [link.hash.slice("#evidence-".length), link.querySelector(".mark").className.trim()])"""


@pytest.mark.parametrize("name", ["us_28_points_2025", "istanbul", "scenarios/austria_1955/state_treaty_1955.yaml"])
def test_the_map_has_the_marks_of_the_desk(name: str, visitor: Visitor, page: Page) -> None:
    visitor.open(page(name).as_uri())
    desk = {cell: mark for cell, mark, _ in visitor.script(ON_THE_DESK)}
    assert dict(visitor.script(ON_THE_MAP)) == desk
    assert {"mark best inferred", "mark unknown unknown"} < set(desk.values())


def test_a_cell_leads_to_its_evidence_and_leaves_the_draft_alone(istanbul: Visitor) -> None:
    istanbul.switch("donbas", "autonomy")
    address, changes = istanbul.browser.current_url, istanbul.text("changes")
    for cell in ("crimea-russia", "alignment-us"):
        istanbul.click(f'.map a[href="#evidence-{cell}"]')
        top = istanbul.script(
            "return new Promise(done => requestAnimationFrame(() => "
            f"done(document.getElementById('evidence-{cell}').getBoundingClientRect().top)))"
        )
        assert 0 <= top < 1000
        assert istanbul.script(f"return document.getElementById('evidence-{cell}').closest('details').open")
        assert istanbul.browser.current_url == address
        assert istanbul.text("changes") == changes
        assert istanbul.text("troubles") == ""
    istanbul.browser.back()
    assert istanbul.text("changes") == changes


@pytest.mark.parametrize("place", ["evidence-crimea-russia", "issues", "nowhere"])
def test_a_link_to_a_place_is_no_draft(place: str, visitor: Visitor, page: Page) -> None:
    visitor.open(f"{page('istanbul').as_uri()}#{place}")
    assert visitor.text("troubles") == ""
    assert visitor.script("return page.changedAtAll()") is False
    opened = visitor.script("return [...document.querySelectorAll('details[open]')].length")
    assert opened == (place == "evidence-crimea-russia")


def test_the_dialog_speaks_of_lines_and_not_of_the_text(istanbul: Visitor) -> None:
    istanbul.click("#issue-alignment .evidence")
    words = istanbul.text("dialog-body")
    assert "Red line place towards NATO: NATO membership (stated:" in words
    assert "rossed" not in words
    assert "alignment" not in words
    istanbul.click("#dialog-close")


def on_paper(visitor: Visitor, width: float) -> None:
    """Lay the page out as for print, in as many pixels as a sheet leaves between its margins."""
    visitor.size(round(96 * (width - MARGINS)), 1000)
    visitor.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})


@pytest.mark.parametrize("paper", PAPERS)
def test_on_paper_nothing_is_cut_and_no_control_is_left(paper: str, visitor: Visitor, page: Page) -> None:
    visitor.open(page("us_28_points_2025").as_uri())
    on_paper(visitor, PAPERS[paper][0])
    wide = visitor.script(
        "return [...document.querySelectorAll('main *')].filter(x => x.checkVisibility() && "
        "x.getBoundingClientRect().right > innerWidth + 1 && !x.closest('.unseen')).map(x => x.outerHTML.slice(0, 90))"
    )
    assert wide == []
    buttons = "return [...document.querySelectorAll('button, select, textarea')].filter(x => x.checkVisibility())"
    assert all(b for b in visitor.script(f"{buttons}.map(x => x.closest('#best') !== null)"))
    evidence = "const all = [...document.querySelectorAll('.position, .claims a')];"
    seen = visitor.script(evidence + "return all.every(x => x.checkVisibility({contentVisibilityAuto: true}))")
    assert seen
    half_a_page = 96 * 11.69 / 2
    assert visitor.script("return document.querySelector('.method').getBoundingClientRect().height") < half_a_page


@pytest.mark.parametrize("paper", PAPERS)
def test_it_prints(paper: str, visitor: Visitor, page: Page) -> None:
    visitor.open(page("istanbul").as_uri())
    width, height = PAPERS[paper]
    sheets: dict[str, Any] = visitor.browser.execute_cdp_cmd(
        "Page.printToPDF", {"paperWidth": width, "paperHeight": height, "printBackground": False}
    )
    pdf = base64.b64decode(sheets["data"])
    assert pdf.startswith(b"%PDF")
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert 12 < len(boxes) < 40
    assert all(abs(float(w) - 72 * width) < 2 and abs(float(h) - 72 * height) < 2 for w, h in boxes)
    # The map leads into the evidence on paper too, and sources are links.
    assert pdf.count(b"/Dest") > 75
    assert pdf.count(b"/URI") > 100
