"""The server's answer to an edit of one party, against ``edited`` and ``score`` before there was a server; first paint.

Two processes take turns, each with its own tree loaded: the server's whole request here, body to body through the
application and its guard, and there the two calls that the same answer took. Then whole commands take turns: ``sim
run`` of a text, and ``sim serve`` until its page has been fetched. What is compared is processor time.

Run: python -m tests.bench.serve [COMMIT] [--pairs N]; the default is the last commit before edits became fast.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import urllib.request
from pathlib import Path

from tests.bench.against import ROOT, SIM, environment_of, processor_time, tree_of
from tests.bench.measure import table

BASELINE = "6576745"
#: What a page asks for while somebody tries positions; numbers vary, so that nothing is known from before.
EDITS = {
    "importance": "us.donbas.importance={}",
    "ranking": "us.donbas.ranking=[[returned, {}], rest]",
    "red lines": "us.{}.red_lines=none",
}
VALUES = {
    "importance": ("minor", "moderate", "major", "critical"),
    "ranking": ("frozen_line", "ceded", "autonomy", "independent"),
    "red lines": ("foreign_forces", "alignment", "guarantors", "guarantee_duty"),
}
THEN = """
import sys, time, sim
loaded = sim.load("scenarios/istanbul.yaml", draws=2048)
sim.score([loaded])
for line in sys.stdin:
    start = time.process_time()
    sim.score([sim.edited(loaded, [line.strip()])])
    print(time.process_time() - start, flush=True)
"""
NOW = """
import sys, time
from tests.server.client import Client
client = Client("istanbul", draws=2048)
client.parties("istanbul", "us.donbas.importance=none")
for line in sys.stdin:
    start = time.process_time()
    assert client.parties("istanbul", line.strip()).status == 200
    print(time.process_time() - start, flush=True)
"""


def started(code: str, tree: Path) -> subprocess.Popen[str]:
    """A process that answers each line with seconds."""
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=tree,
        env=environment_of(tree),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def seconds(process: subprocess.Popen[str], line: str) -> float:
    """What one edit takes."""
    assert process.stdin is not None
    assert process.stdout is not None
    print(line, file=process.stdin, flush=True)
    return float(process.stdout.readline())


def until_page(*texts: str) -> float:
    """Seconds of processor time from the command to the page of a text."""
    command = [sys.executable, *SIM, "serve", *texts, "--no-open", "--port", "0"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with subprocess.Popen(command, cwd=ROOT, env=environment_of(ROOT), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split()[0]
        with urllib.request.urlopen(f"{address}/text/istanbul") as page:
            assert b'id="pack"' in page.read()
        process.kill()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def first_paint(rounds: int) -> None:
    """Print what a page takes over a run of the same file."""
    tasks = {
        "sim run istanbul": lambda: processor_time(ROOT, (*SIM, "run", "istanbul", "--no-save")),
        "sim serve istanbul, its page": lambda: until_page("istanbul"),
        "sim serve, the same page": until_page,
    }
    times = [[task() for task in tasks.values()] for _ in range(rounds + 1)][1:]  # the first writes bytecode
    medians = [statistics.median(column) for column in zip(*times, strict=True)]
    rows = [[name, f"{value:.2f}", f"{value - medians[0]:+.2f}"] for name, value in zip(tasks, medians, strict=True)]
    table(
        f"Seconds of processor time until there is an answer, medians of {rounds} rounds",
        [["", "s", "over run"], *rows],
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="An edit of one party: the server's request against the calls before.")
    parser.add_argument("commit", nargs="?", default=BASELINE)
    parser.add_argument("--pairs", type=int, default=20)
    options = parser.parse_args()
    rows = [["", "then, ms", "now, ms", "then over now", "middle half"]]
    with tree_of(options.commit) as old, started(THEN, old) as then, started(NOW, ROOT) as now:
        for name, edit in EDITS.items():
            pairs = []
            for number in range(options.pairs + 1):
                line = edit.format(VALUES[name][number % 4])
                pairs.append((seconds(then, line), seconds(now, line)))
            before, after = (statistics.median(side) * 1000 for side in zip(*pairs[1:], strict=True))
            ratios = sorted(a / b for a, b in pairs[1:])
            quarter = len(ratios) // 4
            spread = f"{ratios[quarter]:.1f} to {ratios[-1 - quarter]:.1f}"
            rows.append([name, f"{before:.1f}", f"{after:.1f}", f"{statistics.median(ratios):.1f}", spread])
        for process in (then, now):
            process.kill()
    table(f"Processor time of an edit of one party on 2,048 draws: {options.commit} against the server's request", rows)
    first_paint(max(options.pairs // 4, 1))


if __name__ == "__main__":
    main()
