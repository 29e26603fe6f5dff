"""The server's answer to an edit of one party, against ``edited`` and ``score`` before there was a server.

Two processes take turns, each with its own tree loaded: the server's whole request here, body to body through the
application and its guard, and there the two calls that the same answer took. What is compared is processor time.

Run: python -m tests.bench.serve [COMMIT] [--pairs N]; the default is the last commit before edits became fast.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
from pathlib import Path

from tests.bench.against import ROOT, tree_of
from tests.bench.measure import ONE_CORE, table

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
from tests.bench.serve import Asked
asked = Asked()
for line in sys.stdin:
    start = time.process_time()
    asked(line.strip())
    print(time.process_time() - start, flush=True)
"""


class Asked:
    """A server in this process that is asked for parties as edits leave them."""

    def __init__(self) -> None:
        import asyncio

        import sim
        from sim.server.app import application
        from sim.server.guard import Address, Guard
        from sim.server.jobs import Jobs
        from sim.server.shelf import Shelf

        self._loop = asyncio.new_event_loop()
        shelf = Shelf([sim.load("istanbul", draws=2048)], ["istanbul"], {"draws": 2048})
        self._server = Guard(application(shelf, Jobs()), Address("127.0.0.1", 8000))
        self("us.donbas.importance=none")

    def __call__(self, edit: str) -> bytes:
        """The body of the answer."""
        import json

        body = json.dumps({"text": "istanbul", "as_of": None, "evidence": "all", "edits": [edit]}).encode()
        headers = {"host": "127.0.0.1:8000", "origin": "http://127.0.0.1:8000", "content-type": "application/json"}
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": "/api/parties",
            "raw_path": b"/api/parties",
            "query_string": b"",
            "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 50_000),
            "server": ("127.0.0.1", 8000),
        }
        sent: list[dict[str, object]] = []

        async def receive() -> dict[str, object]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, object]) -> None:
            sent.append(message)

        self._loop.run_until_complete(self._server(scope, receive, send))
        assert sent[0]["status"] == 200, sent
        answer = b"".join(part for message in sent[1:] if isinstance(part := message["body"], bytes))
        return answer


def started(code: str, tree: Path) -> subprocess.Popen[str]:
    """A process that answers each line with seconds."""
    environment = {**os.environ, **ONE_CORE, "PYTHONPATH": str(tree)}
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=tree,
        env=environment,
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


if __name__ == "__main__":
    main()
