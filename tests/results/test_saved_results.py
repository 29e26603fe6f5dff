"""Saved results are files like any other: anybody may have written them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import typing
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.files import text as texts
from sim.results import reading, saving
from sim.results.records import Interval
from sim.results.result import Result
from sim.results.saved_checks import faults
from tests import small

Change = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A saved run by protocol."""
    folder = tmp_path_factory.mktemp("runs")
    path = small.write(folder)
    out = {}
    for protocol in ("vote", "alternating_offers", "single_text"):
        loaded = sim.load(path, draws=300, protocol=protocol)
        [result] = sim.score([loaded])
        out[protocol] = sim.save(loaded, result, folder / protocol)
    return out


def test_what_is_read_is_what_was_saved_to_twelve_digits(tmp_path: Path) -> None:
    """By ``==`` the two differ, since a share of a third has no end; written they are the same."""
    [result] = sim.score([sim.load("istanbul", draws=300)])
    again = sim.read(result.save(tmp_path / "istanbul.json"))
    assert again != result
    assert again.to_json() == result.to_json()
    assert sim.read(again.save(tmp_path / "again.json")) == again


def changed(run: Path, change: Change, folder: Path) -> Path:
    document = json.loads((run / "result.json").read_text(encoding="utf-8"))
    change(document)
    file = folder / "result.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    return file


def put(path: str, value: object) -> Change:
    """Put a value at a path such as ``parties.0.gain.p05``."""

    def change(document: dict[str, Any]) -> None:
        *way, last = [int(x) if x.isdigit() else x for x in path.split(".")]
        holder: Any = document
        for step in way:
            holder = holder[step]
        holder[last] = value

    return change


def call(*args: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, list(map(str, args)))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout, done.stderr


def test_what_was_saved_agrees_with_itself(runs: dict[str, Path]) -> None:
    for run in runs.values():
        result = sim.read(run)
        assert list(faults(result)) == []
        assert result.to_json() + "\n" == (run / "result.json").read_text(encoding="utf-8")


def test_running_a_saved_run_again_writes_the_same_bytes(runs: dict[str, Path], tmp_path: Path) -> None:
    for name, run in runs.items():
        loaded = sim.load(run / "scenario.yaml")
        [again] = sim.score([loaded], workers=2)
        folder = sim.save(loaded, again, tmp_path / name)
        for file in ("result.json", "outcome.csv"):
            assert (folder / file).read_bytes() == (run / file).read_bytes()
        figures = re.findall(r"\d\.\d+(?:e-\d+)?", (run / "result.json").read_text(encoding="utf-8"))
        assert max(len(x.split("e")[0].replace(".", "").lstrip("0")) for x in figures) == 12


NUMBERS: dict[str, tuple[Change, str]] = {
    "NaN": (
        put("joint_acceptability.estimate", float("nan")),
        "joint_acceptability.estimate: Input should be a finite",
    ),
    "infinite": (put("parties.0.gain.median", float("inf")), "parties.0.gain.median: Input should be a finite number"),
    "share of 5": (
        put("parties.1.by_layer.stated", 5),
        "by_layer.stated: a share lies between 0 and 1, and 5 does not",
    ),
    "share below 0": (
        put("parties.0.issues.0.weight", -0.1),
        "weight: a share lies between 0 and 1, and -0.1 does not",
    ),
    "draws of -5": (put("settings.draws", -5), "settings.draws: Input should be greater than or equal to 1"),
    "half a draw": (put("settings.draws", 2.5), "settings.draws: Input should be a valid integer"),
    "a number as text": (put("settings.draws", "300"), "settings.draws: Input should be a valid integer"),
    "a date as a number": (put("scenario.date", 0), "scenario.date: Input should be a valid date"),
    "other draws": (put("settings.draws", 299), "parties.blue.acceptability: is no whole number of 299 draws"),
    "interval": (
        put("parties.0.acceptability", {"estimate": 0.5, "low": 0.6, "high": 0.7}),
        "parties.0.acceptability: an interval holds its estimate, and this one does not",
    ),
    "range": (put("parties.0.cost", [0.5, 0.1]), "parties.0.cost: a range runs from low to high, not from 0.5 to 0.1"),
    "quantiles": (
        put("parties.0.gain", {"median": 0.5, "p05": 0.6, "p95": 0.7}),
        "parties.blue.gain: its median lies between p05 and p95",
    ),
    "evidence": (
        put("parties.0.on_evidence", {"necessary": 0.9, "possible": 0.1, "verdict": "not settled"}),
        "parties.blue.on_evidence: necessary is at most possible",
    ),
    "counts": (put("terms_by_basis.stated", -1), "terms_by_basis.stated: Input should be greater than or equal to 0"),
}
NAMES: dict[str, tuple[Change, str]] = {
    "weakest": (
        put("weakest_party", "rad"),
        "weakest_party: names the party 'rad', which is nowhere else; did you mean red?",
    ),
    "evidence": (
        put("on_evidence.parties", ["us"]),
        "on_evidence.parties: names the party 'us', which is nowhere else",
    ),
    "turning": (
        put("settings.turning_issue", "x"),
        "settings.turning_issue: names the issue 'x', which is nowhere else",
    ),
    "no turning": (put("settings.turning_issue", None), "by_turning_class: is there without a turning issue"),
    "twice": (put("parties.1.id", "blue"), "parties: names the party 'blue' twice"),
    "an issue gone": (lambda d: d["parties"][1]["issues"].pop(), "issues: has other issues than the first party"),
    "an open issue": (put("open.issues", ["sea"]), "open.issues: names the issue 'sea', which is nowhere else"),
    "a line": (
        put("parties.0.main_objection.kind", "refusal"),
        "main_objection.refusal: is missing, and a refusal has one",
    ),
    "nobody asked": (
        put("joint_acceptability", None),
        "joint_acceptability: is there when a party in question is asked",
    ),
    "an alliance": (put("parties.0.role", "alliance"), "parties.blue.own: is there for an alliance, and only then"),
    "terms": (put("terms_by_basis.stated", 9), "terms_by_basis: counts"),
    "escape": (put("scenario.title", "\x1b[31mred"), "scenario.title: the character U+001B may not stand in a text"),
    "a key": (lambda d: d["names"].update({"\x07": "x"}), "names.[key]: the character U+0007 may not stand in a text"),
}
TALKS: dict[str, tuple[Change, str]] = {
    "protocol": (
        put("negotiation.protocol", "duel"),
        "negotiation.protocol: names the protocol 'duel', which there is not",
    ),
    "tactic": (
        put("negotiation.settings.tactics.0.tactic", "charm"),
        "negotiation.settings.tactics: names the tactic 'charm', which there is not",
    ),
    "proposer": (
        put("negotiation.settings.proposers.0", "x"),
        "negotiation.settings.proposers: names the party 'x', which is nowhere else",
    ),
    "first mover": (
        put("negotiation.settings.first_mover", "x"),
        "negotiation.settings.first_mover: names the party 'x', which is nowhere else",
    ),
    "refuser": (
        put("negotiation.parties.0.party", "x"),
        "negotiation.parties: names the party 'x', which is nowhere else",
    ),
    "breakdown": (put("negotiation.breakdown", None), "breakdown: is there when talks break down, and only then"),
    "no gain": (put("negotiation.parties.0.gain", None), "has gains when there are agreements, and only then"),
    "tabled": (
        put("negotiation.issues.0.tabled", "x"),
        "negotiation.issues.fighting: has no share of the tabled option 'x'",
    ),
    "rounds": (lambda d: d["negotiation"]["agreed_by_round"].pop(), "agreed_by_round: has a figure for each of"),
    "falls": (put("negotiation.agreed_by_round.1", 1.0), "agreed_by_round: never falls"),
    "no agreements": (put("negotiation.agreements", 0), "when there are agreements, and only then"),
}
CASES = [
    *(("vote", *case) for case in (*NUMBERS.values(), *NAMES.values())),
    *(("alternating_offers", *case) for case in TALKS.values()),
]


@pytest.mark.parametrize(("protocol", "change", "what"), CASES, ids=[*NUMBERS, *(f"n {n}" for n in NAMES), *TALKS])
def test_what_is_wrong_is_said(protocol: str, change: Change, what: str, runs: dict[str, Path], tmp_path: Path) -> None:
    file = changed(runs[protocol], change, tmp_path)
    with pytest.raises(ValueError, match=re.escape(what)) as found:
        reading.read_run(file)
    assert str(found.value).startswith(f"{file}: not ")
    assert "\n" not in str(found.value)
    code, out, err = call("compare", file, runs[protocol])
    assert (code, out) == (3, "")
    assert what in err
    assert err.rstrip().endswith("1 error")


def test_every_figure_of_a_result_has_its_range() -> None:
    """Gains, costs and reservation values may be any finite number; all else is a share, a count or a range."""
    free = {
        "median",
        "p05",
        "p95",
        "mean",
        "best",
        "net_of_delay",
        "favourite_gain",
        "mean_gain",
        "mean_loss",
        "mean_slack",
    }
    seen: set[type[BaseModel]] = set()

    def look(model: type[BaseModel]) -> None:
        if model in seen:
            return
        seen.add(model)
        hints = typing.get_type_hints(model, include_extras=True)
        for name in model.model_fields:
            words = repr(hints[name])
            for part in parts(hints[name]):
                look(part)
            if (
                model is not Interval
                and name not in free
                and re.search(r"<class '(float|int)'>|\b(float|int)\b", words)
            ):
                assert "Annotated" in words, f"{model.__name__}.{name}: any number"

    def parts(kind: Any) -> list[type[BaseModel]]:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return [kind]
        return [x for arg in typing.get_args(kind) for x in parts(arg)]

    look(Result)
    assert len(seen) > 30


def test_a_pipe_and_a_device_are_refused_at_once(runs: dict[str, Path], tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.json"
    os.mkfifo(pipe)
    device = tmp_path / "result.json"
    device.symlink_to(os.devnull)  # as harmless as any device: the refusal is by kind
    for path in (pipe, tmp_path):
        done = subprocess.run(
            [sys.executable, "-m", "sim", "compare", str(path), str(runs["vote"])],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            cwd=Path(saving.__file__).parent.parent.parent,
        )
        assert done.returncode == 1
        assert done.stderr.endswith(": is not a regular file\n")
        assert len(done.stderr.splitlines()) == 1


def test_what_grows_while_it_is_read_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No more than the limit is read, whatever size the system gives (files of /proc have none)."""
    monkeypatch.setattr(texts, "SIZE", 10)
    (tmp_path / "a").write_bytes(b"0123456789")
    assert texts.read_bytes(tmp_path / "a", "a") == b"0123456789"
    (tmp_path / "a").write_bytes(b"0123456789a")
    with pytest.raises(sim.Complaints, match="larger than"):
        texts.read_bytes(tmp_path / "a", "a")


MUCH = {
    "keys": lambda n: "{" + ",".join(f'"{k:x}":0' for k in range(n // 2)) + "}",
    "empty items": lambda n: '{"parties":[' + ",".join(["{}"] * (n // 2)) + "]}",
    "numbers": lambda n: '{"parties":[' + ",".join(["0"] * n) + "]}",
    "one text": lambda n: '{"warnings":["' + "x" * 4_900_000 + '"]}',
    "deep": lambda n: "[" * n,
}


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from /proc")
@pytest.mark.parametrize("kind", MUCH)
@pytest.mark.parametrize("times", [1, 30])
def test_no_file_takes_memory_or_time(kind: str, times: int, tmp_path: Path) -> None:
    """Just below the most values that are read, and far above; in a process of its own, to measure it."""
    file = tmp_path / "result.json"
    file.write_text(MUCH[kind]((reading.VALUES - 10) * times)[: texts.SIZE], encoding="utf-8")
    program = (
        "import re, sys, time; from pathlib import Path; import sim\n"
        "try: sim.read(Path(sys.argv[1]))\n"
        "except ValueError as e: print(len(str(e)) < 400)\n"
        # what resource tells of its peak, a process inherits from the one that started it
        "kilobytes = re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text()).group(1)\n"
        "print(int(kilobytes) // 1024, time.process_time())"
    )
    done = subprocess.run([sys.executable, "-c", program, str(file)], capture_output=True, text=True, check=True)
    short, figures = done.stdout.splitlines()
    memory, seconds = figures.split()
    assert short == "True"
    assert int(memory) < 300
    assert float(seconds) < 10


def test_marks_of_direction_are_made_visible(runs: dict[str, Path], tmp_path: Path) -> None:
    file = changed(runs["vote"], put("scenario.title", "left\u202eright\u2066"), tmp_path)
    for format in ("table", "md", "csv", "json"):
        code, out, err = call("compare", file, runs["vote"], "--format", format)
        assert code == 0, err
        assert not re.search("[\u202a-\u202e\u2066-\u2069]", out)
    assert "left\\u202eright\\u2066" in out
    path = small.write(tmp_path, {"deal.yaml": small.SCENARIO.replace("A small deal", "A \u202esmall\u200f deal")})
    for format in ("table", "md"):
        _, out, _ = call("run", path, "--draws", 200, "--no-save", "--format", format)
        assert "A ·small· deal" in out
