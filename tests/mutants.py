"""Files changed at random, and what a reader may do with them: read them, or complain in words.

Each mutant is made by its number alone, so that a run can stop and go on, and a failure can be made again::

    python -m tests.mutants saved --count 20000 --state saved.json
    python -m tests.mutants scenario issues positions sources evidence edits --count 3000 --state yaml.json

A traceback, more than ten seconds of processor time for one mutant, or more than 300 MB of memory is a failure. The
tests take a sample (:mod:`tests.scenario.test_mutants`).
"""

from __future__ import annotations

import argparse
import contextlib
import copy
import io
import json
import random
import re
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from rich.console import Console

from sim.analysis.compare import page as compare_view
from sim.analysis.compare.compare import compare
from sim.analysis.compare.inputs import gather
from sim.bargaining import page as talks_view
from sim.files import nodes
from sim.files.complaints import Complaint, Complaints, render
from sim.report import outcome as tables
from sim.report import page as sheets
from sim.results import reading, saving
from sim.results.result import Result
from sim.scenario.loading import load
from sim.simulation import score as api
from tests import small

SECONDS, MEGABYTES = 10, 300
#: Values that a figure, a name or a text may have become.
ODD: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, -5, 5, 0.5, 1.5, -0.25, 1e-300, 1e300, 10**30, float("nan"), float("inf"), "", "x",
    "us", "red", "1", "2022-01-01", "\x1b[31m", "\u202e", "\x00", "=1+1", "a" * 3000, [], {}, [[]], {"x": 1},
    ["red"], [0.9, 0.1], [0.1, 0.9], [1, 2, 3],
)  # fmt: skip
EDITS = """\
title: What if
edits:
  red.status.importance: minor
  red.land: {ranking: [ceded, frozen, returned], importance: major}
  proposal.land: frozen
  blue.status.weight: 0.2..0.6
"""
#: What stands for a word of a file of edits or a scenario.
WORDS = (*":-[]{},&*!|>'\"%@`?\n\t #~<.0aE=;\\", "unknown", "none", "rest", "0.2..0.6", "-1", ".nan", "\x1b")


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from _paths(item, (*path, key))


def _changed(value: Any, rng: random.Random) -> None:
    """One key, item or figure of a document replaced, taken out, doubled or exchanged with another."""
    paths = list(_paths(value))
    *way, last = rng.choice(paths)
    holder = _at(value, way)
    kind = rng.choice("rrdxcmmmm")
    if kind == "d":
        del holder[last]
    elif kind == "x" and isinstance(holder, list):
        holder.append(holder[last])
    elif kind == "x":
        holder[rng.choice(("extra", "id", "share"))] = holder[last]
    elif kind == "r":
        holder[last] = rng.choice(ODD)
    else:  # what stands elsewhere in the document; with "m" of the same type, which a reader is less likely to refuse
        others = [_at(value, path) for path in paths]
        same = [x for x in others if type(x) is type(holder[last])] if kind == "m" else others
        holder[last] = copy.deepcopy(rng.choice(same))


def _at(value: Any, path: Iterable[Any]) -> Any:
    for step in path:
        value = value[step]
    return value


def _bytes_changed(raw: bytes, rng: random.Random) -> bytes:
    kind = rng.choice("bwtzsss")
    at = rng.randrange(len(raw) + 1)
    if kind == "t":
        return raw[:at]
    if kind == "z":
        end = min(len(raw), at + rng.randrange(200))
        return raw[:end] + raw[at:end] * rng.choice((1, 2, 2000)) + raw[end:]
    if kind == "s":  # a word in the place of another
        words = [(m.start(), m.end()) for m in re.finditer(rb"[\w.]+", raw)] or [(0, 0)]
        (start, end), (first, last) = rng.choice(words), rng.choice(words)
        return raw[:start] + raw[first:last] + raw[end:]
    new = rng.randbytes(rng.randrange(4)) if kind == "b" else rng.choice(WORDS).encode()
    return raw[:at] + new + raw[at + rng.choice((0, 0, 1, 8)) :]


class Saved:
    """Mutants of the result of a run, compared with the run itself as tables, Markdown, CSV and JSON."""

    def __init__(self, folder: Path, path: Path | None = None) -> None:
        self.folder = folder
        self.good: list[Path] = []
        path = path or small.write(folder / "domain_of")
        for protocol in ("vote", "alternating_offers", "single_text"):
            loaded = load(path, draws=300, protocol=protocol)
            [result] = api.score([loaded])
            self.good.append(api.save(loaded, result, folder / protocol))
        self.texts = [(run / "result.json").read_bytes() for run in self.good]

    def __call__(self, number: int) -> str:
        rng = random.Random(f"saved {number}")
        k = rng.randrange(len(self.good))
        raw = self.texts[k]
        if rng.random() < 0.75:
            document = json.loads(raw)
            for _ in range(rng.choice((1, 1, 1, 2, 3))):
                with contextlib.suppress(KeyError, IndexError, TypeError):
                    _changed(document, rng)
            raw = json.dumps(document).encode()
        else:
            raw = _bytes_changed(raw, rng)
        home = self.folder / "mutant"
        home.mkdir(exist_ok=True)
        (home / "result.json").write_bytes(raw)
        beside = home / "scenario.yaml"
        beside.unlink(missing_ok=True)
        try:
            result = reading.read_run(home)
        except ValueError as error:
            refusal = error
        else:
            refusal = None
        if refusal is not None:
            assert isinstance(refusal, reading.UnreadableDocument), refusal
            assert str(refusal).startswith(f"{home / 'result.json'}: ")
            assert "\n" not in str(refusal)
            return "refused"
        if result.settings.draws <= 5000 and rng.random() < 0.2:
            beside.write_text((self.good[k] / "scenario.yaml").read_text(encoding="utf-8"), encoding="utf-8")
        _looked_at(result)
        found = compare(gather([home, self.good[rng.randrange(len(self.good))]]))
        page = compare_view.page(found)
        _drawn(sheets.screen(page, 100))
        sheets.markdown(page)
        sheets.csv_text(compare_view.HEADER, compare_view.rows(found))
        json.loads(found.to_json())
        return "read"


def _looked_at(result: Result) -> None:
    """A result by itself, as ``sim run`` shows it."""
    _drawn(tables.outcome(result))
    tables.markdown(result)
    saving.csv_text([result])
    if result.negotiation is not None:
        _drawn(sheets.screen(talks_view.page(result, None), 100))


def _drawn(shown: Any) -> None:
    Console(file=io.StringIO(), width=100).print(shown)


class Written:
    """Mutants of one kind of file of the small domain, or of a file of edits, loaded."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind, self.folder = kind, folder
        if kind == "edits":
            self.files = {"edits.yaml": EDITS}
        elif kind == "scenario":
            self.files = {n: t for n, t in small.FILES.items() if "/" not in n}
        else:
            self.files = {n: t for n, t in small.FILES.items() if kind in n}
        assert self.files

    def __call__(self, number: int) -> str:
        rng = random.Random(f"{self.kind} {number}")
        name = rng.choice(sorted(self.files))
        raw = self.files[name].encode()
        for _ in range(rng.choice((1, 1, 2, 3))):
            raw = _bytes_changed(raw, rng)
        with tempfile.TemporaryDirectory(dir=self.folder) as home:
            edits: list[Path] = []
            if self.kind == "edits":
                path = small.write(Path(home))
                edits = [Path(home) / name]
                edits[0].write_bytes(raw)
            else:
                path = small.write(Path(home), {name: raw})
            found: tuple[Complaint, ...]
            try:
                loaded = load(path, edit_files=edits)
            except Complaints as error:
                found = error.complaints
            else:
                again = Path(home) / "again.yaml"
                again.write_text(nodes.dump_yaml(loaded.tree), encoding="utf-8")
                assert load(again).sha256 == loaded.sha256
                return "read"
        assert found
        assert all(c.place.line >= 1 and c.place.column >= 1 and c.what.strip() and c.where.strip() for c in found)
        assert render(found)
        return "refused"


#: A text with parties that decide by a vote of the people, which the small domain has not.
VOTED = Path(__file__).parent.parent / "scenarios" / "twenty_points_2025.yaml"
KINDS = ("saved", "voted", "scenario", "issues", "positions", "sources", "evidence", "edits")


def subject(kind: str, folder: Path) -> Callable[[int], str]:
    """What makes and reads the mutant of a number, and says whether it was read or refused; raises where it fails."""
    if kind in ("saved", "voted"):
        return Saved(folder, VOTED if kind == "voted" else None)
    return Written(kind, folder)


class TooLong(BaseException):
    """A mutant took more processor time than anybody waits."""


def _stop(*_: object) -> None:
    raise TooLong(f"more than {SECONDS} seconds")


def main() -> int:
    parser = argparse.ArgumentParser(description="Read files changed at random; a traceback or a hang is a failure.")
    parser.add_argument("kinds", nargs="+", choices=KINDS)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--state", type=Path, required=True, help="where the next number and the counts are kept")
    options = parser.parse_args()
    state: dict[str, dict[str, Any]] = json.loads(options.state.read_text()) if options.state.exists() else {}
    signal.signal(signal.SIGPROF, _stop)
    failed = False
    for kind in options.kinds:
        known = state.setdefault(kind, {"next": 0, "read": 0, "refused": 0, "failed": [], "slowest": 0.0})
        with tempfile.TemporaryDirectory() as folder:
            make = subject(kind, Path(folder))
            for number in range(known["next"], options.count):
                start = time.process_time()
                signal.setitimer(signal.ITIMER_PROF, SECONDS)
                try:
                    known[make(number)] += 1
                except (Exception, TooLong) as error:
                    known["failed"].append([number, f"{type(error).__name__}: {error}"[:300]])
                finally:
                    signal.setitimer(signal.ITIMER_PROF, 0)
                known["slowest"] = max(known["slowest"], time.process_time() - start)
                known["next"] = number + 1
                if number % 100 == 99:
                    options.state.write_text(json.dumps(state, indent=1))
        known["memory"] = max(known.get("memory", 0), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
        options.state.write_text(json.dumps(state, indent=1))
        print(kind, {k: v for k, v in known.items() if k != "failed"}, f"{len(known['failed'])} failed", flush=True)
        for item in known["failed"][:20]:
            print("  ", *item)
        failed |= bool(known["failed"]) or known["memory"] > MEGABYTES
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
