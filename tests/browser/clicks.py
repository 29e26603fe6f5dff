"""Somebody who clicks and types at random: ``python -m tests.browser.clicks --seconds 600`` on a server of its own.

Every click is drawn from a seed. Afterwards the console and the log of the server are to be empty, and the heap after a
collection to be no more than a tenth larger than when all panels had been open.
"""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from tests.browser.serving import Serving
from tests.browser.visitor import Visitor, chromium

#: What may be clicked; not what leaves the page, or saves a file at every click.
WHERE = (
    "button:not([disabled]):not(#save-edits):not(#save-scenario):not(#outcome-csv):not(#switch-form button)"
    ":not([data-kind=report] button):not([data-kind=figure] button):not([data-kind=search] button), "
    "input[type=radio], input[type=checkbox], summary, select, a.try, .option .mark"
)
KEYS = (Keys.ARROW_UP, Keys.ARROW_DOWN, Keys.ARROW_LEFT, Keys.TAB, Keys.ENTER, Keys.ESCAPE, Keys.SPACE, "=")
#: The heap may grow by so much while it is used at random.
GROWTH = 1.10
#: The middle of one thing in sight, by a number in [0, 1); a select is set to another of its options. No element is
#: handed out, since the driver would keep it, and all that it hung in, from being forgotten.
_PICK = """
const [where, at, which] = arguments, top = document.querySelector('dialog[open]') ?? document;
const there = [...top.querySelectorAll(where)].filter(x => x.checkVisibility());
const one = there[Math.floor(at * there.length)];
if (!one) return null;
one.scrollIntoView({ block: 'center' });
if (one instanceof HTMLSelectElement) {
  one.selectedIndex = Math.floor(which * one.options.length);
  one.dispatchEvent(new Event('change', { bubbles: true }));
  return null;
}
const { x, y, width, height } = one.getBoundingClientRect();
return [x + width / 2, y + height / 2];
"""
#: Keys may reach what a click is kept from: whoever stays on one page can say whether its heap grows.
_STAY = """
addEventListener('click', event => {
  if (event.target.closest('a:not([href^="#"])')) event.preventDefault();
}, true);
addEventListener('submit', event => {
  if (event.target.id !== 'switch-form') return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);
"""
#: Fills what the page remembers of edited parties with the largest, so that what grows after that is not forgotten.
_FILL = """
const done = arguments[0], { readings, parties, desk, pack, draft } = page;
const { edits } = readings.all.reduce((a, b) => (b.edits.length > a.edits.length ? b : a));
(async () => {
  for (let k = 0; k < 32; k++) {
    const others = edits.filter((_, n) => n !== k % edits.length);
    const pairs = others.map(edit => [edit.slice(0, edit.indexOf('=')), edit.slice(edit.indexOf('=') + 1)]);
    const one = new desk.constructor(pack, await parties.of(Object.fromEntries(pairs)));
    one.changes(draft.terms);
    one.evidence(draft.terms);
  }
})().then(() => done(null), error => done(String(error)));
"""


def clicks(
    browser: Any,
    serving: Serving,
    *,
    seconds: float,
    seed: int,
    growth: float = GROWTH,
    tell: Callable[[str], None] = lambda _: None,
) -> list[str]:
    """What went wrong in so many seconds of clicks: errors of console and log, and a heap that grew more than so."""
    visitor, drawn = Visitor(browser), random.Random(seed)
    log = serving.log
    visitor.open(f"{serving.address}/text/istanbul")
    visitor.script(_STAY)
    for panel in ("parties", "outcomes", "questions", "terms"):
        visitor.click(f"#tab-{panel}")
        sleep(1)
    _some(visitor, drawn, 10)
    trouble = browser.execute_async_script(_FILL)
    assert trouble is None, trouble
    _settle(visitor)
    before, end, number = _heap(browser), monotonic() + seconds, 0
    while monotonic() < end:
        number += _some(visitor, drawn, 5)
    _settle(visitor)
    after = _heap(browser)
    tell(f"{number} clicks and keys; heap {before / 1e6:.1f} MB before, {after / 1e6:.1f} MB after")
    # A refusal is an answer: what it says stands in the page, and in the console only that it came.
    wrong = [entry for entry in visitor.complaints() if "status of 422" not in entry and "status of 429" not in entry]
    if serving.log != log:
        wrong.append(f"the server wrote: {serving.log[len(log) :]}")
    if after > growth * before:
        wrong.append(f"the heap grew from {before / 1e6:.1f} to {after / 1e6:.1f} MB")
    if "does not answer" in visitor.text("server-note"):
        wrong.append("the server is gone")
    return wrong


def _settle(visitor: Visitor) -> None:
    """Wait until nothing is asked of the server any more: what is on its way is not what the page remembers."""
    there = "return Boolean(document.querySelector('dialog') && document.body.dataset.ready)"
    visitor.until(lambda: visitor.script(there))
    visitor.script("document.querySelector('dialog').close()")
    visitor.click("#tab-parties")
    sleep(2)
    visitor.until(lambda: "…" not in visitor.text("edit-list"))


def _some(visitor: Visitor, drawn: random.Random, seconds: float) -> int:
    """Click and type for some seconds; how often."""
    end, number = monotonic() + seconds, 0
    while monotonic() < end:
        number += 1
        try:
            if drawn.random() < 0.2:
                ActionChains(visitor.browser).send_keys(drawn.choice(KEYS)).perform()
            elif (place := visitor.script(_PICK, WHERE, drawn.random(), drawn.random())) is not None:
                _click(visitor.browser, *place)
        except WebDriverException:
            continue  # the page was on its way: a person clicks again
    return number


def _click(browser: Any, x: float, y: float) -> None:
    for kind in ("mousePressed", "mouseReleased"):
        event = {"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1}
        browser.execute_cdp_cmd("Input.dispatchMouseEvent", event)


def _heap(browser: Any) -> float:
    """Bytes of the page's heap after a collection, with those of its arrays."""
    browser.execute_cdp_cmd("HeapProfiler.enable", {})
    for _ in range(3):
        browser.execute_cdp_cmd("HeapProfiler.collectGarbage", {})
    usage = browser.execute_cdp_cmd("Runtime.getHeapUsage", {})
    return float(usage["usedSize"] + usage.get("backingStorageSize", 0))


def main() -> None:
    """Click for some time, and say what went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if program is None or driver is None:
        raise SystemExit("chromium and chromedriver are needed")
    serving, browser = Serving(folder / "log.txt"), chromium(program, driver, folder)
    try:
        wrong = clicks(browser, serving, seconds=options.seconds, seed=options.seed, tell=print)
    finally:
        browser.quit()
        serving.stop()
        shutil.rmtree(folder)
    print("\n".join(wrong) or "nothing went wrong")
    raise SystemExit(bool(wrong))


if __name__ == "__main__":
    main()
