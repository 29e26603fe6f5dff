"""The examples in docstrings run, and what is used most has one."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts): path.read_text(encoding="utf-8").count(">>> ")
    for path in sorted((ROOT / "sim").rglob("*.py"))
}


@pytest.mark.parametrize("module", [module for module, examples in MODULES.items() if examples])
def test_examples_of_docstrings_run(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    done = doctest.testmod(importlib.import_module(module))
    assert done.attempted > 0
    assert done.failed == 0


def test_what_draws_and_judges_has_examples() -> None:
    without = [name for name, examples in MODULES.items() if name.startswith("sim.engine.") and not examples]
    assert without == ["sim.engine.__init__"]
