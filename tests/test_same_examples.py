"""Properties are tried on the same examples whatever a worker imported before."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domains import quick


def examples() -> list[list[float]]:
    """What a property is tried on."""
    tried: list[list[float]] = []

    @quick(200)
    @given(st.lists(st.floats(0, 1e9), max_size=4))
    def tries(numbers: list[float]) -> None:
        tried.append(numbers)

    tries()
    return tried


def test_another_module_changes_no_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = examples()
    odd = [10_007.25 + k for k in range(500)]
    path = tmp_path / "further.py"
    path.write_text(f"ODD = {odd}\n", encoding="utf-8")
    further = ModuleType("further")
    further.__file__ = str(path)
    monkeypatch.setitem(sys.modules, "further", further)
    assert examples() == before
