"""The desk: making a draw pack against scoring the text once, and answers of the page against a loop of arithmetic.

Of the pack counts processor time. The page's engine is timed in Node by its processor time, and the page itself in
Chromium by the clock, each beside 5,000,000 square roots added up in the same run; rows are left out, with a word,
where there is no Node or no Chromium. Run: python -m tests.bench.desk [rounds]
"""

from __future__ import annotations

import os
import sys

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import json  # noqa: E402
import shutil  # noqa: E402
import statistics  # noqa: E402
import subprocess  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
from pathlib import Path  # noqa: E402

import sim  # noqa: E402
from sim.desk.pack import draw_pack  # noqa: E402
from sim.desk.page import report  # noqa: E402
from sim.files.ceilings import PAGE_DRAWS  # noqa: E402
from sim.scenario.loading import Loaded, load  # noqa: E402
from tests.bench.measure import LIBRARY, alternately, table  # noqa: E402

NAMES = ("istanbul.yaml", "us_28_points_2025.yaml", "austria_1955/state_treaty_1955.yaml")
STATIC = Path(sim.__file__).parent / "desk" / "static"
#: Adds up square roots, in milliseconds.
LOOP = "(() => { const s = performance.now(); let x = 0; for (let k = 0; k < 5e6; k++) x += Math.sqrt(k); \
return performance.now() - s + 0 * x; })()"
#: When the text's own answer was painted, and when the script had given it once more, after the navigation began.
FIRST = f"""
const paint = performance.getEntriesByName('first-contentful-paint')[0].startTime;
const bars = performance.getEntriesByName('bars')[0], load = performance.getEntriesByType('navigation')[0].loadEventEnd;
return [paint, bars.startTime + bars.duration - load, {LOOP}]
"""
#: 200 switches, each when the last is answered whole, with a loop now and then.
SWITCHES = f"""return (async () => {{
const loops = [], ready = () => document.body.dataset.ready;
performance.clearMeasures();
for (let k = 0; k < 200; k++) {{
  const j = (7 * k) % page.pack.issues.length, options = page.pack.issues[j].options.length, before = ready();
  page.setTerm(j, (page.draft.terms[j] + 1 + (k % (options - 1))) % options);
  while (ready() === before) await new Promise(next => setTimeout(next, 5));
  if (k % 10 === 0) loops.push({LOOP});
}}
return [...['bars', 'changes'].map(name => performance.getEntriesByName(name).map(x => x.duration)), loops];
}})()"""


def packs(texts: list[Loaded], rounds: int) -> None:
    rows = [["", "score, s", "pack, s", "of score", "pack, MB"]]
    for loaded in texts:
        tasks = {"score": lambda: sim.score([loaded]), "pack": lambda: draw_pack(loaded).text()}  # noqa: B023
        seconds = alternately(tasks, rounds, clock=time.process_time)
        size = len(draw_pack(loaded).text().encode()) / 1e6
        ratio = f"{seconds['pack'] / seconds['score']:.2f}"
        rows.append([loaded.scenario.id, f"{seconds['score']:.3f}", f"{seconds['pack']:.3f}", ratio, f"{size:.1f}"])
    table(f"The draw pack against one sim.score, {PAGE_DRAWS:,} draws, processor time", rows)


def in_node(texts: list[Loaded], folder: Path) -> None:
    node = shutil.which("node")
    if node is None:
        print("\nleft out: the page's engine in Node (there is no node)")
        return
    rows = [["", "loop, ms", "first", "answer", "evidence", "all single changes"]]
    for loaded in texts:
        file = folder / "pack.json"
        file.write_text(draw_pack(loaded).text(), encoding="utf-8")
        command = [node, str(Path(__file__).with_suffix(".mjs")), str(STATIC), str(file)]
        spent = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        of_loop = [f"{spent[name] / spent['loop']:.2f}" for name in ("first", "answer", "evidence", "changes")]
        rows.append([loaded.scenario.id, f"{spent['loop']:.1f}", *of_loop])
    table("The page's engine in Node, of 5,000,000 square roots, processor time", rows)


def in_chromium(texts: list[Loaded], folder: Path, rounds: int) -> None:
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    try:
        from tests.browser.visitor import Visitor, chromium
    except ImportError:
        program = None
    if program is None or driver is None:
        print("\nleft out: the page in Chromium (there is no chromium, chromedriver or selenium)")
        return
    head = ["", "loop, ms", "answer of the file painted", "live after load", "switch: bars", "single changes"]
    rows = [head]
    browser = chromium(program, driver, folder)
    browser.set_script_timeout(600)
    visitor = Visitor(browser)
    for loaded in texts:
        file = folder / f"{loaded.scenario.id}.html"
        file.write_text(report(loaded, loaded.scenario.id), encoding="utf-8")
        loads = [visitor.open(file.as_uri()).script(FIRST) for _ in range(rounds)]
        painted, live, first_loops = (statistics.median(of) for of in zip(*loads, strict=True))
        bars, changes, loops = map(statistics.median, visitor.script(SWITCHES))
        row = [f"{ms:.0f} ({ms / loop:.2f})" for ms, loop in ((painted, first_loops), (live, first_loops))]
        row += [f"{ms:.1f} ({ms / loops:.2f})" for ms in (bars, changes)]
        rows.append([loaded.scenario.id, f"{first_loops:.0f}, {loops:.0f}", *row])
    browser.quit()
    table(f"The page in Chromium, ms (of the loop), medians of {rounds} loads and 200 switches", rows)


def main(rounds: int = 9) -> None:
    texts = [load(LIBRARY / name, draws=PAGE_DRAWS) for name in NAMES]
    packs(texts, rounds)
    with tempfile.TemporaryDirectory() as folder:
        in_node(texts, Path(folder))
        in_chromium(texts, Path(folder), rounds)


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:2]))
