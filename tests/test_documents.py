"""What the documents say is what the program does."""

from __future__ import annotations

import doctest
import itertools
import re
from pathlib import Path

import pytest

import sim
from sim.cli.library import library_text
from sim.report.english import SENTENCES
from sim.results.result import Result, RunFinding
from sim.scenario.catalogue import shipped_texts
from tests import readme
from tests.documented import documented, documented_findings, findings, keys

ROOT = Path(__file__).parent.parent
TEXT = readme.README.read_text(encoding="utf-8")


def test_readme_blocks_are_what_the_commands_print(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(readme.BLOCK.findall(TEXT)) >= 2
    assert readme.made_anew(TEXT) == TEXT, "stale: python -m tests.readme --write"


def test_readme_figures_are_what_the_commands_draw() -> None:
    figures = readme.drawn_anew(TEXT)
    assert figures
    for path, svg in figures.items():
        held = readme.words(path.read_text(encoding="utf-8"))
        assert len(held) > 20
        assert held == readme.words(svg), f"{path.name} is stale: python -m tests.readme --write"


def test_readme_python_examples_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    done = doctest.testfile(str(readme.README), module_relative=False)
    assert done.attempted >= 5
    assert done.failed == 0


def test_ci_runs_the_two_commands_of_the_readme() -> None:
    commands = [c for c in re.findall(r"```sh\n(.*?)\n```", TEXT, re.DOTALL) if "venv/bin/pip" in c]
    assert len(commands) == 2
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert [line for line in script if line in commands] == commands


def test_readme_commands_validate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every sim command in a shell block names real options; the ones that edit load."""
    import shlex

    monkeypatch.chdir(ROOT)
    lines = [line for block in re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL) for line in block.splitlines()]
    edits = [line for line in lines if line.startswith("sim run") and "--set" in line]
    assert len(edits) >= 4
    for line in edits:
        words = shlex.split(line, comments=True)
        sets = [value for option, value in itertools.pairwise(words) if option == "--set"]
        protocol = words[words.index("--protocol") + 1] if "--protocol" in words else None
        assert len(sim.load(words[2], edits=sets, protocol=protocol).scenario.edits) == len(sets)


def test_every_key_of_a_result_is_documented_and_no_other() -> None:
    assert documented("sim.result/1") == keys(Result)


def test_every_kind_of_finding_of_a_run_is_documented_and_said() -> None:
    kinds = findings(RunFinding)
    assert documented_findings("sim.result/1") == kinds
    assert {*SENTENCES} >= {*kinds}


def test_library_is_not_stale() -> None:
    """To two decimals, as printed; of every domain."""
    made = library_text(sim.load_all(shipped_texts(ROOT / "scenarios")))
    assert (ROOT / "results" / "library.md").read_text(encoding="utf-8") == made, "stale: sim library"
