"""Every command in every format on both libraries: written to a folder, so that two trees can be compared byte by byte.

A change that is to move code and no output is made between two runs of this::

    python -m tests.goldens write BEFORE     # on the tree as it was
    python -m tests.goldens check BEFORE     # on the tree as it is

The first writes what each command prints, its exit code and its files, below BEFORE; the second runs all of it again
and names what differs. ``--only WORD`` takes the cases whose name has the word; ``--without KEY`` leaves a key of JSON
out of the comparison, for changes that add one. Nothing of it is committed: the shipped figures move with every source.
"""

from __future__ import annotations

import argparse
import difflib
import hashlib
import importlib
import json
import os
import sys
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FORMATS = ("table", "json", "csv", "md")
TEXTS = ("istanbul", "russian_demands_2022", "armed_neutrality", "us_28_points_2025", "austria_1955/state_treaty_1955")
#: Of these parts of a command's answer the place or the day of the run are no part.
FOLDER = "FOLDER"


def cases() -> Iterator[tuple[str, list[str]]]:
    """A name and the arguments of each run."""
    for text in TEXTS:
        file = f"scenarios/{text}.yaml"
        short = text.rsplit("/", 1)[-1]
        second = "scenarios/austria_1955/soviet_draft_1954.yaml" if "/" in text else "scenarios/membership.yaml"
        party = "austria" if "/" in text else "ukraine"
        pair = "ussr,austria" if "/" in text else "russia,ukraine"
        small = ["--draws", "200"]
        asked: dict[str, list[str]] = {
            "run": ["run", file, *small, "--no-save"],
            "run-two": ["run", file, second, *small, "--no-save"],
            "run-talks": ["run", file, *small, "--no-save", "--protocol", "alternating_offers"],
            "run-single-text": ["run", file, *small, "--no-save", "--protocol", "single_text"],
            "explain": ["explain", file, *small],
            "compare": ["compare", file, second, *small],
            "between": ["compare", file, second, *small, "--between", f"{short},{Path(second).stem}"],
            "levers": ["sensitivity", file, *small],
            "pairs": ["sensitivity", file, *small, "--pairs", "--party", party],
            "flip": ["sensitivity", file, *small, "--method", "flip"],
            "sobol": ["sensitivity", file, "--method", "sobol", "--n", "64"],
            "sweep": ["sweep", file, *small, "--vary", f"{party}.fighting.importance=minor,major"]
            if "/" not in text
            else ["sweep", file, *small, "--vary", "as_of=1954-02-16,1955-05-15"],
            "amend": ["amend", file, *small],
            "amend-party": ["amend", file, *small, "--party", party, "--changes", "1"],
            "search": ["search", file, *small, "--changes", "2"],
            "frontier": ["frontier", file, *small, "--parties", pair],
            "trace": ["trace", file, *small, "--draw", "3", "--protocol", "alternating_offers", "--full"],
        }
        for name, arguments in asked.items():
            long = name not in ("explain", "trace", "sweep", "flip", "sobol")
            for form in FORMATS:
                yield f"{short}-{name}.{form}", [*arguments, "--format", form, *["--full"] * (form == "table" and long)]
            if long:
                yield f"{short}-{name}.screen", arguments
    edits = ["--with", "scenarios/edits/dovish_us.yaml", "--set", "us.fighting.importance=minor"]
    for form in FORMATS:
        whole = ["--full"] * (form == "table")
        yield f"edited-run.{form}", ["run", "istanbul", "--draws", "200", "--no-save", *edits, "--format", form, *whole]
        dated = ["run", "istanbul", "--draws", "200", "--no-save", "--as-of", "2025-02-24", "--evidence", "articles"]
        yield f"dated-run.{form}", [*dated, "--format", form, *whole]
    yield "wide.csv", ["compare", "istanbul", "membership", "--draws", "200", "--format", "csv", "--wide"]
    for form in ("table", "json"):
        for what in (["issues"], ["parties"], ["positions", "us"], ["positions", "us", "--as-of", "2022-03-29"]):
            yield f"show-{'-'.join(what).replace('--', '')}.{form}", ["show", *what, "--format", form]
        yield f"show-evidence.{form}", ["show", "evidence", "P064", "--format", form]
        yield f"show-sources.{form}", ["show", "sources", "--format", form]
        yield f"show-austria.{form}", ["show", "positions", "ussr", "--domain", "austria_1955", "--format", form]
        yield f"list.{form}", ["list", "--format", form]
    pair = ["--vary", "ukraine.fighting.importance=minor,major", "--vary", "us.fighting.importance=minor,major"]
    for form in FORMATS:
        yield f"sweep-two.{form}", ["sweep", "istanbul", "--draws", "200", *pair, "--format", form]
        talks = ["--protocol", "alternating_offers", "--draws", "200", "--format", form]
        yield f"sweep-talks.{form}", ["sweep", "istanbul", *pair, *talks]
        some = ["--party", "us", "--issue", "sanctions"]
        yield f"sensitivity-talks.{form}", ["sensitivity", "istanbul", *some, *talks]
        yield (
            f"sources-audit.{form}",
            ["sources", "audit", "istanbul", "--draws", "200", "--format", form, *["--full"] * (form == "table")],
        )
        yield (
            f"forecast.{form}",
            [
                "forecast",
                "tests/data/sealed/texts_2026.yaml",
                "--as-of",
                "2025-12-24",
                "--draws",
                "200",
                "--format",
                form,
            ],
        )
    seen = [
        "scenarios/backtest/reactions_2026.csv",
        "--as-of",
        "2025-12-24",
        "--texts",
        "scenarios/backtest/texts_2026.yaml",
    ]
    for form in FORMATS:
        whole = ["--full"] * (form == "table")
        yield f"backtest.{form}", ["backtest", *seen, "--draws", "200", "--format", form, *whole]
    yield "sources-after.txt", ["sources", "after", "2025-12-24"]
    yield "sources-audit.screen", ["sources", "audit", "istanbul", "--draws", "200"]
    yield "validate.txt", ["validate", "scenarios/istanbul.yaml", "scenarios/austria_1955/state_treaty_1955.yaml"]
    for command in (
        "",
        "run",
        "compare",
        "sensitivity",
        "sweep",
        "amend",
        "search",
        "frontier",
        "trace",
        "explain",
        "forecast",
        "backtest",
    ):
        yield f"help-{command or 'sim'}.txt", [*([command] if command else []), "--help"]
    faults = {
        "no-file": ["run", "istambul"],
        "no-party": ["sensitivity", "istanbul", "--party", "rusia"],
        "no-issue": ["run", "istanbul", "--set", "us.fightin.importance=minor", "--no-save"],
        "no-option": ["run", "istanbul", "--set", "proposal.donbas=cedde", "--no-save"],
        "no-evidence": ["show", "evidence", "P999"],
    }
    for name, arguments in faults.items():
        yield f"fault-{name}.txt", arguments
    for kind in ("genius", "geniusweb", "negmas"):
        yield f"export-{kind}.folder", ["export", "istanbul", "--draws", "200", "--to", kind, "--out", FOLDER]
    yield "export-csv.folder", ["export", "istanbul", "--to", "csv", "--out", f"{FOLDER}/table.csv"]
    for command in ("compare", "amend", "frontier", "sweep", "search", "sensitivity", "backtest"):
        arguments = dict(_figures())[command]
        yield f"figure-{command}.folder", [*arguments, "--plot", f"{FOLDER}/figure.svg"]
    yield "figure-run.folder", ["run", "istanbul", "--draws", "200", "--no-save", "--plot", f"{FOLDER}/figure.svg"]


def _figures() -> Iterator[tuple[str, list[str]]]:
    yield "compare", ["compare", "istanbul", "membership", "--draws", "200"]
    yield "amend", ["amend", "istanbul", "--draws", "200"]
    yield "frontier", ["frontier", "istanbul", "--draws", "200", "--parties", "russia,ukraine"]
    yield "sweep", ["sweep", "istanbul", "--draws", "200", "--vary", "ukraine.fighting.importance=minor,major"]
    yield "search", ["search", "istanbul", "--draws", "200", "--changes", "2"]
    yield "sensitivity", ["sensitivity", "istanbul", "--draws", "200"]
    austria = ["--domain", "austria_1955", "--texts", "scenarios/backtest/texts_austria_1955.yaml"]
    days = ["--as-of", "1954-02-19", "--as-of", "1955-04-16"]
    yield "backtest", ["backtest", "scenarios/backtest/reactions_austria_1955.csv", *austria, *days, "--draws", "200"]


def answers(chosen: Sequence[tuple[str, list[str]]], workers: int) -> Iterator[tuple[str, list[str], str]]:
    """Each case with exit code, stdout, stderr and files as one text; a fork each, so that imports cost once."""
    _warm()
    with tempfile.TemporaryDirectory() as scratch:
        waiting = list(enumerate(chosen))[::-1]
        running: dict[int, int] = {}
        done: dict[int, int] = {}
        told = 0
        while told < len(chosen):
            while waiting and len(running) < workers:
                number, (_, arguments) = waiting.pop()
                running[_forked(Path(scratch) / str(number), arguments)] = number
            process, status = os.wait()
            done[running.pop(process)] = os.waitstatus_to_exitcode(status)
            while told in done:
                name, arguments = chosen[told]
                yield name, arguments, _text(Path(scratch) / str(told), done[told])
                told += 1


def _warm() -> None:
    os.environ.update(COLUMNS="100", TERM="dumb", NO_COLOR="1", SOURCE_DATE_EPOCH="0", MPLBACKEND="agg")
    os.chdir(ROOT)
    for module in ("sim.cli", "matplotlib.figure", "scipy.optimize", "mesa", "rich.console"):
        importlib.import_module(module)


def _forked(folder: Path, arguments: Sequence[str]) -> int:
    """Start one case; its folder gets ``stdout``, ``stderr`` and, where it writes files, ``out``."""
    out = folder / "out"
    folder.mkdir()
    if any(a.startswith(f"{FOLDER}/") for a in arguments):
        out.mkdir()
    process = os.fork()
    if process:
        return process
    for stream, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(os.open(folder / name, os.O_CREAT | os.O_WRONLY), stream)
    sys.argv = ["sim", *(a.replace(FOLDER, str(out)) for a in arguments)]
    code = 1
    try:
        importlib.import_module("sim.cli").main()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(bool(end.code))
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _text(folder: Path, code: int) -> str:
    out = folder / "out"
    said = [(folder / name).read_text(encoding="utf-8") for name in ("stdout", "stderr")]
    parts = [f"exit {code}", said[0], "--- stderr", said[1]]
    for path in sorted(out.rglob("*")) if out.is_dir() else ():
        if path.is_file():
            parts.append(f"--- {path.relative_to(out)} {hashlib.sha256(path.read_bytes()).hexdigest()}")
    return "\n".join(parts).replace(str(out), FOLDER).replace(str(ROOT), "ROOT")


def comparable(text: str, without: Sequence[str]) -> str:
    """A text with keys of its JSON left out, where it has any."""
    if not without:
        return text
    head, _, rest = text.partition("\n")
    body, mark, tail = rest.partition("\n--- stderr")
    try:
        document = json.loads(body)
    except ValueError:
        return text
    return f"{head}\n{json.dumps(_less(document, without), indent=1)}{mark}{tail}"


def _less(value: object, without: Sequence[str]) -> object:
    if isinstance(value, dict):
        return {k: _less(v, without) for k, v in value.items() if k not in without}
    return [_less(v, without) for v in value] if isinstance(value, list) else value


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.goldens", description=__doc__)
    parser.add_argument("what", choices=("write", "check"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--without", action="append", default=[])
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    chosen = [(name, arguments) for name, arguments in cases() if asked.only in name]
    asked.folder.mkdir(parents=True, exist_ok=True)
    differing = 0
    for name, arguments, text in answers(chosen, asked.workers):
        path = asked.folder / name
        if asked.what == "write":
            path.write_text(text, encoding="utf-8")
            continue
        before = path.read_text(encoding="utf-8") if path.exists() else "(not there)"
        now, was = comparable(text, asked.without), comparable(before, asked.without)
        if now != was:
            differing += 1
            print(f"{name}: sim {' '.join(arguments)}")
            lines = difflib.unified_diff(was.splitlines(), now.splitlines(), "before", "now", lineterm="", n=0)
            print("\n".join(list(lines)[:12]))
    print(f"{len(chosen)} cases, {differing} differ" if asked.what == "check" else f"{len(chosen)} cases written")
    return 1 if differing else 0


if __name__ == "__main__":
    raise SystemExit(main())
