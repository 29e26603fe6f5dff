"""The notebooks of results/notebooks run, and hold what they give."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from tests import notebooks

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("path", notebooks.NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_holds_what_a_run_gives(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers follow from scenario, draws and seed, so that outputs are compared to the letter."""
    notebook = notebooks.read(path)
    code = "\n".join(notebooks.text_of(cell) for cell in notebook["cells"] if cell["cell_type"] == "code")
    needed = {name.split(".")[0] for name in re.findall(r"^(?:from|import) ([\w.]+)", code, re.MULTILINE)}
    if missing := sorted(name for name in needed if importlib.util.find_spec(name) is None):
        pytest.skip(f"{path.name} needs {', '.join(missing)}")
    monkeypatch.chdir(ROOT)
    assert notebooks.run(notebook) == notebooks.stored(notebook), "python -m tests.notebooks --write"


@pytest.mark.parametrize("path", notebooks.NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_one(path: Path) -> None:
    notebook = notebooks.read(path)
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])
    assert notebook["cells"][0]["cell_type"] == "markdown"
    assert any(notebooks.stored(notebook))
    assert "/home/" not in path.read_text(encoding="utf-8")


def test_there_are_notebooks() -> None:
    assert {path.stem for path in notebooks.NOTEBOOKS} >= {"score_and_explain", "own_tactic", "study_with_salib"}
