"""Mutated files of Genius and GeniusWeb: each is imported, or refused with located complaints, soon and in little room.

    python -m tests.fuzz_exchange geniusweb --to 20000 --state geniusweb.json
    python -m tests.fuzz_exchange genius --only 1234

Input number n is the same everywhere and at any time, so a run that was stopped goes on from its state, and one
number is all it takes to see a fault again. What is imported must load without a complaint.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sim.files.complaints import Complaint, Complaints, render
from sim.files.text import SIZE
from sim.interop import importing
from sim.interop.folders import write_folder
from sim.interop.formats import read_files
from sim.scenario.loading import load
from tests.exchange import CAR_BUYER, CAR_DOMAIN, CAR_SELLER, JOB_DOMAIN, job_profile

#: Processor seconds for one input, and megabytes for the process.
SECONDS, MEGABYTES = 10.0, 300
#: Between one note of the state and the next.
EVERY = 100

_UNCERTAIN = CAR_BUYER.replace('"linear">', '"UNCERTAIN">', 1).replace(
    "</objective>", '</objective><discount_factor value="0.8"/><errors>1</errors>'
)
SEEDS: dict[str, list[dict[str, str]]] = {
    "genius": [
        {"d.xml": CAR_DOMAIN, "a.xml": CAR_BUYER, "b.xml": CAR_SELLER},
        {"d.xml": CAR_DOMAIN, "a.xml": _UNCERTAIN},
        {"a.xml": CAR_BUYER},
    ],
    "geniusweb": [
        {"d.json": json.dumps(JOB_DOMAIN), "a.json": json.dumps(job_profile())},
        {
            "a.json": json.dumps(
                job_profile(spelling=("DiscreteValueSetUtilities", "NumberValueSetUtilities")), indent=1
            )
        },
    ],
}
_NUMBERS = (
    *("0", "-0", "1", "2", "-1", "0.1", "0.5", "1.0", "1.00000001", "1e-8", "1e-9", "1e-300", "5e-324", "1e15", "1e16"),
    *("-1e15", "999999999999999", "123456789012345678901", "1e300", "-1e300", "1.7e308", "-1.7e308", "1e999", "2000"),
    *("0.3333333333333333", "4000", "1e5", "1e6", "NaN", "Infinity", "sNaN", "null", "true"),
)
_WORDS = (
    *("a", "yes", "no", "&", "&amp;", "&#0;", "&x;", "<", ">", "'", '"', "\\", "\\u0000", "{}", "[]", "[[[", ",", ":"),
    *("\x00", "\x1b", "\u202e", "\ufeff", "\U0001f600", "\xe9", "rest", "<!--", "-->", "<![CDATA[", "]]>", "<?xml"),
    *("<!DOCTYPE", "linear", "real", "integer", "discrete", "nonlinear", "range", "values", "lowUtility", " "),
)
#: What may stand in the place of a value of JSON.
_VALUES: tuple[Any, ...] = (
    *(None, True, "", " ", "a", "yes", "sNaN", "Infinity", "-0", "1e400", "0.5", "3000.0", "&", "\u202e", [], {}, [[]]),
    *(0, 1, -1, 2, 0.5, 1.5, 1e-300, 5e-324, 1e15, 1e300, 1.7e308, -1.7e308, 2**60, 1 + 1e-7, 2000, 3000, 4000, 1e-9),
    *([0, 1, 1e-9], [0, 1e15, 1e-300], [-1e15, 1e15, 0.1], [0, 4000, 1], [1, 0, -1], [0, 0, 1], ["0", "10", "1"]),
)


def files_of(kind: str, number: int) -> tuple[dict[str, bytes], dict[str, Any]]:
    """The files of an input and the options they are read with."""
    rng = random.Random(f"{kind} {number}")
    files = {name: text.encode() for name, text in rng.choice(SEEDS[kind]).items()}
    if kind == "geniusweb" and rng.random() < 0.4:
        files = {"a.json": json.dumps(_odd_range(rng)).encode()}
        if rng.random() < 0.4:
            return files, {"steps": rng.choice((None, 2, 3, 100, 5000))}
    for _ in range(rng.choice((1, 1, 1, 2, 3, 6))):
        name = rng.choice(sorted(files))
        # the same change of all files keeps them together: else most are refused as of another domain
        change = rng.choice(_CHANGES)
        if rng.random() < 0.6:
            seed = rng.random()
            files = {n: change(raw, random.Random(seed), True) for n, raw in files.items()}
        else:
            files[name] = change(files[name], rng, False)
        files = {n: raw[: SIZE + 1] for n, raw in files.items()}
    options = {"steps": rng.choice((None, None, 2, 3, 100, 5000))}
    if kind == "genius":
        options["as_written"] = rng.random() < 0.3
    return files, options


def _odd_range(rng: random.Random) -> dict[str, Any]:
    """A profile whose range of numbers, in agreement with itself, lies anywhere."""
    low = rng.choice((0.0, 1.0, -1e15, 1e15, 1e-300, 5e-324, -5.5, 2000, 1e14 + 0.125))
    high = low + rng.choice((0, 5e-324, 1e-12, 0.1, 1, 7, 1e15, 2e15, abs(low) * 2**-52))
    step = rng.choice((5e-324, 1e-300, 1e-15, 1e-9, 0.1, 0.3, 1, 2, 1e14, 1e300, (high - low) / 7))
    profile = job_profile()
    space = profile["LinearAdditiveUtilitySpace"]
    issues = JOB_DOMAIN["issuesValues"] | {"salary": {"range": [low, high, step]}}
    space["domain"] = JOB_DOMAIN | {"issuesValues": issues}
    ends = [rng.choice((0, 1, 5e-324, 1 - 2**-53, 0.3)) for _ in range(2)]
    line = {"lowValue": low, "lowUtility": ends[0], "highValue": high, "highUtility": ends[1]}
    space["issueUtilities"]["salary"] = {"numberutils": line}
    space["reservationBid"]["issuevalues"]["salary"] = rng.choice((low, high, low + step, str(high)))
    return profile


def _number(raw: bytes, rng: random.Random, everywhere: bool) -> bytes:
    """A number of the text made another; ``everywhere`` wherever it stands."""
    numbers = _spans(raw, b"0123456789.eE+-", digits=True)
    if not numbers:
        return raw
    start, end = numbers[int(rng.random() * len(numbers))]
    new = rng.choice(_NUMBERS).encode()
    return raw.replace(raw[start:end], new) if everywhere else raw[:start] + new + raw[end:]


def _spans(raw: bytes, signs: bytes, digits: bool) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    start: int | None = None
    for at, sign in enumerate([*raw, 0]):
        if sign in signs and sign != 0:
            start = at if start is None else start
        elif start is not None:
            if not digits or any(chr(s).isdigit() for s in raw[start:at]):
                out.append((start, at))
            start = None
    return out


def _word(raw: bytes, rng: random.Random, everywhere: bool) -> bytes:
    at = int(rng.random() * (len(raw) + 1))
    new = rng.choice(_WORDS).encode("utf-8", "surrogatepass")
    cut = int(rng.random() * 4)
    return raw[:at] + new + raw[at + cut :]


def _bytes(raw: bytes, rng: random.Random, everywhere: bool) -> bytes:
    at = int(rng.random() * (len(raw) + 1))
    return raw[:at] + rng.randbytes(int(rng.random() * 5)) + raw[at + int(rng.random() * 5) :]


def _piece(raw: bytes, rng: random.Random, everywhere: bool) -> bytes:
    """A piece of the text deleted, doubled, or set somewhere else."""
    start, end = sorted(int(rng.random() * (len(raw) + 1)) for _ in range(2))
    end = min(end, start + 200)
    piece = raw[start:end]
    kind = int(rng.random() * 3)
    if kind == 0:
        return raw[:start] + raw[end:]
    if kind == 1:
        return raw[:end] + piece + raw[end:]
    rest = raw[:start] + raw[end:]
    at = int(rng.random() * (len(rest) + 1))
    return rest[:at] + piece + rest[at:]


def _lines(raw: bytes, rng: random.Random, everywhere: bool) -> bytes:
    """A line doubled, deleted or repeated a thousand times."""
    lines = raw.splitlines(keepends=True)
    if not lines:
        return raw
    at = int(rng.random() * len(lines))
    times = min(rng.choice((0, 2, 1000)), SIZE // len(lines[at]))
    return b"".join(lines[:at] + lines[at : at + 1] * times + lines[at + 1 :])


def _tree(raw: bytes, rng: random.Random, everywhere: bool) -> bytes:
    """A value of JSON set, deleted, doubled or renamed; ``everywhere`` set wherever the same value stands."""
    try:
        root = json.loads(raw)
    except (ValueError, RecursionError):
        return _number(raw, rng, everywhere)
    places = list(_places(root, 0))
    if not places:
        return raw
    holder, key = places[int(rng.random() * len(places))]
    kind = rng.random()
    new = _VALUES[int(rng.random() * len(_VALUES))]
    if kind < 0.7:
        old = holder[key]
        for other, at in places if everywhere else [(holder, key)]:
            if other[at] == old:
                other[at] = new
    elif kind < 0.8:
        del holder[key]
    elif isinstance(holder, list):
        holder.extend(holder[key : key + 1] * int(rng.random() * 200))
    else:
        holder[str(new)] = holder[key] if kind < 0.9 else holder.pop(key)
    return json.dumps(root, ensure_ascii=rng.random() < 0.5, indent=rng.choice((None, 1))).encode()


def _places(node: Any, depth: int) -> Iterator[tuple[Any, Any]]:
    """Everything that holds a value and where, outermost first."""
    if depth > 60:
        return
    if isinstance(node, dict):
        keys: list[Any] = list(node)
    else:
        keys = list(range(len(node))) if isinstance(node, list) else []
    for key in keys:
        yield node, key
        yield from _places(node[key], depth + 1)


def _cut(raw: bytes, rng: random.Random, everywhere: bool) -> bytes:
    return raw[: int(rng.random() * (len(raw) + 1))]


def _quoted(raw: bytes, rng: random.Random, everywhere: bool) -> bytes:
    """A text in quotes made a copy of another one."""
    quotes = [at for at, sign in enumerate(raw) if sign == ord('"')]
    if len(quotes) < 4:
        return raw
    one, other = (int(rng.random() * (len(quotes) // 2)) * 2 for _ in range(2))
    inside = raw[quotes[other] + 1 : quotes[other + 1]]
    old = raw[quotes[one] : quotes[one + 1] + 1]
    if everywhere:
        return raw.replace(old, b'"' + inside + b'"')
    return raw[: quotes[one] + 1] + inside + raw[quotes[one + 1] :]


def _encoded(raw: bytes, rng: random.Random, everywhere: bool) -> bytes:
    try:
        return raw.decode().encode(rng.choice(("cp1252", "utf-16", "utf-8-sig", "latin-1", "utf-16-le")))
    except UnicodeError:
        return raw


_CHANGES: tuple[Callable[[bytes, random.Random, bool], bytes], ...] = (
    *(_number,) * 5,
    *(_tree,) * 8,
    *(_quoted,) * 3,
    *(_word,) * 2,
    *(_piece,) * 2,
    _bytes,
    _lines,
    _cut,
    _encoded,
)


@dataclass
class State:
    """How far a run has come, what came of its inputs, and the faults: number and what happened."""

    kind: str
    next: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    slowest: float = 0.0
    megabytes: float = 0.0
    faults: list[tuple[int, str]] = field(default_factory=list)


def outcome(kind: str, number: int, folder: Path) -> str:
    """``imported`` or ``refused``. Raises AssertionError, or whatever a reader lets through, where it is neither."""
    files, options = files_of(kind, number)
    for name, raw in files.items():
        (folder / name).write_bytes(raw)
    try:
        imported = read_files([folder / name for name in files], **options)
    except Complaints as error:
        _check(error.complaints)
        return "refused"
    _check(imported.warnings, any_number=True)
    ids = importing.Ids.of(imported.domain.issues, [p.name for p in imported.domain.parties], imported.files)
    importing.renamed(imported.domain.issues, [p.name for p in imported.domain.parties], ids)
    texts = importing.scenario_texts(imported, ids, dt.date(2020, 1, 1))
    # a domain of thousands of options takes a second to load, and tells no more than a small one
    if sum(len(issue.options) for issue in imported.domain.issues) <= 300:
        out = folder / "out"
        write_folder(out, texts)
        load(out / next(name for name in texts if "/" not in name))
    return "imported"


def _check(complaints: Sequence[Complaint], any_number: bool = False) -> None:
    assert complaints or any_number
    for complaint in complaints:
        assert complaint.place.line >= 1
        assert complaint.place.column >= 1
        assert complaint.what.strip()
    render(complaints)


class TooSlow(Exception):
    """An input that took more than :data:`SECONDS` of processor time."""


def _stop(*_: object) -> None:
    raise TooSlow(f"more than {SECONDS:g} s of processor time")


def _peak() -> float:
    """The most memory that this process has held, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 1024)


def go_on(state: State, to: int, note: Callable[[State], None] = lambda state: None) -> State:
    """Take the inputs up to number ``to`` (exclusive)."""
    counts = Counter(state.outcomes)
    #: In a process that has done other work before, what counts is what the inputs add to it.
    base = _peak() - state.megabytes
    before = signal.signal(signal.SIGPROF, _stop)
    try:
        while state.next < to:
            number = state.next
            start = time.process_time()
            signal.setitimer(signal.ITIMER_PROF, SECONDS)
            try:
                with tempfile.TemporaryDirectory() as folder:
                    result = outcome(state.kind, number, Path(folder))
            except Exception:
                result = "fault"
                state.faults.append((number, traceback.format_exc()))
            signal.setitimer(signal.ITIMER_PROF, 0)
            counts[result] += 1
            state.slowest = max(state.slowest, time.process_time() - start)
            megabytes = _peak() - base
            if megabytes > MEGABYTES >= state.megabytes:
                state.faults.append((number, f"more than {MEGABYTES} MB"))
            state.megabytes = max(state.megabytes, megabytes)
            state.next = number + 1
            state.outcomes = dict(counts)
            if state.next % EVERY == 0 or state.next == to:
                note(state)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    return state


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=sorted(SEEDS))
    parser.add_argument("--to", type=int, default=1000, help="how many inputs in all")
    parser.add_argument("--state", type=Path, help="a file to go on from and to note the state in")
    parser.add_argument("--only", type=int, help="one input, by its number")
    asked = parser.parse_args(arguments)
    if asked.only is not None:
        files, options = files_of(asked.kind, asked.only)
        for name, raw in files.items():
            print(f"--- {name}\n{raw.decode('utf-8', 'backslashreplace')}")
        print(options)
        with tempfile.TemporaryDirectory() as folder:
            print(outcome(asked.kind, asked.only, Path(folder)))
        return 0

    def note(state: State) -> None:
        if asked.state is not None:
            partial = asked.state.with_suffix(".partial")
            partial.write_text(json.dumps(asdict(state)))
            partial.replace(asked.state)

    state = State(asked.kind)
    if asked.state is not None and asked.state.exists():
        state = State(**json.loads(asked.state.read_text()))
    go_on(state, asked.to, note)
    print(f"{state.kind}: {state.next} inputs, {state.outcomes}; slowest {state.slowest:.2f} s of processor time,")
    print(f"at most {state.megabytes:.0f} MB; {len(state.faults)} faults")
    for number, what in state.faults:
        print(f"--only {number}: {what.strip().splitlines()[-1]}")
    return 1 if state.faults else 0


if __name__ == "__main__":
    sys.exit(main())
